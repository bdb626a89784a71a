import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { asRole } from '@/lib/infra/testing/as-role';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import { createActionType, createTool, retireActionType } from '@/lib/domains/catalog/server';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { Problem } from '@/lib/kernel/problem';
import {
  createDraft,
  createPermission,
  createRole,
  editDraft,
  getDraft,
  publishDraft,
} from '../server';
import { getVersion, listVersions, rollbackVersion } from '../policies/service/versions';
import { putEntity, removeEntity } from './service/entities';
import {
  checkCedarPolicy,
  createCedarPolicy,
  listCedarPolicies,
  removeCedarPolicy,
  updateCedarPolicy,
} from './service/policies';
import { getCedarSchema, putCedarSchema } from './service/schema';

let world: World;
let other: World;
let ctx: Context;
let actionType: string;

const contextOf = (of: World, role = 'admin'): Context => ({
  workspace: of.workspace,
  requestId: newId('req'),
  actor: {
    type: 'member',
    id: role === 'admin' ? of.admin : of.auditor,
    name: role,
    roles: [role],
    abilities: [],
    method: 'password',
    authenticatedAt: 0,
  },
});

const declared = `entity folder;
entity user in [folder] { role?: String, level: Long, boss?: user, from?: ipaddr };
entity record { status?: String };
action read appliesTo { principal: user, resource: record };
`;
const permit = 'permit (principal is user, action == Action::"read", resource);';

beforeAll(async () => {
  world = await mintWorld();
  other = await mintWorld();
  ctx = contextOf(world);
  const tool = await createTool(ctx, {
    name: 'orders',
    baseUrl: 'http://127.0.0.1:9',
    auth: { type: 'none' },
  });
  const type = await createActionType(ctx, {
    key: 'refunds.create',
    toolId: tool.id,
    title: 'Refund',
    parameters: {
      type: 'object',
      required: ['order_id'],
      properties: {
        order_id: { type: 'string' },
        amount: { type: 'number' },
        pieces: { type: 'integer' },
        tags: { type: 'array', items: { type: 'string' } },
      },
    },
    effects: ['write'],
    reversibility: 'reversible',
    classification: 'Internal',
    method: 'POST',
    pathTemplate: '/refunds',
  });
  actionType = type.id;
  await putCedarSchema(ctx, { text: declared });
});
afterAll(() => closeDb());

/** The fields of a refusal; nothing may have been written by it. */
async function refused(work: () => Promise<unknown>, status = 422) {
  const state = async () => [
    await inWorkspace(world.workspace, (tx) => tx.cedarPolicy.findMany()),
    await inWorkspace(world.workspace, (tx) => tx.cedarSchema.findMany()),
    await inWorkspace(world.workspace, (tx) => tx.entity.findMany()),
    await inWorkspace(world.workspace, (tx) => tx.policyVersion.count()),
  ];
  const before = await state();
  const error = await work().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Problem)) throw error ?? new Error('it was not refused');
  expect([error.status, error.message]).toEqual([status, expect.any(String)]);
  expect(await state()).toEqual(before);
  return error;
}

const saving = (text: string) => () => createCedarPolicy(ctx, { name: 'under-test', text });

