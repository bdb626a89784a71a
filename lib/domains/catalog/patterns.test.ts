import { beforeAll, expect, it } from 'vitest';
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
    ...{ type: 'member', id: admin, name: 'Admin', roles: ['admin'], abilities: [] },
    ...{ method: 'password', authenticatedAt: 0 },
  } as unknown as Context['actor'];
  ctx = { workspace, requestId: newId('req'), actor };
  const tool = await createTool(ctx, {
    ...{ name: 'crm', baseUrl: 'http://127.0.0.1:9', auth: { type: 'none' } },
  });
  toolId = tool.id;
});

const parameters = (pattern: string) => ({
  type: 'object',
  properties: { name: { type: 'string', pattern } },
});
const described = (key: string, pattern: string) => ({
  ...{ key, toolId, title: 'Find a customer', method: 'GET', pathTemplate: '/customers' },
  parameters: parameters(pattern),
  ...{ effects: ['read'], reversibility: 'read_only', classification: 'Internal' },
});

it('an action type whose pattern cannot be run in linear time is refused, and told why', async () => {
  const kept = await createActionType(ctx, described('customers.find', String.raw`^(\w+\s?)*$`));
  const before = (await eventsOf(ctx.workspace)).length;
  for (const [pattern, why] of [
    ['^(?!admin)', 'looks ahead; use allOf or not with patterns of their own'],
    [String.raw`(a)\1`, 'refers back to a group'],
    ['(a{1000}){1000}', 'use maxLength for a length'],
  ] as const) {
    const refusal = {
      status: 422,
      errors: [{ field: 'parameters', message: expect.stringContaining(why) }],
    };
    const named = `has a pattern that cannot be run: ${JSON.stringify(pattern)} `;
    const attempts = [
      () => createActionType(ctx, described('customers.other', pattern)),
      () => updateActionType(ctx, { id: kept.id, parameters: parameters(pattern) }),
    ];
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject(refusal);
      await expect(attempt()).rejects.toMatchObject({
        errors: [{ message: expect.stringContaining(named) }],
      });
    }
  }
  const { items } = await listActionTypes(ctx, {});
  expect(items.map(({ key }) => key)).toEqual(['customers.find']);
  expect(items[0]?.parameters.properties).toEqual(kept.parameters.properties);
  expect(await eventsOf(ctx.workspace)).toHaveLength(before);
});
