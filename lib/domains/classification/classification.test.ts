import { beforeAll, describe, expect, it } from 'vitest';
import { inWorkspace } from '@/lib/infra/db';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import {
  createDataAsset,
  getDataAsset,
  listDataAssets,
  retireDataAsset,
  updateDataAsset,
} from './service/assets';
import {
  createDataField,
  listDataFields,
  removeDataField,
  updateDataField,
} from './service/fields';
import { confirmImport, proposeImport } from './service/import';
import { getActionTypeData, setActionTypeData } from './service/links';

let world: World;
let elsewhere: World;

beforeAll(async () => {
  world = await mintWorld();
  elsewhere = await mintWorld();
});

function as(roles: string[], where: World = world): Context {
  const actor = {
    type: 'member',
    id: where.admin,
    name: 'Admin',
    roles,
    abilities: [],
    method: 'password',
    authenticatedAt: 0,
  } as const;
  return { workspace: where.workspace, requestId: newId('req'), actor };
}

const admin = (where?: World) => as(['admin'], where);
const named = (what: string) => `${what}_${newId('x').slice(-12)}`;

async function asset(where: World = world, classification = 'Confidential') {
  const made = await createDataAsset(admin(where), { name: named('customers'), kind: 'table' });
  const field = await createDataField(admin(where), {
    ...{ id: made.id, name: 'email', classification, handling: 'mask' },
  });
  return { id: made.id, name: made.name, field: field.id };
}

/** As the catalog would have made it. */
function actionType(where: World = world): Promise<string> {
  const own = { workspaceId: where.workspace };
  return inWorkspace(where.workspace, async (tx) => {
    const tool = await tx.tool.create({
      data: {
        ...{ id: newId('tol'), name: named('tool'), ...own },
        ...{ baseUrl: 'http://127.0.0.1:9', auth: { type: 'none' } },
      },
    });
    const { id } = await tx.actionType.create({
      data: {
        ...{ id: newId('aty'), key: `customers.${named('read')}`, toolId: tool.id, ...own },
        ...{ title: 'Read a customer', classification: 'Internal', reversibility: 'read_only' },
        parameters: { type: 'object', properties: { customer_id: { type: 'string' } } },
        ...{ effects: ['read'], method: 'GET', pathTemplate: '/customers' },
      },
    });
    return id;
  });
}

/** Everything of the room that a workspace has. */
function rows(where: World) {
  return inWorkspace(where.workspace, async (tx) => ({
    assets: await tx.dataAsset.findMany({ orderBy: { id: 'asc' } }),
    fields: await tx.dataField.findMany({ orderBy: { id: 'asc' } }),
    links: await tx.actionTypeData.findMany({
      orderBy: [{ actionTypeId: 'asc' }, { path: 'asc' }],
    }),
  }));
}

