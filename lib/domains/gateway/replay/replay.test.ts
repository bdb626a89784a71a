import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createDraft, editDraft, getDraft } from '@/lib/domains/access/server';
import { createPool, type Pool } from '@/lib/infra/pg';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { makeWorld, type World } from '../test/world';
import { runReplay } from './run';
import { cancelReplay, startReplay } from './service';

/** More than a page of them is read. */
const ACTIONS = 2_500;
const DAYS = 20;

interface Made {
  id: string;
  agent: number;
  amount: number;
  customer: string;
  bound: string;
}

let pool: Pool;
let world: World;
let agents: { id: string; credential: string }[];
let made: Made[];

const ladder = { parameter: 'amount', autonomous: 100, supervised: 300, gated: 500 };
const narrower = { parameter: 'amount', autonomous: 50, supervised: 300, gated: 400 };
const admin = (): Context => ({
  workspace: world.workspace,
  requestId: newId('req'),
  actor: {
    type: 'member',
    id: 'mbr_01980000-0000-7000-8000-000000000001',
    name: 'Admin',
    roles: ['admin'],
    abilities: [],
    method: 'password',
    authenticatedAt: 0,
  },
});

beforeAll(async () => {
  pool = createPool('countersign_app', 2);
  world = await makeWorld();
  agents = [await world.agent(), await world.agent(), await world.agent({ clearance: 'Public' })];
  const role = await world.role(...agents.map(({ id }) => id));
  const tool = await world.tool('http://127.0.0.1:9');
  const type = await world.actionType(tool);
  await world.permission(role, type, { tier: null, ladder });
  made = await record();
});

afterAll(async () => {
  await world.close();
  await pool.end();
});

/** Actions of the last days, as the gateway records them, of three agents and of all sizes. */
async function record(): Promise<Made[]> {
  const bounds = ['cus_1', 'cus_2'];
  const sessions = await Promise.all(
    agents.flatMap(({ id }) =>
      bounds.map((customer) =>
        world.insert('sessions', {
          id: newId('ses'),
          workspace_id: world.workspace,
          agent_id: id,
          initiator: '{}',
          auth_context: '{}',
          attributes: JSON.stringify({ customer_id: customer }),
          canary: 'x',
          expires_at: new Date(Date.now() + 1_000_000),
        }),
      ),
    ),
  );
  const all = Array.from({ length: ACTIONS }, (_, index): Made => ({
    id: newId('act'),
    agent: index % 3,
    amount: (index * 37) % 600,
    customer: index % 5 === 0 ? 'cus_2' : 'cus_1',
    bound: bounds[index % 2] ?? '',
  }));
  const rows = all.map(({ id, agent, amount, customer, bound }, index) => ({
    id,
    workspace_id: world.workspace,
    agent_id: agents[agent]?.id,
    session_id: sessions[agent * 2 + bounds.indexOf(bound)],
    type: 'refunds.create',
    parameters: { order_id: String(index), amount, customer_id: customer },
    summary: `Refund ${amount}`,
    why: '',
    evidence: [],
    untrusted: [],
    decision: 'allow',
    tier: 1,
    reasons: [],
    permissions: [],
    policy_version: 'pol_x',
    digest: 'x',
    status: 'succeeded',
    idempotency_key: newId('key'),
    request_hash: 'x',
    amount,
    created_at: new Date(Date.now() - (index * DAYS * 86_400_000) / ACTIONS - 60_000),
  }));
  await world.owner.query(
    'INSERT INTO actions SELECT * FROM json_populate_recordset(NULL::actions, $1)',
    [JSON.stringify(rows)],
  );
  return all;
}

async function drafted(edit: object): Promise<string> {
  const { id } = await createDraft(admin(), { title: 'Narrower refunds' });
  const roles = await world.owner.query<{ name: string }>(
    'SELECT name FROM roles WHERE workspace_id = $1',
    [world.workspace],
  );
  const of = { do: 'set_permission', role: roles.rows[0]?.name, action: 'refunds.create' };
  await editDraft(admin(), { id, edit: { ...of, ...edit } });
  return id;
}

