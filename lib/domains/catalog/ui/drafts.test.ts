import { describe, expect, it } from 'vitest';
import { newId } from '@/lib/kernel/ids';
import { ActionType, CreateTool, Tool, UpdateActionType, UpdateTool } from '../schema';
import * as types from './action-type-draft';
import * as tools from './tool-draft';

const can = { update: { allowed: true }, retire: { allowed: true } };
const at = '2026-11-20T10:00:00.000Z';
const id = newId('tol');
const tool = Tool.parse({
  ...{ id, name: 'orders', description: 'The order service', connector: 'http' },
  baseUrl: 'https://orders.example.com',
  auth: { type: 'bearer' },
  secret: { id: newId('sec'), name: 'order-service-key' },
  ...{ environment: null, timeoutMs: 5_000, state: 'active', actionTypes: 1 },
  ...{ createdAt: at, updatedAt: at, can },
});
const type = ActionType.parse({
  ...{ id: newId('aty'), key: 'refunds.create', tool: { id, name: 'orders' } },
  ...{ title: 'Refund an order', description: '', effects: ['write'], state: 'active' },
  parameters: {
    type: 'object',
    properties: { amount: { type: 'number', minimum: 1 } },
    required: ['amount'],
    additionalProperties: false,
  },
  rules: [{ parameter: 'amount', rule: 'range', max: 100 }],
  ...{ reversibility: 'reversible', classification: 'Internal' },
  effective: { classification: 'Internal', because: null },
  ...{ method: 'POST', pathTemplate: '/refunds', sentence: '', signing: null, narrowable: [] },
  ...{ createdAt: at, updatedAt: at, can },
});

describe('what editing a tool sends', () => {
  const began = tools.draftOf(tool);

  it('is only what was changed', () => {
    expect(tools.changesOf(began, { ...began })).toEqual({});
    const body = tools.changesOf(began, { ...began, timeout: '7000' });
    expect(body).toEqual({ timeoutMs: 7_000 });
    expect(UpdateTool.parse({ id, ...body })).toEqual({ id, ...body });
  });

  it('takes the secret away with the way it was used', () => {
    expect(tools.changesOf(began, { ...began, auth: 'none' })).toEqual({
      auth: { type: 'none' },
      secretId: null,
    });
  });

  it('has what is no number as it was typed, which is refused', () => {
    const body = tools.bodyOf({ ...began, timeout: '10s' });
    expect(body.timeoutMs).toBe('10s');
    const { error } = CreateTool.safeParse(body);
    expect(error?.issues.map(({ path }) => path)).toEqual([['timeoutMs']]);
  });
});

describe('what editing an action type sends', () => {
  const began = types.draftOf(type);

  it('is only what was changed', () => {
    expect(types.changesOf(began, { ...began })).toEqual({});
    const again = JSON.stringify(JSON.parse(began.parameters));
    expect(types.changesOf(began, { ...began, parameters: again })).toEqual({});
    const body = types.changesOf(began, { ...began, title: 'Refund', effects: ['write', 'read'] });
    expect(body).toEqual({ title: 'Refund', effects: ['write', 'read'] });
    expect(UpdateActionType.parse({ id: type.id, ...body })).toMatchObject(body);
  });

  it('has the rules in full where one was changed', () => {
    const rules = began.rules.map((rule) => ({ ...rule, max: '50' }));
    expect(types.changesOf(began, { ...began, rules })).toEqual({
      rules: [{ parameter: 'amount', rule: 'range', max: 50 }],
    });
  });
});
