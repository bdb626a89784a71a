import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  closeGatewayJobs,
  executeApproved,
  type RunningGateway,
  startGateway,
} from '@/lib/domains/gateway/server';
import { clientOf, makeWorld, type World } from '@/lib/domains/gateway/test/world';
import { startTool, type TestTool } from '@/lib/domains/gateway/test/tool';
import { closeDb } from '@/lib/infra/db';
import { closeQueue } from '@/lib/infra/queue';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { getApproval, listApprovals } from '../service/read';
import { approveAction } from '../service/decide';
import { applyGrants } from './jobs';
import { workspacesWithGrants } from './repo';
import { createGrant, listGrants, revokeGrant } from './service';

let gateway: RunningGateway;
let tool: TestTool;
let world: World;
let agent: { id: string; credential: string };
let approver: string;
let other: string;
let admin: string;
let permission: string;

beforeAll(async () => {
  tool = await startTool();
  gateway = await startGateway({ host: '127.0.0.1', port: 0 });
});

// Each test has a workspace of its own: what a grant is used for is counted.
beforeEach(async () => {
  await world?.close();
  world = await makeWorld();
  [approver, other] = [await member(['approver']), await member(['approver'])];
  admin = await member(['admin']);
  agent = await world.agent({ sponsor_id: admin });
  const role = await world.role(agent.id);
  const type = await world.actionType(await world.tool(tool.url));
  permission = await world.permission(role, type, {
    ladder: { parameter: 'amount', autonomous: 0, supervised: 0, gated: 1_000 },
  });
});

afterAll(async () => {
  await gateway.stop();
  await tool.close();
  await world.close();
  await closeGatewayJobs();
  await closeQueue();
  await closeDb();
});

function member(roles: string[]): Promise<string> {
  const id = newId('mbr');
  return world.insert('members', {
    ...{ id, workspace_id: world.workspace, email: `${id}@example.test`, name: id, roles },
    updated_at: new Date(),
  });
}

function as(id: string, roles = ['approver']): Context {
  const { workspace } = world;
  const actor = {
    type: 'member',
    ...{ id, name: id, roles, abilities: [] },
    ...{ method: 'password', authenticatedAt: Date.now() },
  } as const;
  return { workspace, requestId: newId('req'), actor: { ...actor, type: 'member' } };
}

async function hold(amounts: number[], initiator: object = { type: 'customer' }) {
  const client = clientOf(gateway.url, world, agent);
  const session = await client.send('POST', '/v1/sessions', {
    initiator,
    auth_context: {},
    attributes: {},
  });
  const ids: string[] = [];
  for (const amount of amounts) {
    const answer = await client.propose(String(session.body['id']), { order_id: '1', amount });
    expect(answer.status).toBe(202);
    ids.push(String(answer.body['id']));
  }
  return ids as [string, ...string[]];
}

interface Other {
  actions?: Record<string, unknown>;
  approvals?: Record<string, unknown>;
  display?: { action_type: Record<string, unknown> };
}

/** So many that were held an hour before the action, and are like it but for this. */
async function copies(id: string, many: number, other: Other): Promise<void> {
  const of = async (table: string, key: string) =>
    (await world.owner.query(`SELECT * FROM ${table} WHERE ${key} = $1`, [id])).rows[0];
  const action = { ...(await of('actions', 'id')), ...other.actions };
  const { needs_key: _, ...approval } = {
    ...(await of('approvals', 'action_id')),
    ...other.approvals,
  };
  const type = { ...approval.display.action_type, ...other.display?.action_type };
  const display = { ...approval.display, action_type: type };
  const at = new Date(action.created_at.getTime() - 3_600_000);
  const json = (row: object) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => {
        const plain = value === null || typeof value !== 'object' || value instanceof Date;
        return [name, plain || textArrays.has(name) ? value : JSON.stringify(value)];
      }),
    );
  for (let nth = 0; nth < many; nth += 1) {
    const copy = newId('act');
    await world.insert('actions', {
      ...json(action),
      ...{ id: copy, idempotency_key: copy, created_at: at },
    });
    await world.insert('approvals', {
      ...json({ ...approval, display }),
      ...{ action_id: copy, requested_at: at },
    });
  }
}
const textArrays = new Set(['permissions', 'editors']);

