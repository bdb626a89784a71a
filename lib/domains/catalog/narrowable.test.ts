import { beforeAll, describe, expect, it } from 'vitest';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintWorld } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { createActionType, listActionTypes, updateActionType } from './service/action-types';
import { createTool } from './service/tools';

let ctx: Context;
let toolId: string;

beforeAll(async () => {
  const { workspace, admin } = await mintWorld();
  const actor = {
    type: 'member',
    id: admin,
    name: 'Admin',
    roles: ['admin'],
    abilities: [],
    method: 'password',
    authenticatedAt: 0,
  } as const;
  ctx = { workspace, requestId: newId('req'), actor };
  const tool = await createTool(ctx, {
    ...{ name: 'pay', baseUrl: 'http://127.0.0.1:9', auth: { type: 'none' } },
  });
  toolId = tool.id;
});

const described = (key: string, over: object = {}) => ({
  ...{ key, toolId, title: 'Refund an order', method: 'POST', pathTemplate: '/refunds' },
  parameters: {
    type: 'object',
    properties: {
      amount: { type: 'number' },
      items: { type: 'integer' },
      order_id: { type: 'string' },
    },
  },
  ...{ effects: ['financial'], reversibility: 'reversible', classification: 'Internal' },
  ...over,
});

describe('an action type', () => {
  it('lets nothing be made smaller and asks for no signature of its own until it says so', async () => {
    const made = await createActionType(ctx, described('refunds.plain'));
    expect(made).toMatchObject({ narrowable: [], signing: null });
    const changed = await updateActionType(ctx, {
      ...{ id: made.id, narrowable: ['amount', 'items'], signing: 'passkey' },
    });
    expect(changed).toMatchObject({ narrowable: ['amount', 'items'], signing: 'passkey' });
    const said = (await eventsOf(ctx.workspace)).at(-1);
    expect(said).toMatchObject({
      type: 'action_type.updated',
      data: {
        before: { narrowable: [], signing: null },
        after: { narrowable: ['amount', 'items'], signing: 'passkey' },
      },
    });
    const back = await updateActionType(ctx, { id: made.id, narrowable: [], signing: null });
    expect(back).toMatchObject({ narrowable: [], signing: null });
  });

  it('names only numbers of its own, each once', async () => {
    for (const [narrowable, field] of [
      [['order_id'], 'narrowable.0'],
      [['amount', 'absent'], 'narrowable.1'],
      [['amount', 'amount'], 'narrowable'],
      [['constructor'], 'narrowable.0'],
    ] as const) {
      const attempt = createActionType(ctx, described('refunds.wrong', { narrowable }));
      await expect(attempt).rejects.toMatchObject({ status: 422, errors: [{ field }] });
    }
    const listed = (await listActionTypes(ctx, {})).items.map(({ key }) => key);
    expect(listed).not.toContain('refunds.wrong');
  });

  it('keeps a parameter a number for as long as it may be made smaller', async () => {
    const made = await createActionType(ctx, described('refunds.kept', { narrowable: ['amount'] }));
    const parameters = { type: 'object', properties: { amount: { type: 'string' } } };
    await expect(updateActionType(ctx, { id: made.id, parameters })).rejects.toMatchObject({
      errors: [{ field: 'narrowable.0' }],
    });
  });
});