describe('data assets', () => {
  it('and their fields go through their life, each step an event with before and after', async () => {
    const made = await createDataAsset(admin(), { name: named('orders'), kind: 'table' });
    await updateDataAsset(admin(), { id: made.id, description: 'What was bought' });
    const { id: fieldId } = await createDataField(admin(), {
      ...{ id: made.id, name: 'total', classification: 'Internal' },
    });
    await updateDataField(admin(), {
      ...{ id: made.id, fieldId, classification: 'Restricted', handling: 'redact' },
    });
    const seen = await getDataAsset(as(['auditor']), { id: made.id });
    expect(seen).toMatchObject({
      description: 'What was bought',
      counts: { Public: 0, Internal: 0, Confidential: 0, Restricted: 1 },
      fields: [{ name: 'total', classification: 'Restricted', handling: 'redact', links: [] }],
      can: { update: { allowed: false, reason: 'Only an admin classifies data.' } },
    });
    await removeDataField(admin(), { id: made.id, fieldId });
    await retireDataAsset(admin(), { id: made.id });
    await expect(updateDataAsset(admin(), { id: made.id, name: 'x' })).rejects.toMatchObject({
      status: 403,
    });
    const story = (await eventsOf(world.workspace)).filter((event) =>
      [made.id, fieldId].includes((event['object'] as { id: string } | undefined)?.id ?? ''),
    );
    expect(story.map(({ type, data }) => [type, data])).toMatchObject([
      ['data_asset.created', { before: null, after: { name: made.name, state: 'active' } }],
      [
        'data_asset.updated',
        { before: { description: '' }, after: { description: 'What was bought' } },
      ],
      ['data_field.created', { before: null, after: { asset: made.name, name: 'total' } }],
      [
        'data_field.updated',
        {
          before: { classification: 'Internal', handling: 'none' },
          after: { classification: 'Restricted', handling: 'redact' },
        },
      ],
      ['data_field.removed', { before: { name: 'total' }, after: null }],
      ['data_asset.retired', { name: made.name }],
    ]);
  });

  it('are found page by page, by name, by a field and by classification', async () => {
    const where = await mintWorld();
    const made = [];
    for (const level of ['Public', 'Restricted', 'Restricted'])
      made.push(await asset(where, level));
    const page = await listDataAssets(admin(where), { limit: 2 });
    expect(page.items.map(({ id }) => id)).toEqual([made[2]?.id, made[1]?.id]);
    const rest = await listDataAssets(admin(where), { limit: 2, cursor: page.next });
    expect(rest).toMatchObject({ items: [{ id: made[0]?.id }], next: null });
    const restricted = await listDataAssets(admin(where), { classification: 'Restricted' });
    expect(restricted.items).toHaveLength(2);
    expect(restricted.items[0]).toMatchObject({
      counts: { Public: 0, Internal: 0, Confidential: 0, Restricted: 1 },
      can: { retire: { allowed: true } },
    });
    expect((await listDataAssets(admin(where), { q: 'EMAIL' })).items).toHaveLength(3);
    expect((await listDataAssets(admin(where), { q: made[0]?.name })).items).toHaveLength(1);
    expect((await listDataFields(admin(where), { q: made[0]?.name })).items).toEqual([
      expect.objectContaining({ id: made[0]?.field, classification: 'Public' }),
    ]);
  });

  it('stay while action types are linked to them, and take no second field of a name', async () => {
    const { id, field } = await asset();
    const type = await actionType();
    await setActionTypeData(admin(), {
      id: type,
      links: [{ direction: 'output', path: 'email', fieldId: field }],
    });
    const before = await rows(world);
    for (const refused of [
      () => retireDataAsset(admin(), { id }),
      () => removeDataField(admin(), { id, fieldId: field }),
    ]) {
      await expect(refused()).rejects.toMatchObject({ status: 409, code: 'in_use' });
    }
    await expect(
      createDataField(admin(), { id, name: 'email', classification: 'Public' }),
    ).rejects.toMatchObject({ status: 409, code: 'already_exists' });
    expect(await rows(world)).toEqual(before);
    const seen = await getDataAsset(admin(), { id });
    const reason = 'Action types are linked to one of its fields. Unlink them there first.';
    expect(seen.can.retire).toEqual({ allowed: false, reason });
    const listed = await listDataAssets(admin(), { q: seen.name });
    expect(listed.items[0]?.can.retire).toEqual({ allowed: false, reason });
    expect(seen.fields[0]).toMatchObject({
      links: [{ actionType: { id: type }, direction: 'output', path: 'email' }],
      can: { update: { allowed: true }, remove: { allowed: false } },
    });
  });
});