const grant = (id: string, over: Record<string, unknown> = {}, by = approver) =>
  createGrant(as(by), { id, up_to: 80, minutes: 120, uses: 10, reason: 'Alike all day', ...over });

const apply = (workers = 1) =>
  Promise.all(Array.from({ length: workers }, () => applyGrants.perform(world.workspace, {})));

async function statuses(ids: readonly string[]): Promise<unknown[]> {
  const rows = await world.actions();
  return ids.map((id) => rows.find((row) => row['id'] === id)?.['status']);
}

async function said(type: string): Promise<Record<string, unknown>[]> {
  return (await world.events()).filter((event) => event['type'] === type);
}

async function count(sql: string): Promise<number> {
  const { rows } = await world.owner.query(sql, [world.workspace]);
  return Number(rows[0]?.count);
}

describe('a grant', () => {
  it('approves what is like its card, which then runs on the granter’s signature', async () => {
    const ids = await hold([40, 80, 81]);
    const made = await grant(ids[0]);
    expect(made).toMatchObject({ state: 'open', used: 0, max_uses: 10, amount: { up_to: 80 } });
    await apply();
    expect(await statuses(ids)).toEqual(['approved', 'approved', 'pending']);
    const before = tool.seen.length;
    await executeApproved.perform(world.workspace, { action: ids[1] as string });
    expect(tool.seen.length).toBe(before + 1);
    expect(await statuses([ids[1] as string])).toEqual(['succeeded']);
    const card = await getApproval(as(other), { id: ids[1] as string });
    expect(card.signatures).toMatchObject([
      { member: { id: approver }, signing: 'grant', counts: true },
    ]);
    expect(await said('approval.approved')).toMatchObject([
      {
        actor: { type: 'job', id: 'approvals.apply_grants' },
        data: { grant: made.id, granted_by: approver },
      },
      { data: { grant: made.id } },
    ]);
    expect((await said('approval_grant.used')).map(({ data }) => data)).toEqual([
      { used: 1, max_uses: 10 },
      { used: 2, max_uses: 10 },
    ]);
    // What comes later as well, and only as long as it is open.
    const later = await hold([20]);
    await apply();
    expect(await statuses(later)).toEqual(['approved']);
    const [shown] = (await listGrants(as(other), { open: 'true' })).items;
    expect(shown).toMatchObject({ id: made.id, used: 3, granted_by: { id: approver } });
  });

  it('is used however much waits before that it is not for', async () => {
    const [card] = await hold([40]);
    // More than a page of what the query leaves out, and of what only the rules refuse.
    await copies(card, 110, {
      actions: { parameters: { order_id: '1', amount: 40, currency: 'USD' } },
    });
    await copies(card, 110, { approvals: { signing: 'passkey' } });
    await copies(card, 110, { display: { action_type: { reversibility: 'irreversible' } } });
    await grant(card);
    await apply();
    expect(await statuses([card])).toEqual(['approved']);
    const waiting = `SELECT count(*) FROM actions WHERE workspace_id = $1 AND status = 'pending'`;
    expect(await count(waiting)).toBe(330);
  });

  it('is used at most so many times, however many workers use it at once', async () => {
    const ids = await hold(Array.from({ length: 14 }, () => 10));
    await grant(ids[0], { uses: 9 });
    await apply(8);
    expect((await statuses(ids)).filter((status) => status === 'approved')).toHaveLength(9);
    expect(await said('approval.approved')).toHaveLength(9);
    expect(
      (await said('approval_grant.used'))
        .map(({ data }) => (data as { used: number }).used)
        .toSorted(),
    ).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await apply(4);
    expect((await statuses(ids)).filter((status) => status === 'pending')).toHaveLength(5);
    expect((await listGrants(as(other), {})).items).toMatchObject([{ state: 'used_up', used: 9 }]);
    expect(await workspacesWithGrants()).not.toContain(world.workspace);
  });

  it('has one signature and one use for each approval, with people, workers and a revocation at once', async () => {
    const parts = fc.record({
      actions: fc.integer({ min: 1, max: 6 }),
      uses: fc.integer({ min: 1, max: 6 }),
      workers: fc.integer({ min: 1, max: 4 }),
      people: fc.integer({ min: 0, max: 3 }),
      revoked: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(parts, async ({ actions, uses, workers, people, revoked }) => {
        const ids = await hold(Array.from({ length: actions }, () => 10));
        const made = await grant(ids[0], { uses });
        const signing = ids.slice(0, people).map((id) => approveAction(as(other), { id }));
        const ends = revoked ? [revokeGrant(as(admin, ['admin']), { id: made.id })] : [];
        await Promise.allSettled([apply(workers), ...signing, ...ends]);
        const grants = (await listGrants(as(other), { limit: 200 })).items;
        const told = await said('approval_grant.used');
        for (const { id, used, max_uses } of grants) {
          expect(used).toBeLessThanOrEqual(max_uses);
          const of = told.filter(({ object }) => (object as { id: string }).id === id);
          expect(of).toHaveLength(used);
        }
        const [counts] = (
          await world.owner.query(
            `SELECT count(*) FILTER (WHERE s.signing = 'grant')::int AS granted, count(s.id)::int AS signed,
                    count(DISTINCT a.id) FILTER (WHERE a.status = 'approved')::int AS approved
             FROM actions a LEFT JOIN approval_signatures s ON s.action_id = a.id WHERE a.workspace_id = $1`,
            [world.workspace],
          )
        ).rows;
        expect(counts.granted).toBe(grants.reduce((sum, { used }) => sum + used, 0));
        expect(counts.signed).toBe(counts.approved);
        if (!revoked) await revokeGrant(as(approver), { id: made.id }).catch(() => undefined);
      }),
      { numRuns: 8 },
    );
  });

  it('stops when it is taken back, by its granter or an admin alone', async () => {
    const ids = await hold([40, 40]);
    const made = await grant(ids[0], { uses: 1 });
    await expect(revokeGrant(as(other), { id: made.id })).rejects.toMatchObject({ status: 403 });
    await apply();
    await expect(revokeGrant(as(approver), { id: made.id })).rejects.toMatchObject({ status: 409 });
    const second = await grant(ids[1] as string);
    const ended = await revokeGrant(as(admin, ['admin']), { id: second.id });
    expect(ended).toMatchObject({ state: 'revoked', revoked_by: { id: admin } });
    await apply();
    expect(await statuses(ids)).toEqual(['approved', 'pending']);
    expect(await said('approval_grant.revoked')).toHaveLength(1);
  });

  it('stops when its time is over, or its granter may not decide any more', async () => {
    const ends: [string, string][] = [
      [
        'approval_grants',
        `SET created_at = now() - interval '2 hours', ends_at = now() - interval '1 second'`,
      ],
      ['members', `SET roles = '{auditor}'`],
      ['members', `SET state = 'disabled'`],
      ['permissions', `SET updated_by = '${approver}'`],
      ['agents', `SET sponsor_id = '${approver}'`],
    ];
    for (const [table, change] of ends) {
      const by = await member(['approver']);
      const ids = await hold([40]);
      await grant(ids[0], {}, by);
      const set = change.replaceAll(approver, by);
      const where = { approval_grants: `granted_by = '${by}'`, members: `id = '${by}'` }[table];
      await world.owner.query(
        `UPDATE ${table} ${set} WHERE workspace_id = $1 AND ${where ?? 'true'}`,
        [world.workspace],
      );
      await apply();
      expect([change, await statuses(ids)]).toEqual([change, ['pending']]);
      await world.owner.query(`UPDATE approval_grants SET ended_at = now() WHERE granted_by = $1`, [
        by,
      ]);
      await world.owner.query(`UPDATE agents SET sponsor_id = $1 WHERE id = $2`, [admin, agent.id]);
      await world.owner.query(`UPDATE permissions SET updated_by = 'mbr_test' WHERE id = $1`, [
        permission,
      ]);
    }
    expect(await count('SELECT count(*) FROM approval_signatures WHERE workspace_id = $1')).toBe(0);
  });

  it('is not used where its granter started the session, nor for what was tampered with', async () => {
    const [mine] = await hold([40], { type: 'member', id: approver });
    const [changed, whole] = await hold([40, 40]);
    await grant(whole as string);
    await world.owner.query(
      `UPDATE actions SET parameters = '{"order_id":"2","amount":40}' WHERE id = $1`,
      [changed],
    );
    await apply();
    expect(await statuses([mine, changed, whole as string])).toEqual([
      'pending',
      'pending',
      'approved',
    ]);
  });

  it('is not made by who may not sign, for too much, too long, or without its amount', async () => {
    const [id] = await hold([40]);
    const refusals: [number, () => Promise<unknown>][] = [
      [
        403,
        () =>
          createGrant(as(other, ['auditor']), {
            id,
            up_to: 80,
            minutes: 1,
            uses: 1,
            reason: 'Alike',
          }),
      ],
      [422, () => grant(id, { up_to: undefined })],
      [422, () => grant(id, { up_to: 39 })],
      [422, () => grant(id, { minutes: 1_441 })],
      [422, () => grant(id, { uses: 101 })],
      [422, () => grant(id, { reason: ' ' })],
      [409, () => grant(id, { display_digest: 'sha256:other' })],
      [404, () => grant(newId('act'))],
    ];
    // Its sponsor, who is an approver too.
    refusals.push([403, () => grant(id, {}, admin)]);
    for (const [status, attempt] of refusals)
      await expect(attempt()).rejects.toMatchObject({ status });
    await world.owner.query(`UPDATE approvals SET signing = 'step_up' WHERE action_id = $1`, [id]);
    // However lately the person signed in: a token's holder proves nothing afresh.
    await expect(grant(id)).rejects.toMatchObject({ status: 403, code: 'step_up_needed' });
    await world.owner.query(`UPDATE approvals SET signing = 'passkey' WHERE action_id = $1`, [id]);
    await expect(grant(id)).rejects.toMatchObject({ status: 403 });
    expect(await count('SELECT count(*) FROM approval_grants WHERE workspace_id = $1')).toBe(0);
    expect(await said('approval_grant.created')).toEqual([]);
    const card = await getApproval(as(approver), { id });
    expect(card.can.grant).toMatchObject({ allowed: false });
  });

  it('of what takes a fresh proof is made after one', async () => {
    const [id] = await hold([40]);
    await world.owner.query(`UPDATE approvals SET signing = 'step_up' WHERE action_id = $1`, [id]);
    const session = await world.insert('member_sessions', {
      ...{ id: newId('mss'), workspace_id: world.workspace, member_id: approver },
      ...{ method: 'password', expires_at: new Date(Date.now() + 3_600_000) },
      stepped_up_at: new Date(),
    });
    const ctx = as(approver);
    const actor = { ...ctx.actor, sessionId: session } as Context['actor'];
    const input = { id, up_to: 80, minutes: 5, uses: 1, reason: 'Alike' };
    expect(await createGrant({ ...ctx, actor }, input)).toMatchObject({ state: 'open' });
  });

  it('is not there for another workspace', async () => {
    const [id] = await hold([40]);
    const made = await grant(id);
    const mine = world;
    world = await makeWorld();
    const foreign = as(approver, ['admin', 'approver']);
    await expect(revokeGrant(foreign, { id: made.id })).rejects.toMatchObject({ status: 404 });
    await expect(grant(id)).rejects.toMatchObject({ status: 404 });
    expect((await listGrants(foreign, {})).items).toEqual([]);
    expect((await listApprovals(foreign, { status: 'pending' })).items).toEqual([]);
    await world.close();
    world = mine;
    expect(await workspacesWithGrants()).toContain(world.workspace);
  });
});
