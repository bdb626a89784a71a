import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeWorld, type World } from '@/lib/domains/gateway/test/world';
import { closeDb } from '@/lib/infra/db';
import { closeQueue } from '@/lib/infra/queue';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { watchApprovers } from './jobs';
import { openCard } from './opened';
import { approvalLoad, approverHealth } from './service';

let world: World;
let agent: string;
let session: string;
let [ann, bob, admin]: string[] = [];

beforeAll(async () => {
  world = await makeWorld();
  await world.owner.query(`UPDATE workspaces SET time_zone = 'Asia/Tokyo' WHERE id = $1`, [
    world.workspace,
  ]);
  [ann, bob, admin] = [
    await member(['approver']),
    await member(['approver']),
    await member(['admin']),
  ];
  agent = (await world.agent()).id;
  session = newId('ses');
});

afterAll(async () => {
  await world.close();
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

function as(id: string | undefined, roles = ['approver']): Context {
  return {
    workspace: world.workspace,
    requestId: newId('req'),
    actor: {
      type: 'member',
      ...{ id: id ?? '', name: 'Someone', roles, abilities: [] },
      ...{ method: 'password', authenticatedAt: 0 },
    },
  };
}

const MINUTE = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE);

interface Past {
  by?: string | undefined;
  approved?: boolean;
  /** From the opening to the signature, in seconds; without, its card was not opened. */
  seconds?: number;
  at?: Date;
  /** How long it waited, in minutes. */
  waited?: number;
  needs?: unknown;
  batch?: string;
  signing?: string;
}

/** An action that was held and, by someone, decided. */
async function past({ by, approved = true, seconds, at = ago(5), waited = 10, ...rest }: Past) {
  const id = newId('act');
  const held = new Date(at.getTime() - waited * MINUTE);
  const decision = approved ? 'approved' : 'rejected';
  await world.insert('actions', {
    ...{ id, workspace_id: world.workspace, agent_id: agent, session_id: session, type: 'notes' },
    ...{ parameters: '{}', summary: '', why: '', evidence: '[]', untrusted: '[]', reasons: '[]' },
    ...{ decision: 'hold', tier: 3, permissions: '{}', policy_version: 'pol_1', digest: 'x' },
    ...{ status: by ? decision : 'pending', idempotency_key: id, request_hash: 'x' },
    ...{ created_at: held, expires_at: new Date(Date.now() + 60 * MINUTE) },
  });
  await world.insert('approvals', {
    ...{ action_id: id, workspace_id: world.workspace, display: '{}', display_digest: 'x' },
    ...{ requested_at: held, expires_at: new Date(Date.now() + 60 * MINUTE) },
    ...(rest.needs ? { needs: JSON.stringify(rest.needs) } : {}),
    ...(by ? { decision, decided_by: by, decided_at: at } : {}),
  });
  if (!by) return id;
  await world.insert('approval_signatures', {
    ...{ id: newId('sgn'), workspace_id: world.workspace, action_id: id, member_id: by },
    ...{ in_place_of: by, decision, places: '{0}', digest: 'x', display_digest: 'x' },
    ...{ auth_method: 'password', signing: rest.signing ?? 'session', signed_at: at },
  });
  if (seconds !== undefined || rest.batch) {
    await world.insert('approval_openings', {
      ...{ id: newId('opn'), workspace_id: world.workspace, action_id: id, member_id: by },
      opened_at: new Date(at.getTime() - (seconds ?? 0) * 1_000),
      batch_id: rest.batch ?? null,
    });
  }
  return id;
}

async function alerts(): Promise<Record<string, unknown>[]> {
  return (await world.events()).filter(({ type }) => type === 'approver.rubber_stamping');
}

describe('approver health', () => {
  it('says of each how they decide, and of an approver only to themselves', async () => {
    // 23 o'clock and noon in Tokyo, of yesterday.
    const day = new Date(Date.now() - 24 * 60 * MINUTE).toISOString().slice(0, 10);
    const [night, noon] = [new Date(`${day}T14:00:00Z`), new Date(`${day}T03:00:00Z`)];
    await past({ by: ann, seconds: 10, at: noon });
    await past({ by: ann, seconds: 20, at: new Date(noon.getTime() + MINUTE) });
    await past({ by: ann, seconds: 60, at: night, approved: false });
    await past({ by: ann, at: new Date(noon.getTime() + 2 * MINUTE) });
    const batch = newId('bat');
    for (const nth of [3, 3.01, 3.02])
      await past({ by: ann, batch, at: new Date(noon.getTime() + nth * MINUTE) });
    await past({ by: ann, at: noon, signing: 'grant' });
    await past({ by: ann, seconds: 5, at: ago(31 * 24 * 60) });
    await past({ by: bob, seconds: 40 });

    const { items, everyone } = await approverHealth(as(admin, ['admin']), {});
    expect(everyone).toBe(true);
    expect(items).toMatchObject([
      {
        member: { id: ann },
        ...{ signatures: 7, approved: 6, decisions: 5, batches: 1, unopened: 2 },
        ...{ median_seconds: 20, p90_seconds: 52, longest_streak: 4, at_night: 1, alerts: [] },
      },
      { member: { id: bob }, signatures: 1, decisions: 1, median_seconds: 40, unopened: 0 },
    ]);
    const own = await approverHealth(as(bob), {});
    expect([own.everyone, own.items.map(({ id }) => id)]).toEqual([false, [bob]]);
    expect((await approverHealth(as(bob, ['auditor']), {})).items).toHaveLength(2);
    expect((await approverHealth(as(admin), {})).items).toEqual([]);
    await expect(approverHealth(as(admin, []), {})).rejects.toMatchObject({ status: 403 });
  });

  it('measures from the latest opening, by the server’s clock', async () => {
    const id = await past({});
    const { opened_at } = await openCard(as(bob), { id });
    expect(Date.now() - Date.parse(opened_at)).toBeLessThan(MINUTE);
    await openCard(as(bob), { id });
    const opened = (await world.events()).filter(({ type }) => type === 'approval.opened');
    expect(opened).toMatchObject([
      { action: id, actor: { id: bob } },
      { action: id, actor: { id: bob } },
    ]);
    await expect(openCard(as(bob, ['admin']), { id })).rejects.toMatchObject({ status: 403 });
    const decided = await past({ by: ann, seconds: 5 });
    await expect(openCard(as(bob), { id: decided })).rejects.toMatchObject({ status: 409 });
  });

  it('says once a day who approves without reading', async () => {
    await watchApprovers.perform(world.workspace, {});
    expect(await alerts()).toEqual([]);
    const [carl, dora] = [await member(['approver']), await member(['approver'])];
    for (let nth = 0; nth < 20; nth += 1) {
      const at = ago(60 - nth);
      await past({ by: carl, seconds: 1, at });
      await past({ by: dora, seconds: nth === 19 ? 1 : 30, at });
    }
    await Promise.all([1, 2, 3].map(() => watchApprovers.perform(world.workspace, {})));
    expect(await alerts()).toMatchObject([
      {
        actor: { type: 'job', id: 'approvals.watch_approvers' },
        object: { type: 'member', id: carl },
        data: { in_a_row: 20, median_seconds: 1, unopened: 0 },
      },
    ]);
    const { items } = await approverHealth(as(carl), {});
    expect(items).toMatchObject([{ alerts: [{ in_a_row: 20, median_seconds: 1 }] }]);
  });

  it('says nothing twice of one run, and says when it goes on into another day', async () => {
    const before = (await alerts()).length;
    const eve = await member(['approver']);
    // Ten minutes before midnight in Tokyo, and ten minutes after.
    const midnight = new Date(`${new Date().toISOString().slice(0, 10)}T15:00:00Z`);
    const after = (minutes: number) => new Date(midnight.getTime() + minutes * MINUTE);
    for (let nth = 0; nth < 20; nth += 1) await past({ by: eve, seconds: 1, at: after(nth - 30) });
    const at = vi.spyOn(clock, 'now');
    const look = async (minutes: number) => {
      at.mockReturnValue(after(minutes));
      await watchApprovers.perform(world.workspace, {});
      const said = (await alerts()).filter(({ object }) => (object as { id: string }).id === eve);
      return said.map(({ data }) => (data as { in_a_row: number }).in_a_row);
    };
    expect(await look(-10)).toEqual([20]);
    expect(await look(10)).toEqual([20]);
    await past({ by: eve, seconds: 1, at: after(12) });
    expect(await look(15)).toEqual([20, 21]);
    expect(await look(20)).toEqual([20, 21]);
    at.mockRestore();
    expect((await alerts()).length).toBe(before + 2);
  });
});

describe('load', () => {
  it('says by group what waits, since when, and how long it took', async () => {
    const before = (await approvalLoad(as(admin, ['auditor']), {})).items[0];
    const group = newId('grp');
    await world.insert('approver_groups', {
      ...{ id: group, workspace_id: world.workspace, name: 'Payments', updated_at: new Date() },
    });
    await world.insert('approver_group_members', {
      ...{ group_id: group, workspace_id: world.workspace, member_id: ann },
    });
    const both = [
      { group, count: 1, escalation: [] },
      { group: null, count: 1, escalation: [] },
    ];
    const needs = [{ group, count: 1, escalation: [] }];
    await past({ needs, waited: 30 });
    await past({ needs: both, waited: 90 });
    for (const waited of [10, 20, 30]) await past({ by: ann, needs, waited, seconds: waited });
    const { items, days } = await approvalLoad(as(bob), {});
    expect(days).toHaveLength(30);
    const [any, payments] = items;
    expect(payments).toMatchObject({
      ...{ group: { id: group, name: 'Payments' }, approvers: 1, pending: 2, decided: 3 },
      wait_seconds: { median: 1_200, p90: 1_680 },
      decision_seconds: { median: 20, p90: 28 },
    });
    expect(Math.round((Date.now() - Date.parse(payments?.oldest ?? '')) / MINUTE)).toBe(95);
    expect(payments?.daily.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(any).toMatchObject({ group: null, pending: (before?.pending ?? 0) + 1 });
    expect(any?.decided).toBe(before?.decided);
  });
});