describe('what an action type touches', () => {
  it('raises what it counts as, and says because of what', async () => {
    const { id, name, field } = await asset();
    const type = await actionType();
    const set = await setActionTypeData(admin(), {
      id: type,
      links: [
        { direction: 'output', path: 'customers[].email', fieldId: field },
        { direction: 'input', path: 'customer_id', fieldId: field },
      ],
    });
    expect(set).toMatchObject({
      classification: 'Confidential',
      because: { direction: 'input', path: 'customer_id', field: { name: 'email' } },
      items: [{ direction: 'input' }, { direction: 'output' }],
    });
    await updateDataField(admin(), { id, fieldId: field, classification: 'Public' });
    expect(await getActionTypeData(as(['auditor']), { id: type })).toMatchObject({
      ...{ classification: 'Internal', because: null },
      can: { update: { allowed: false } },
    });
    await setActionTypeData(admin(), { id: type, links: [] });
    expect(await getActionTypeData(admin(), { id: type })).toMatchObject({ items: [] });
    const events = (await eventsOf(world.workspace)).filter(
      (event) => event['type'] === 'action_type.data_set',
    );
    expect(events.at(-1)).toMatchObject({
      data: { before: [{ path: 'customer_id', field: `${name}.email` }, {}], after: [] },
    });
  });

  it('is named exactly, or nothing is written', async () => {
    const { field } = await asset();
    const foreign = await asset(elsewhere);
    const type = await actionType();
    const before = await rows(world);
    const refused: [unknown[], string][] = [
      [[{ direction: 'input', path: 'nothing', fieldId: field }], 'links.0.path'],
      [[{ direction: 'output', path: 'a..b', fieldId: field }], 'links.0.path'],
      [[{ direction: 'output', path: 'a', fieldId: foreign.field }], 'links.0.fieldId'],
      [[{ direction: 'output', path: 'a', fieldId: newId('fld') }], 'links.0.fieldId'],
      [
        [
          { direction: 'output', path: 'a', fieldId: field },
          { direction: 'output', path: 'a', fieldId: field },
        ],
        'links.1.path',
      ],
    ];
    for (const [links, at] of refused) {
      await expect(setActionTypeData(admin(), { id: type, links })).rejects.toMatchObject({
        status: 422,
        errors: [{ field: at }],
      });
    }
    expect(await rows(world)).toEqual(before);
  });
});

describe('an import', () => {
  const columns = [
    { table_schema: 'public', table_name: 'people', column_name: 'email', data_type: 'text' },
    { table_schema: 'public', table_name: 'people', column_name: 'ref', data_type: 'text' },
  ];
  const samples = { people: [{ ref: '4111111111111111' }, { ref: '5500005555555559' }] };

  it('proposes and stores nothing until it is confirmed', async () => {
    const where = await mintWorld();
    const said = (await eventsOf(where.workspace)).length;
    const proposal = await proposeImport(admin(where), { format: 'postgres', columns, samples });
    expect(proposal.assets).toMatchObject([
      {
        ...{ name: 'people', kind: 'table', existing: null },
        fields: [
          { name: 'email', classification: 'Confidential', handling: 'mask', current: null },
          { name: 'ref', classification: 'Restricted', reason: '2 of 2 samples are card numbers.' },
        ],
      },
    ]);
    expect(await rows(where)).toEqual({ assets: [], fields: [], links: [] });
    expect(await eventsOf(where.workspace)).toHaveLength(said);

    const confirmed = {
      ...{ name: 'people', kind: 'table' },
      fields: [
        { name: 'email', classification: 'Restricted', handling: 'redact' },
        { name: 'ref', classification: 'Internal', handling: 'none', note: 'Made up numbers' },
      ],
    };
    const stored = await confirmImport(admin(where), { assets: [confirmed] });
    expect(stored).toMatchObject({ items: [{ name: 'people' }], created: 2, updated: 0 });
    const again = await proposeImport(admin(where), { format: 'postgres', columns });
    expect(again.assets[0]).toMatchObject({
      existing: stored.items[0]?.id,
      fields: [
        { classification: 'Confidential', current: { classification: 'Restricted' } },
        { current: { classification: 'Internal', handling: 'none' } },
      ],
    });
    const more = { name: 'phone', classification: 'Confidential', handling: 'mask' };
    const lower = { name: 'email', classification: 'Confidential', handling: 'mask' };
    expect(
      await confirmImport(admin(where), { assets: [{ ...confirmed, fields: [lower, more] }] }),
    ).toMatchObject({ created: 1, updated: 1 });
    const { assets, fields } = await rows(where);
    expect(assets).toHaveLength(1);
    expect(fields.map(({ name, classification }) => [name, classification])).toEqual([
      ['email', 'Confidential'],
      ['ref', 'Internal'],
      ['phone', 'Confidential'],
    ]);
    const imported = (await eventsOf(where.workspace)).filter(
      ({ type }) => type === 'data_asset.imported',
    );
    expect(imported.map(({ data }) => data)).toMatchObject([
      { before: null, after: { fields: [{ name: 'email' }, { name: 'ref' }] } },
      {
        before: { fields: [{ name: 'email', classification: 'Restricted' }] },
        after: { fields: [{ name: 'email', classification: 'Confidential' }, { name: 'phone' }] },
      },
    ]);
    // What was sampled is nowhere.
    expect(JSON.stringify([await rows(where), await eventsOf(where.workspace)])).not.toMatch(
      /4111111111111111|5500005555555559/,
    );
  });

  it('of the same name twice, or into what is retired, writes nothing', async () => {
    const { id, name } = await asset();
    const field = { name: 'a', classification: 'Public', handling: 'none' };
    const one = { name: named('x'), kind: 'table', fields: [field] };
    const before = await rows(world);
    await expect(confirmImport(admin(), { assets: [one, one] })).rejects.toMatchObject({
      errors: [{ field: 'assets.1.name' }],
    });
    await expect(
      confirmImport(admin(), { assets: [{ ...one, fields: [field, field] }] }),
    ).rejects.toMatchObject({ errors: [{ field: 'assets.0.fields.1.name' }] });
    expect(await rows(world)).toEqual(before);
    await retireDataAsset(admin(), { id });
    const retired = await rows(world);
    await expect(confirmImport(admin(), { assets: [one, { ...one, name }] })).rejects.toMatchObject(
      { status: 403 },
    );
    expect(await rows(world)).toEqual(retired);
  });
});

