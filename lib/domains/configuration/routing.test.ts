import { beforeAll, describe, expect, it } from 'vitest';
import { listRoutes } from '@/lib/domains/approvals/server';
import { eventTypes } from '@/lib/domains/workspaces/test/workspace';
import { inWorkspace } from '@/lib/infra/db';
import {
  applied,
  edited,
  emailOf,
  emptyWorld,
  filesOf,
  planOf,
  richWorld,
  type World,
} from './test/rich';

const ROUTES = 'approvals/routes.json';
const FINANCE = 'approver-groups/%46inance%20%26%20%53%c3%b6hne.json';
const HEADS = 'approver-groups/heads.json';

let world: World;
let files: Record<string, string>;

beforeAll(async () => {
  world = await richWorld();
  const email = await emailOf(world);
  const joined = edited(await filesOf(world), FINANCE, (group) => ({ ...group, members: [email] }));
  await applied(world, joined);
  files = await filesOf(world);
});

interface RouteFile {
  name: string;
  fits: { agents?: string[] };
  needs: { group: string | null; count: number }[];
}

const rerouted = (change: (routes: RouteFile[]) => RouteFile[]) =>
  edited(files, ROUTES, (document) => change(document as unknown as RouteFile[]));

const routesNow = () => inWorkspace(world.workspace, listRoutes);
const saidSince = async (before: number) =>
  (await eventTypes(world.workspace)).slice(before).filter((type) => type.startsWith('appr'));
const saidNow = async () => (await eventTypes(world.workspace)).length;

async function problemsOf(wanted: Record<string, string>): Promise<unknown> {
  const before = await routesNow();
  const refused = await planOf(world, wanted).catch((error: unknown) => error);
  expect(refused).toMatchObject({ status: 422, code: 'invalid_configuration' });
  expect(await routesNow()).toEqual(before);
  return (refused as { extra: { problems: unknown } }).extra.problems;
}

describe('who approves what, as files', () => {
  it('names groups, people and agents, in the order in which routes are tried', async () => {
    const routes = JSON.parse(files[ROUTES] ?? '') as RouteFile[];
    expect(routes.map(({ name }) => name)).toEqual(['Large', 'Rest']);
    expect(routes[0]).toEqual({
      name: 'Large',
      fits: {
        ...{ action_types: ['con.read', 'refunds.create'], agents: ['support'] },
        ...{ classification: 'Internal', amount_from: 0.5, amount_below: 1_000 },
      },
      needs: [
        {
          ...{ group: 'Finance & Söhne', count: 2 },
          escalation: [{ after_minutes: 30, group: 'heads' }],
        },
        { group: null, count: 1, escalation: [{ after_minutes: 60, group: null }] },
      ],
      ...{ wait_minutes: 43_200, signing: 'passkey' },
    });
    expect(JSON.parse(files[FINANCE] ?? '')).toEqual({
      ...{ name: 'Finance & Söhne', description: 'Signs for money' },
      members: [await emailOf(world)],
    });
  });

  it('is the same in another workspace where the same people are members', async () => {
    const other = await emptyWorld();
    const email = await emailOf(world);
    expect(await planOf(other, files).catch(({ code }: { code: string }) => code)).toBe(
      'invalid_configuration',
    );
    await emailOf(world, `moved-${email}`);
    await emailOf(other, email);
    await applied(other, files);
    expect(await filesOf(other)).toEqual(files);
    expect((await planOf(other, files)).changes).toEqual([]);
    await emailOf(other, `moved-too-${email}`);
    await emailOf(world, email);
  });

  it('moves, adds and removes routes, and touches no other', async () => {
    const [large, rest] = await routesNow();
    const added = { name: 'New', fits: {}, needs: [{ group: 'heads', count: 3 }] };
    let before = await saidNow();
    const plan = await applied(
      world,
      rerouted(([one, two]) => [added, two as RouteFile, one as RouteFile]),
    );
    expect(plan.changes).toEqual([
      expect.objectContaining({
        ...{ file: ROUTES, kind: 'changed', words: 'The list of approval routes is changed' },
        details: [
          'New: for everything: 3 of heads is set',
          'They are tried in this order: 1. New, 2. Rest, 3. Large',
        ],
      }),
    ]);
    expect((await routesNow()).map(({ id }) => id)).toEqual([
      expect.any(String),
      rest?.id,
      large?.id,
    ]);
    expect(await saidSince(before)).toEqual(['approval_route.created', 'approval_route.changed']);
    before = await saidNow();
    await applied(world, files);
    expect((await routesNow()).map(({ id }) => id)).toEqual([large?.id, rest?.id]);
    expect(await filesOf(world)).toEqual(files);
    expect(await saidSince(before)).toEqual(['approval_route.removed', 'approval_route.changed']);
  });

  it('lets people into a group and out of it, in words', async () => {
    const email = await emailOf(world);
    const emptied = edited(files, FINANCE, (group) => ({ ...group, members: [] }));
    const joined = edited(emptied, HEADS, (group) => ({ ...group, members: [email] }));
    const plan = await applied(world, joined);
    expect(plan.changes.map(({ file, details }) => [file, details])).toEqual([
      [FINANCE, [`${email} leaves it`]],
      [HEADS, [`${email} joins it`]],
    ]);
    expect(await filesOf(world)).toEqual(joined);
    await applied(world, files);
  });

  it('goes when its files go, routes before the groups that they need', async () => {
    const { [ROUTES]: _, [FINANCE]: __, [HEADS]: ___, ...bare } = files;
    const plan = await applied(world, bare);
    expect(plan.changes.map(({ words }) => words)).toEqual([
      'The approval routes go',
      'The group of approvers Finance & Söhne is removed',
      'The group of approvers heads is removed',
    ]);
    expect(await filesOf(world)).toEqual(bare);
    await applied(world, files);
    expect(await filesOf(world)).toEqual(files);
  });
});

describe('what is wrong with them', () => {
  it('is a group that is not there, or that a route still needs', async () => {
    const { [HEADS]: _, ...without } = files;
    const there = `there is no group of approvers heads (${HEADS})`;
    expect(await problemsOf(without)).toMatchObject([
      { file: ROUTES, field: '[0].needs[0].escalation[0].group', message: there },
      { file: ROUTES, field: '[1].needs[0].group', message: there },
    ]);
  });

  it('is an agent or a person whom nobody knows', async () => {
    const stranger = edited(files, FINANCE, (group) => ({
      ...group,
      members: [...(group['members'] ?? []), 'nobody@example.test'],
    }));
    expect(await problemsOf(stranger)).toMatchObject([
      { file: FINANCE, field: 'members[1]', message: 'is no member of this workspace' },
    ]);
    const unknown = rerouted(([one, two]) => [
      one as RouteFile,
      { ...(two as RouteFile), fits: { agents: ['support', 'nobody'] } },
    ]);
    expect(await problemsOf(unknown)).toMatchObject([
      { file: ROUTES, field: '[1].fits.agents[1]', message: 'there is no agent nobody' },
    ]);
  });

  it('is a route for nobody, and a list without routes', async () => {
    const nobodys = rerouted(([one]) => [{ ...(one as RouteFile), needs: [] }]);
    expect(await problemsOf(nobodys)).toMatchObject([{ file: ROUTES, field: '[0].needs' }]);
    expect(await problemsOf({ ...files, [ROUTES]: '[]' })).toMatchObject([
      { file: ROUTES, message: 'holds no route: leave the file out' },
    ]);
  });
});