describe('a policy by hand', () => {
  it('is refused with the line and the column of what is wrong, and nothing is written', async () => {
    const { errors } = await refused(
      saving(`${permit}\n\nforbid (principal, action, resource whe;`),
    );
    expect(errors?.[0]?.field).toBe('text');
    expect(errors?.[0]?.message).toMatch(/^line 3, column 37: unexpected token `whe`/);
  });

  it.each([
    [
      'an attribute that is not declared',
      `// é\n${permit.replace(';', ' when {\n  principal.rank > 3 };')}`,
      /^line 3, column 3: .*attribute `rank`/,
    ],
    [
      'an optional one that is not asked for',
      permit.replace(';', ' when { principal.role == "a" };'),
      /optional/,
    ],
    [
      'an action that is not there',
      'permit (principal, action == Action::"fly", resource);',
      /unrecognized action|fly/,
    ],
    [
      'a type that is not there',
      'permit (principal is bird, action, resource);',
      /unrecognized entity type|bird/,
    ],
    [
      'a parameter that is not there',
      'forbid (principal, action == Action::"refunds.create", resource) when { context.parameters.weight > 3 };',
      /weight/,
    ],
    [
      'a number compared as a whole one',
      'forbid (principal, action == Action::"refunds.create", resource) when { context.parameters has amount && context.parameters.amount > 3 };',
      /unexpected type|expected/,
    ],
    ['a tier that is none', `@tier("4")\n${permit}`, /@tier/],
    ['a rate that is none', `\n@rate_per_hour("x")\n${permit}`, /line 2, .*@rate_per_hour/],
    ['an annotation that is none', `@rates("5")\n${permit}`, /line 1, .*@rates/],
    ['a template', 'permit (principal == ?principal, action, resource);', /template/],
    ['no policy', '// nothing', /no policy/],
    [
      'a time zone that is none',
      'forbid (principal, action == Action::"refunds.create", resource) when { context.time["Europe/Atlantis"].day > 5 };',
      /Atlantis/,
    ],
  ])('with %s is refused', async (_, text, message) => {
    const { errors } = await refused(saving(text));
    expect(errors?.map((one) => one.message).join('\n')).toMatch(message);
  });

  it('is saved, made a version in words, rewritten and removed, each with before and after', async () => {
    const text = `@tier("2")\n${permit}\nforbid (principal is user, action, resource) when { principal.level < 1 };`;
    const made = await createCedarPolicy(ctx, { name: 'reading', text });
    expect(made).toMatchObject({ permits: 1, forbids: 1, can: { update: { allowed: true } } });
    const [version] = (await listVersions(ctx, {})).items;
    expect(version?.changes).toMatchObject([
      {
        path: 'cedar/reading',
        kind: 'added',
        widens: true,
        words: expect.stringContaining('1 permit, 1 forbid'),
      },
    ]);
    await refused(() => createCedarPolicy(ctx, { name: 'reading', text }), 409);

    await updateCedarPolicy(ctx, { id: made.id, text: permit });
    const [loosened] = (await listVersions(ctx, {})).items;
    expect(loosened?.changes).toMatchObject([{ kind: 'changed', widens: true }]);

    await removeCedarPolicy(ctx, { id: made.id });
    const [removed] = (await listVersions(ctx, {})).items;
    expect(removed?.changes).toMatchObject([{ kind: 'removed', widens: false }]);
    const events = (await eventsOf(world.workspace)).filter(({ type }) =>
      type.startsWith('cedar_policy.'),
    );
    expect(events.map(({ type, data }) => [type, data])).toEqual([
      ['cedar_policy.created', { before: null, after: { name: 'reading', text } }],
      [
        'cedar_policy.updated',
        { before: { name: 'reading', text }, after: { name: 'reading', text: permit } },
      ],
      ['cedar_policy.removed', { before: { name: 'reading', text: permit }, after: null }],
    ]);

    // Going back to the version that had it brings it back, as it was.
    const undo = await getVersion(ctx, { version: version?.id });
    expect(undo.undo).toMatchObject([{ path: 'cedar/reading', kind: 'added' }]);
    await rollbackVersion(ctx, { version: version?.id, why: 'it was needed' });
    const { items } = await listCedarPolicies(ctx, {});
    expect(items.map(({ name, text: now }) => [name, now])).toEqual([['reading', text]]);
    await removeCedarPolicy(ctx, { id: items[0]?.id });
  });

  it('is tried in a draft and holds when that is published', async () => {
    const { id } = await createDraft(ctx, { title: 'A forbid by hand' });
    const edit = { do: 'set_cedar_policy', name: 'drafted' } as const;
    await refused(() => editDraft(ctx, { id, edit: { ...edit, text: 'permit (' } }));
    const text = 'forbid (principal is user, action == Action::"read", resource);';
    await editDraft(ctx, { id, edit: { ...edit, text } });
    expect(await getDraft(ctx, { id })).toMatchObject({
      widens: false,
      changes: [{ path: 'cedar/drafted', kind: 'added' }],
    });
    expect((await listCedarPolicies(ctx, {})).items).toEqual([]);
    await publishDraft(ctx, { id, why: 'reviewed' });
    const { items } = await listCedarPolicies(ctx, {});
    expect(items).toMatchObject([{ name: 'drafted', text }]);
    await removeCedarPolicy(ctx, { id: items[0]?.id });
  });

  it('keeps the action type that it speaks of', async () => {
    const made = await createCedarPolicy(ctx, {
      name: 'no-refunds',
      text: 'forbid (principal, action == Action::"refunds.create", resource);',
    });
    const error = await refused(() => retireActionType(ctx, { id: actionType }), 409);
    expect(error.message).toContain('no-refunds');
    await removeCedarPolicy(ctx, { id: made.id });
  });

  it('is checked as it is typed, and laid out', async () => {
    const found = await checkCedarPolicy(ctx, { text: `${permit} oops` });
    expect(found).toMatchObject({ problems: [{ line: 1, column: 69 }], formatted: null });
    const fine = await checkCedarPolicy(ctx, { text: permit });
    expect(fine).toEqual({
      problems: [],
      formatted: expect.stringContaining('permit (\n  principal is user,'),
      uncompiled: [],
    });
    const huge = permit.replace(';', ' when { principal.level < 9223372036854775807 };');
    expect((await checkCedarPolicy(ctx, { text: huge })).uncompiled).toEqual([
      { policy: huge, why: expect.stringContaining('is not an integer within 2^53') },
    ]);
  });

  it('nested too deeply is refused, and Cedar goes on', async () => {
    for (const deep of [
      `${'('.repeat(3_000)}true${')'.repeat(3_000)}`,
      `1${' + 1'.repeat(2_000)} > 3`,
    ]) {
      const text = permit.replace(';', ` when { ${deep} };`);
      const { errors } = await refused(saving(text));
      expect(errors?.[0]?.message).toContain('nested too deeply');
      const { problems } = await checkCedarPolicy(ctx, { text });
      expect(problems[0]?.message).toContain('nested too deeply');
      expect(await checkCedarPolicy(ctx, { text: permit })).toMatchObject({ problems: [] });
    }
  });
});

