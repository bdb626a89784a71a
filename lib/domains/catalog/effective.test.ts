import { expect, it } from 'vitest';
import {
  createDataAsset,
  createDataField,
  setActionTypeData,
} from '@/lib/domains/classification/server';
import { mintWorld } from '@/lib/infra/testing/world';
import type { Actor } from '@/lib/kernel/actor';
import { newId } from '@/lib/kernel/ids';
import { createActionType, getActionType, listActionTypes } from './service/action-types';
import { createTool } from './service/tools';

it('an action type shows what it counts as, and because of which field', async () => {
  const { workspace, admin } = await mintWorld();
  const actor: Actor = {
    type: 'member',
    id: admin,
    name: 'Admin',
    roles: ['admin'],
    abilities: [],
    method: 'password',
    authenticatedAt: 0,
  };
  const ctx = { workspace, requestId: newId('req'), actor };
  const tool = await createTool(ctx, {
    ...{ name: 'crm', baseUrl: 'http://127.0.0.1:9', auth: { type: 'none' } },
  });
  const made = await createActionType(ctx, {
    ...{ key: 'customers.read', toolId: tool.id, title: 'Read a customer' },
    parameters: { type: 'object', properties: { id: { type: 'string' } } },
    ...{ effects: ['read'], reversibility: 'read_only', classification: 'Internal' },
    ...{ method: 'GET', pathTemplate: '/customers' },
  });
  expect(made.effective).toEqual({ classification: 'Internal', because: null });

  const asset = await createDataAsset(ctx, { name: 'customers', kind: 'table' });
  const links = await Promise.all(
    ['Public', 'Confidential', 'Restricted'].map(async (classification) => {
      const { id } = await createDataField(ctx, {
        ...{ id: asset.id, name: classification.toLowerCase(), classification },
      });
      return { direction: 'output', path: classification, fieldId: id };
    }),
  );
  await setActionTypeData(ctx, { id: made.id, links });
  const effective = {
    classification: 'Restricted',
    because: {
      asset: { id: asset.id, name: 'customers' },
      ...{ field: 'restricted', direction: 'output', path: 'Restricted' },
    },
  };
  expect(await getActionType(ctx, { id: made.id })).toMatchObject({
    classification: 'Internal',
    effective,
  });
  expect((await listActionTypes(ctx, {})).items).toMatchObject([{ effective }]);
});
