import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  advisorJobs,
  draftFinding,
  getDraft,
  listFindings,
  startLook,
} from '@/lib/domains/access/server';
import { createPool, inTenant, type Pool } from '@/lib/infra/pg';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { Limits } from '../limits';
import { decide } from '../pipeline/decide';
import { buildSnapshot } from '../snapshot/snapshot';
import { makeWorld, type World } from '../test/world';
import { currentParts } from './parts';
import { runReplay } from './run';
import { startReplay } from './service';

const DAYS = 20;
const DAY_MS = 86_400_000;

let pool: Pool;
let world: World;

beforeAll(async () => {
  pool = createPool('countersign_app', 2);
  world = await makeWorld();
});

afterAll(async () => {
  await world.close();
  await pool.end();
});

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

interface Proposal {
  agent: string;
  session: string;
  type: string;
  amount: number;
  at: number;
}

/** Decides by the pipeline's own stages and keeps what the gateway would have kept. */
async function record(proposals: readonly Proposal[]): Promise<number> {
  const snapshot = buildSnapshot(await inTenant(pool, world.workspace, currentParts));
  const limits = new Limits();
  const rows = proposals.map(({ agent: agentId, session, type, amount, at }) => {
    const agent = snapshot.agents.get(agentId);
    if (!agent) throw new Error('no such agent');
    const parameters = { order_id: '1', amount };
    const decision = decide({
      ...{ snapshot, agent, limits, user: null, address: null, now: at },
      session: {
        ...{ id: session, workspace: world.workspace, agentId, initiator: {}, attributes: {} },
        ...{ canary: '', expiresAt: Number.POSITIVE_INFINITY, ended: false },
      },
      request: {
        ...{ session, action: type, parameters, summary: type, why: '' },
        ...{ evidence: [], untrusted: [] },
      },
    });
    return {
      ...{
        id: newId('act'),
        workspace_id: world.workspace,
        agent_id: agentId,
        session_id: session,
      },
      ...{ type, parameters, summary: type, why: '', evidence: [], untrusted: [] },
      ...{ decision: decision.decision, tier: decision.tier, reasons: decision.reasons },
      ...{ permissions: decision.permissions, classification: decision.type.classification },
      ...{ policy_version: 'pol_x', digest: 'x', status: 'succeeded', request_hash: 'x' },
      ...{ idempotency_key: newId('key'), amount, created_at: new Date(at) },
    };
  });
  await world.owner.query(
    'INSERT INTO actions SELECT * FROM json_populate_recordset(NULL::actions, $1)',
    [JSON.stringify(rows)],
  );
  return rows.filter(({ decision }) => decision !== 'deny').length;
}

async function granted() {
  const [a, b, c, d] = await Promise.all([
    world.agent(),
    world.agent(),
    world.agent({ clearance: 'Restricted' }),
    world.agent(),
  ]);
  if (!a || !b || !c || !d) throw new Error('no agents');
  const support = await world.role(a.id, b.id, d.id);
  const refunds = await world.role(a.id, c.id, d.id);
  const reader = await world.role(a.id, b.id);
  const tool = await world.tool('http://127.0.0.1:9');
  const type = (key: string) => world.actionType(tool, { key });
  const [read, mail, create, remove] = [
    await type('orders.read'),
    await type('mail.send'),
    await type('refunds.create'),
    await type('orders.remove'),
  ];
  await world.permission(support, read);
  await world.permission(support, mail, { tier: 2, limits: { perDay: 1_000, perHour: 900 } });
  await world.permission(support, remove, { tier: 3 });
  await world.permission(reader, read, { tier: 2 });
  await world.permission(refunds, read, { tier: 2 });
  await world.permission(refunds, create, {
    tier: null,
    ladder: { parameter: 'amount', autonomous: 400, supervised: 5_000, gated: 90_000 },
    limits: { amountPerDay: { parameter: 'amount', max: 5_000_000 } },
  });
  return { a, b, c, d };
}

function used(agents: Awaited<ReturnType<typeof granted>>, session: Map<string, string>) {
  const now = Date.now();
  const by = (agent: { id: string }, type: string, amount: number, index: number): Proposal => ({
    ...{ agent: agent.id, session: session.get(agent.id) ?? '', type, amount },
    at: now - DAYS * DAY_MS + index * 1_000_000,
  });
  const { a, b, c, d } = agents;
  return Array.from({ length: 1_600 }, (_, index): Proposal => {
    const amount = (index * 37) % 460;
    const turn = index % 8;
    if (turn === 0) return by(a, 'orders.read', 0, index);
    if (turn === 1) return by(b, 'orders.read', 0, index);
    if (turn === 2) return by(a, 'mail.send', 0, index);
    if (turn === 3) return by(c, 'orders.read', 0, index);
    // Now and then more than anybody may.
    if (turn === 4) return by(c, 'refunds.create', index % 100 === 4 ? 100_000 : amount, index);
    if (turn === 5) return by(a, 'refunds.create', amount, index);
    return by(d, 'refunds.create', amount / 2, index);
  });
}

it('drafts all that the advisor finds without flipping anything that was allowed', async () => {
  const agents = await granted();
  const sessions = new Map<string, string>();
  for (const { id } of Object.values(agents)) {
    const session = await world.insert('sessions', {
      ...{ id: newId('ses'), workspace_id: world.workspace, agent_id: id },
      ...{ initiator: '{}', auth_context: '{}', attributes: '{}', canary: 'x' },
      expires_at: new Date(Date.now() + 1_000_000),
    });
    sessions.set(id, session);
  }
  const proposals = used(agents, sessions);
  const allowed = await record(proposals);
  expect(allowed).toBeLessThan(proposals.length);

  const { id } = await startLook(admin(), { days: DAYS + 1 });
  const job = advisorJobs.find(({ name }) => name === 'advisor.look');
  await job?.perform(world.workspace, { look: id });
  const { items } = await listFindings(admin(), { limit: 200 });
  expect(new Set(items.map(({ kind }) => kind))).toEqual(
    new Set([
      ...['wide_limits', 'unused_permission', 'unused_role'],
      ...['contained_role', 'excess_clearance', 'unused_by_agents'],
    ]),
  );

  // Where two findings speak of the same thing the draft takes the first, and the second is refused.
  let draft: string | undefined;
  for (const { id: finding } of items) {
    const made = await draftFinding(admin(), { id: finding, ...(draft ? { draft } : {}) }).catch(
      (error: { code?: string }) => {
        if (error.code !== 'not_as_found') throw error;
      },
    );
    draft ??= made?.id;
    expect(made?.widens ?? false).toBe(false);
  }
  if (!draft) throw new Error('nothing was drafted');
  const replay = await startReplay(admin(), { id: draft, days: DAYS + 1 });
  await runReplay(pool, admin(), replay.id);
  const { replay: tried, changes } = await getDraft(admin(), { id: draft });
  expect(changes.length).toBeGreaterThanOrEqual(6);
  expect(tried).toMatchObject({ status: 'done', total: proposals.length });
  expect(tried?.result).toMatchObject({ actions: proposals.length, flips: 0, kinds: {} });
});