describe('who may', () => {
  const verbs: Record<string, (ctx: Context, ids: Ids) => Promise<unknown>> = {
    create: (ctx) => createDataAsset(ctx, { name: named('x'), kind: 'file' }),
    update: (ctx, { id }) => updateDataAsset(ctx, { id, name: 'other' }),
    retire: (ctx, { id }) => retireDataAsset(ctx, { id }),
    'create a field': (ctx, { id }) =>
      createDataField(ctx, { id, name: 'x', classification: 'Public' }),
    'update a field': (ctx, { id, field }) =>
      updateDataField(ctx, { id, fieldId: field, classification: 'Public' }),
    'remove a field': (ctx, { id, field }) => removeDataField(ctx, { id, fieldId: field }),
    link: (ctx, { type, field }) =>
      setActionTypeData(ctx, {
        id: type,
        links: [{ direction: 'output', path: 'x', fieldId: field }],
      }),
    import: (ctx) =>
      confirmImport(ctx, {
        assets: [
          {
            ...{ name: named('x'), kind: 'table' },
            fields: [{ name: 'a', classification: 'Public', handling: 'none' }],
          },
        ],
      }),
  };
  interface Ids {
    id: string;
    field: string;
    type: string;
  }
  let ids: Ids;
  beforeAll(async () => {
    ids = { ...(await asset()), type: await actionType() };
  });

  it.each(Object.entries(verbs))(
    '%s: admins alone, and otherwise nothing is written',
    async (_, run) => {
      const before = await rows(world);
      for (const roles of [[], ['approver'], ['auditor']]) {
        await expect(run(as(roles), ids)).rejects.toMatchObject({ status: 403 });
      }
      expect(await rows(world)).toEqual(before);
    },
  );

  const withIds = Object.entries(verbs).filter(([name]) => name !== 'create' && name !== 'import');

  it.each(withIds)("%s: not in another's workspace", async (_, run) => {
    const before = await rows(world);
    await expect(run(admin(elsewhere), ids)).rejects.toMatchObject({ status: 404 });
    expect(await rows(world)).toEqual(before);
  });

  it('reads only their own', async () => {
    for (const read of [
      () => getDataAsset(admin(elsewhere), { id: ids.id }),
      () => getActionTypeData(admin(elsewhere), { id: ids.type }),
      () => updateDataField(admin(), { id: newId('ast'), fieldId: ids.field, note: 'x' }),
    ]) {
      await expect(read()).rejects.toMatchObject({ status: 404 });
    }
  });
});