async function replayed(draft: string) {
  const { id } = await startReplay(admin(), { id: draft, days: DAYS + 1 });
  await runReplay(pool, admin(), id);
  const { replay } = await getDraft(admin(), { id: draft });
  return replay;
}

type Answer = 'allow 1' | 'allow 2' | 'hold 3' | 'deny';

/** What the ladder says of an amount, by the words of the glossary and nothing of the pipeline. */
function byHand(rungs: typeof ladder, { agent, amount }: Made): Answer {
  if (agent === 2 || amount > rungs.gated) return 'deny';
  if (amount > rungs.supervised) return 'hold 3';
  return amount > rungs.autonomous ? 'allow 2' : 'allow 1';
}

function expected(before: (one: Made) => Answer, after: (one: Made) => Answer) {
  const kinds: Record<string, number> = {};
  let newlyAllowedAmount = 0;
  for (const one of made) {
    const [was, is] = [before(one), after(one)];
    if (was === is) continue;
    kinds[`${was}>${is}`] = (kinds[`${was}>${is}`] ?? 0) + 1;
    if (was === 'deny') newlyAllowedAmount += one.amount;
  }
  const flips = Object.values(kinds).reduce((sum, count) => sum + count, 0);
  return { actions: ACTIONS, flips, kinds, newlyAllowedAmount };
}

