import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { closeQueue } from '@/lib/infra/queue';
import { mintAgent, mintWorld, type World } from '@/lib/infra/testing/world';
import { newId } from '@/lib/kernel/ids';
import { vaultJobs } from '../jobs';
import type { DueItem } from '../schema';
import { listRotations } from '../service/rotations';
import { createSecret } from '../service/secrets';
import { as } from '../test/support';
import { listDue } from './list';

const DAY = 86_400_000;
const SECRETS = 1_050;
const CREDENTIALS = 2_050;

let world: World;
const now = Date.now();

beforeAll(async () => {
  world = await mintWorld();
});
afterAll(async () => {
  await closeQueue();
  await closeDb();
});

/** Credentials that were made so many days ago. */
async function credentials(agentId: string, daysAgo: number[], more: object = {}) {
  const rows = daysAgo.map((days) => ({
    id: newId('crd'),
    workspaceId: world.workspace,
    agentId,
    kind: 'secret',
    createdBy: world.admin,
    createdAt: new Date(now - days * DAY),
    ...more,
  }));
  await inWorkspace(world.workspace, (tx) => tx.credential.createMany({ data: rows }));
  return rows.map(({ id }) => id);
}

async function everythingDue(limit: number): Promise<DueItem[]> {
  const items: DueItem[] = [];
  let cursor: string | undefined;
  do {
    const page = await listDue(as('auditor', world), { limit, ...(cursor ? { cursor } : {}) });
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return items;
}

test('nothing is cut off: not from the list, and not from the schedule', async () => {
  const ctx = as('admin', world);
  const old = (n: number) => 400 + (n % 7) / 4;
  await inWorkspace(world.workspace, (tx) =>
    tx.secret.createMany({
      data: Array.from({ length: SECRETS }, (_, n) => ({
        id: newId('sec'),
        workspaceId: world.workspace,
        name: `by-hand-${n}`,
        rotator: { kind: 'manual' },
        createdBy: world.admin,
        createdAt: new Date(now - old(n) * DAY),
      })),
    }),
  );
  const resting = [];
  for (const state of ['suspended', 'draft']) resting.push(await mintAgent(world, state));
  for (const agent of resting) {
    await credentials(
      agent,
      Array.from({ length: CREDENTIALS / 2 }, (_, n) => old(n)),
    );
  }
  const retired = await mintAgent(world, 'retired');
  await credentials(retired, [500]);
  await credentials(world.agent, [500], { state: 'revoked' });

  // The newest of all, and due: by the workspace's limit, by its own, and by its end.
  const acting = await mintAgent(world, 'probation');
  const [due = ''] = await credentials(world.agent, [100]);
  const [early = ''] = await credentials(acting, [84]);
  const [ending = ''] = await credentials(acting, [10], { expiresAt: new Date(now + 4 * DAY) });
  await credentials(acting, [82, 1]);
  await credentials(acting, [10], { expiresAt: new Date(now + 12 * DAY) });
  const rotator = { kind: 'http_api_keys', baseUrl: 'http://127.0.0.1:9' };
  const kept = { rotator, value: 'value', rotateEveryDays: 30 };
  const [one, other] = [
    await createSecret(ctx, { ...kept, name: 'renewed' }),
    await createSecret(ctx, { ...kept, name: 'not-yet' }),
  ];
  const age = (secretId: string, days: number) =>
    inWorkspace(world.workspace, (tx) =>
      tx.secretVersion.updateMany({
        where: { secretId },
        data: { activatedAt: new Date(now - days * DAY) },
      }),
    );
  await age(one.secret.id, 31);
  await age(other.secret.id, 29);

  const items = await everythingDue(200);
  expect(items).toHaveLength(SECRETS + CREDENTIALS + 6 + 2);
  expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
  const inOrder = items.toSorted((a, b) => (a.dueAt + a.id < b.dueAt + b.id ? -1 : 1));
  expect(items.map(({ id }) => id)).toEqual(inOrder.map(({ id }) => id));
  for (const { dueAt, since, maxAgeDays, id } of items.filter(({ id: each }) => each !== ending)) {
    const byAge = Date.parse(since) + maxAgeDays * DAY;
    expect([id, Date.parse(dueAt) <= byAge]).toEqual([id, true]);
  }
  const dueOf = (id: string) => items.find((item) => item.id === id)?.dueAt;
  expect(dueOf(ending)).toBe(new Date(now + 4 * DAY).toISOString());
  expect(dueOf(one.secret.id)).toBe(new Date(now - DAY).toISOString());
  const { counts } = await listDue(ctx, { limit: 1 });
  const overdue = items.filter(({ dueAt }) => Date.parse(dueAt) < Date.now());
  expect(counts).toMatchObject({ inUse: items.length, overdue: overdue.length });

  const job = vaultJobs.find(({ name }) => name === 'vault.rotations_due');
  await job?.perform(world.workspace, {});
  const begun = await listRotations(ctx, { limit: 200 });
  expect(new Set(begun.items.map(({ subjectId }) => subjectId))).toEqual(
    new Set([one.secret.id, due, early, ending]),
  );
  // Once is enough.
  await job?.perform(world.workspace, {});
  expect((await listRotations(ctx, { limit: 200 })).items).toHaveLength(4);
});

test('more than a page of what is due is begun, past one that cannot', async () => {
  world = await mintWorld();
  const [blocked = ''] = await credentials(world.agent, [300]);
  const many = await credentials(
    world.agent,
    Array.from({ length: 205 }, () => 200),
  );
  await inWorkspace(world.workspace, (tx) =>
    tx.rotation.create({
      data: {
        id: newId('rot'),
        workspaceId: world.workspace,
        subjectType: 'credential',
        subjectId: blocked,
        step: 'requested',
        trigger: 'hand',
        startedBy: world.admin,
      },
    }),
  );
  await vaultJobs.find(({ name }) => name === 'vault.rotations_due')?.perform(world.workspace, {});
  const begun = await inWorkspace(world.workspace, (tx) =>
    tx.rotation.findMany({ select: { subjectId: true } }),
  );
  expect(begun.map(({ subjectId }) => subjectId).toSorted()).toEqual([blocked, ...many].toSorted());
});

test.each(['!', Buffer.from('["no time","x"]').toString('base64url')])(
  'a cursor of another kind is refused: %s',
  async (cursor) => {
    await expect(listDue(as('auditor', world), { cursor })).rejects.toMatchObject({
      status: 422,
      errors: [expect.objectContaining({ field: 'cursor' })],
    });
  },
);