describe('the declared types', () => {
  it.each([
    ['what is no schema', 'entity user {\n  role?: Strin g };', /^line 2, column 16: /],
    ['a type of its own', `${declared}entity Agent;`, /declared twice/],
    ['a name of its own', 'entity agent;', /agent is a name/],
    [
      'the action of an action type',
      `${declared}action "refunds.create" appliesTo { principal: user, resource: record };`,
      /is an action type/,
    ],
    ['a type that is nowhere', 'entity user { boss: chief };', /chief/],
  ])('refuse %s, with its place', async (_, text, message) => {
    const { errors } = await refused(() => putCedarSchema(ctx, { text }));
    expect(errors?.[0]).toMatchObject({ field: 'text', message: expect.stringMatching(message) });
  });

  it('stay as policies need them', async () => {
    const made = await createCedarPolicy(ctx, { name: 'reading', text: permit });
    const { errors } = await refused(() => putCedarSchema(ctx, { text: 'entity user;' }));
    expect(errors?.[0]?.message).toContain('the policy reading');
    await removeCedarPolicy(ctx, { id: made.id });
  });

  it('name what can be completed', async () => {
    const { names, text } = await getCedarSchema(ctx, {});
    expect(text).toBe(declared);
    expect(names.entityTypes).toContainEqual({
      name: 'user',
      attributes: expect.arrayContaining(['role']),
    });
    expect(names.actions).toContainEqual({
      name: 'refunds.create',
      context: expect.arrayContaining(['parameters.amount', 'parameters.tags']),
    });
  });
});

describe('who may', () => {
  it('is an admin alone', async () => {
    const auditor = contextOf(world, 'auditor');
    for (const work of [
      () => createCedarPolicy(auditor, { name: 'mine', text: permit }),
      () => putCedarSchema(auditor, { text: '' }),
      () => putEntity(auditor, { type: 'user', id: 'x', properties: { level: 1 } }),
    ]) {
      await refused(work, 403);
    }
    expect((await listCedarPolicies(auditor, {})).items).toEqual([]);
  });

  it('widens only with a second admin, where the workspace asks for one', async () => {
    const careful = contextOf(other);
    await putCedarSchema(careful, { text: declared });
    await createRole(careful, { name: 'any-role' });
    await inWorkspace(other.workspace, (tx) =>
      tx.workspace.update({
        where: { id: other.workspace },
        data: { settings: { secondAdminWidens: true } },
      }),
    );
    await createRole(careful, { name: 'another-role' });
    await expect(
      createCedarPolicy(careful, { name: 'reading', text: permit }),
    ).rejects.toMatchObject({ status: 409, code: 'second_admin_needed' });
    const forbid = await createCedarPolicy(careful, {
      name: 'stopping',
      text: 'forbid (principal is user, action, resource);',
    });
    await expect(removeCedarPolicy(careful, { id: forbid.id })).rejects.toMatchObject({
      code: 'second_admin_needed',
    });
  });

  it("has no way to another workspace's, by verb or by SQL", async () => {
    const foreign = contextOf(other);
    const made = await createCedarPolicy(ctx, { name: 'reading', text: permit });
    await putEntity(ctx, { type: 'user', id: 'bob', properties: { level: 1 } });
    await expect(removeCedarPolicy(foreign, { id: made.id })).rejects.toMatchObject({
      status: 404,
    });
    await expect(removeEntity(foreign, { type: 'user', id: 'bob' })).rejects.toMatchObject({
      status: 404,
    });
    for (const role of ['countersign_app', 'countersign_gateway'] as const) {
      for (const table of ['cedar_policies', 'cedar_schemas', 'entities']) {
        const seen = await asRole(role, other.workspace, (client) =>
          client.query(`SELECT workspace_id FROM ${table} WHERE workspace_id = $1`, [
            world.workspace,
          ]),
        );
        expect([role, table, seen.rows]).toEqual([role, table, []]);
      }
    }
    await removeCedarPolicy(ctx, { id: made.id });
  });
});

it('does not mistake permissions for policies by hand', async () => {
  const role = await createRole(ctx, { name: 'refunders' });
  await createPermission(ctx, { roleId: role.id, actionTypeId: actionType, tier: 3 });
  const [version] = (await listVersions(ctx, {})).items;
  expect(version?.changes.some(({ path }) => path.startsWith('cedar'))).toBe(false);
});