describe('a replay', () => {
  it('counts what going through all actions by hand counts', async () => {
    const replay = await replayed(await drafted({ ladder: narrower }));
    expect(replay).toMatchObject({
      status: 'done',
      done: ACTIONS,
      total: ACTIONS,
      outdated: false,
    });
    const want = expected(
      (one) => byHand(ladder, one),
      (one) => byHand(narrower, one),
    );
    expect(want.flips).toBeGreaterThan(100);
    expect(replay?.result).toMatchObject(want);
    const held = (rungs: typeof ladder) =>
      made.filter((one) => byHand(rungs, one) === 'hold 3').length;
    // A day less was recorded than was asked for.
    expect((replay?.result?.observedMs ?? 0) / 86_400_000).toBeCloseTo(DAYS, 1);
    expect(replay?.result?.held).toEqual({ before: held(ladder), after: held(narrower) });
    expect(replay?.result?.heldPerDay.before).toBeCloseTo(held(ladder) / DAYS, 1);
    expect(replay?.result?.heldPerDay.after).toBeCloseTo(held(narrower) / DAYS, 1);
    const byAgent = replay?.result?.byAgent ?? [];
    expect(byAgent.reduce((sum, { flips }) => sum + flips, 0)).toBe(want.flips);
    expect(byAgent.reduce((sum, { actions }) => sum + actions, 0)).toBe(ACTIONS);
    expect(replay?.result?.examples.length).toBe(20);
  });

  it('goes by conditions on what the sessions were bound to', async () => {
    const own = {
      on: 'compare',
      left: 'parameters.customer_id',
      is: '==',
      right: { attribute: 'session.customer_id' },
    };
    const replay = await replayed(await drafted({ ladder, condition: [own], replaces: [] }));
    const want = expected(
      (one) => byHand(ladder, one),
      (one) => (one.customer === one.bound ? byHand(ladder, one) : 'deny'),
    );
    expect(replay?.result).toMatchObject(want);
  });

  it('counts rates and amounts a day as if they had held', async () => {
    const replay = await replayed(await drafted({ ladder, limits: { perDay: 10 } }));
    // Each of the two agents that may, ten a day and no more.
    const kept = new Map<string, number>();
    const { rows } = await world.owner.query<{ id: string; day: string }>(
      `SELECT id, (created_at AT TIME ZONE 'UTC')::date::text AS day FROM actions
        WHERE workspace_id = $1 ORDER BY created_at, id`,
      [world.workspace],
    );
    const allowed = new Set<string>();
    const byId = new Map(made.map((one) => [one.id, one]));
    for (const { id, day } of rows) {
      const one = byId.get(id);
      if (!one || byHand(ladder, one) === 'deny') continue;
      const key = `${one.agent} ${day}`;
      const count = kept.get(key) ?? 0;
      if (count >= 10) continue;
      kept.set(key, count + 1);
      allowed.add(id);
    }
    const want = expected(
      (one) => byHand(ladder, one),
      (one) => (allowed.has(one.id) ? byHand(ladder, one) : 'deny'),
    );
    expect(replay?.result).toMatchObject(want);
  });

  it('goes by the drafted floors of the agents’ environment', async () => {
    const role = await world.role(...agents.map(({ id }) => id));
    const mail = await world.actionType(await world.tool('http://127.0.0.1:9'), {
      key: 'mail.send',
      effects: ['external_communication'],
    });
    await world.permission(role, mail);
    const replayedWith = async (environments: object) => {
      const { id } = await createDraft(admin(), { title: 'Floors' });
      const floors = { irreversible: 3, external_communication: 2, environments };
      await editDraft(admin(), { id, edit: { do: 'set_floors', floors } });
      return (await replayed(id))?.result;
    };
    const sent = 500;
    await world.owner.query(`UPDATE actions SET type = 'mail.send' WHERE id = ANY ($1)`, [
      made
        .filter(({ agent }) => agent === 0)
        .slice(0, sent)
        .map(({ id }) => id),
    ]);
    expect(await replayedWith({ staging: { external_communication: 3 } })).toMatchObject({
      flips: 0,
    });
    expect(await replayedWith({ production: { external_communication: 3 } })).toMatchObject({
      kinds: { 'allow 2>hold 3': sent },
    });
    await world.owner.query(`UPDATE actions SET type = 'refunds.create' WHERE type = 'mail.send'
      AND workspace_id = '${world.workspace}'`);
  });

  it('projects nothing from less than a day', async () => {
    const { id } = await createDraft(admin(), { title: 'As it is' });
    const started = await startReplay(admin(), { id, days: 30 });
    const hour = new Date(Date.now() - 3_600_000);
    const kept = await world.owner.query<{ id: string; created_at: Date }>(
      `UPDATE actions a SET created_at = $2 FROM actions was
        WHERE a.id = was.id AND a.workspace_id = $1 RETURNING a.id, was.created_at`,
      [world.workspace, hour],
    );
    await runReplay(pool, admin(), started.id);
    const result = (await getDraft(admin(), { id })).replay?.result;
    const held = made.filter((one) => byHand(ladder, one) === 'hold 3').length;
    expect(result).toMatchObject({
      held: { before: held, after: held },
      heldPerDay: { before: held, after: held },
    });
    expect((result?.observedMs ?? 0) / 3_600_000).toBeCloseTo(1, 1);
    await world.owner.query(
      `UPDATE actions a SET created_at = was.created_at
         FROM json_populate_recordset(NULL::actions, $1) AS was WHERE a.id = was.id`,
      [JSON.stringify(kept.rows)],
    );
  });

  it('stops when it is cancelled, and says nothing of what it had', async () => {
    const draft = await drafted({ ladder: narrower });
    const { id } = await startReplay(admin(), { id: draft });
    await cancelReplay(admin(), { id: draft });
    await runReplay(pool, admin(), id);
    const { replay } = await getDraft(admin(), { id: draft });
    expect(replay).toMatchObject({ status: 'cancelled', result: null });
    await expect(cancelReplay(admin(), { id: draft })).rejects.toMatchObject({ status: 409 });
  });

  it('is said to be outdated once its draft is changed', async () => {
    const draft = await drafted({ ladder: narrower });
    await replayed(draft);
    await editDraft(admin(), {
      id: draft,
      edit: {
        do: 'revert',
        path: z.string().parse((await getDraft(admin(), { id: draft })).changes[0]?.path),
      },
    });
    expect((await getDraft(admin(), { id: draft })).replay?.outdated).toBe(true);
  });

  it('is an admin’s to start', async () => {
    const draft = await drafted({ ladder: narrower });
    const { actor } = admin();
    const auditor = { ...admin(), actor: { ...actor, roles: ['auditor'] } } as Context;
    await expect(startReplay(auditor, { id: draft })).rejects.toMatchObject({ status: 403 });
    expect((await getDraft(admin(), { id: draft })).replay).toBeNull();
  });
});
