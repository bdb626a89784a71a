import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activateAgent, createAgent } from '@/lib/domains/agents/server';
import { createActionType, createTool } from '@/lib/domains/catalog/server';
import { ownerUrl } from '@/lib/infra/db-roles';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { createDraft, discardDraft, getDraft, publishDraft } from '../policies/service/drafts';
import { createPermission, createRole, grantRole } from '../server';
import { advisorJobs } from './jobs';
import type { Finding } from './schema';
import {
  cancelLook,
  dismissFinding,
  draftFinding,
  getAdvisor,
  listFindings,
  restoreFinding,
  startLook,
} from './service';

const DAY_MS = 86_400_000;
const ladder = { parameter: 'amount', autonomous: 50, supervised: 500, gated: 50_000 };

let owner: pg.Pool;
let world: World;
let agent: string;
let idle: string;

function as(roles: string[], id = world.admin, workspace = world.workspace): Context {
  const actor = {
    ...{ type: 'member' as const, id, name: 'Somebody', roles, abilities: [] },
    ...{ method: 'password', authenticatedAt: 0 },
  };
  return { workspace, requestId: newId('req'), actor };
}
const admin = () => as(['admin']);

async function made(name: string): Promise<string> {
  const { id } = await createAgent(admin(), {
    ...{ name, purpose: 'Works in tests.', sponsorId: world.admin, model: 'm' },
    ...{ environment: 'production', clearance: 'Restricted' },
  });
  await activateAgent(admin(), { id });
  return id;
}

async function type(toolId: string, key: string): Promise<string> {
  const { id } = await createActionType(admin(), {
    ...{ key, toolId, title: key, effects: ['write'], reversibility: 'reversible' },
    ...{ classification: 'Internal', method: 'POST', pathTemplate: '/x' },
    parameters: {
      type: 'object',
      properties: { amount: { type: 'number' } },
      required: ['amount'],
    },
  });
  return id;
}

/** Actions as the gateway records them, one an hour up to now. */
async function record(permission: string, amounts: readonly number[]): Promise<void> {
  const rows = amounts.map((amount, index) => ({
    ...{ id: newId('act'), workspace_id: world.workspace, agent_id: agent, session_id: 'ses_x' },
    ...{ type: 'refunds.create', parameters: { amount }, amount, permissions: [permission] },
    ...{ summary: '', why: '', evidence: [], untrusted: [], reasons: [], decision: 'allow' },
    ...{ tier: 1, status: 'succeeded', policy_version: 'pol_x', digest: 'x', request_hash: 'x' },
    ...{ classification: 'Internal', idempotency_key: newId('key') },
    created_at: new Date(Date.now() - (index + 1) * 3_600_000),
  }));
  await owner.query(
    'INSERT INTO actions SELECT * FROM json_populate_recordset(NULL::actions, $1)',
    [JSON.stringify(rows)],
  );
}

beforeAll(async () => {
  owner = new pg.Pool({ connectionString: ownerUrl('control'), max: 2 });
  world = await mintWorld();
  const { id: toolId } = await createTool(admin(), {
    ...{ name: 'orders', baseUrl: 'http://127.0.0.1:9', auth: { type: 'none' } },
  });
  agent = await made('refund-agent');
  idle = await made('idle-agent');
  const { id: roleId } = await createRole(admin(), { name: 'refunds' });
  const of = async (key: string, rule: object) => {
    const actionTypeId = await type(toolId, key);
    return (await createPermission(admin(), { roleId, actionTypeId, ...rule })).id;
  };
  const refunds = await of('refunds.create', { ladder });
  await of('mail.send', { tier: 2 });
  for (const id of [agent, idle]) await grantRole(admin(), { id, roleId });
  // All of it was there before anything was recorded.
  for (const table of ['permissions', 'agent_roles']) {
    await owner.query(
      `UPDATE ${table} SET created_at = created_at - interval '40 days' WHERE workspace_id = $1`,
      [world.workspace],
    );
  }
  await owner.query(
    `UPDATE permissions SET updated_at = created_at - interval '40 days' WHERE workspace_id = $1`,
    [world.workspace],
  );
  await record(
    refunds,
    Array.from({ length: 40 }, (_, index) => index * 10),
  );
});

afterAll(() => owner.end());

async function looked(): Promise<Finding[]> {
  const { id } = await startLook(admin(), {});
  const job = advisorJobs.find(({ name }) => name === 'advisor.look');
  await job?.perform(world.workspace, { look: id });
  return findings();
}
const findings = async (input: object = {}) => (await listFindings(admin(), input)).items;
const one = (of: Finding[], kind: string) => {
  const found = of.find((finding) => finding.kind === kind);
  if (!found) throw new Error(`nothing of kind ${kind}`);
  return found;
};

describe('a look', () => {
  it('finds with numbers what was not needed, and says over how long it looked', async () => {
    expect((await getAdvisor(admin(), {})).shown).toBeNull();
    const items = await looked();
    expect(items.map(({ kind }) => kind)).toEqual([
      ...['wide_limits', 'unused_permission', 'unused_role', 'excess_clearance'],
    ]);
    expect(one(items, 'wide_limits')).toMatchObject({
      title: 'refunds allows far more of refunds.create than is used',
      evidence: ['40 uses', 'gated up to 50,000: at most 390 used, p99 390; proposed 500'],
      role: { name: 'refunds' },
      agent: null,
    });
    expect(one(items, 'unused_role')).toMatchObject({
      agent: { id: idle, name: 'idle-agent' },
      evidence: ['0 of 2 permissions used', '0 other actions of it meanwhile'],
    });
    expect(one(items, 'excess_clearance').title).toBe(
      'refund-agent is cleared for Restricted data and touched nothing above Internal',
    );
    const { shown, counts, versionsSince } = await getAdvisor(as(['auditor']), {});
    expect(shown).toMatchObject({ status: 'done', days: 30, actions: 40, done: 5, total: 5 });
    const over = Date.parse(shown?.createdAt ?? '') - Date.parse(shown?.since ?? '');
    expect(over / DAY_MS).toBeCloseTo(40 / 24, 1);
    expect(items.every(({ shortSince }) => shortSince === shown?.since)).toBe(true);
    expect(counts).toMatchObject({ wide_limits: 1, unused_by_agents: 0 });
    expect(versionsSince).toBe(0);
    const said = (await eventsOf(world.workspace)).filter(({ type: of }) =>
      of.startsWith('advisor'),
    );
    expect(said).toMatchObject([
      { type: 'advisor_look.started', data: { days: 30 } },
      { type: 'advisor_look.finished', data: { days: 30, actions: 40, findings: 4 } },
    ]);
  });

  it('pages by weight, and by kind and agent', async () => {
    const all = await findings();
    const first = await listFindings(admin(), { limit: 3 });
    const second = await listFindings(admin(), { limit: 3, cursor: first.next });
    expect([...first.items, ...second.items]).toEqual(all);
    expect(second.next).toBeNull();
    expect((await findings({ kind: 'unused_role' })).map(({ kind }) => kind)).toEqual([
      'unused_role',
    ]);
    // The agent's own, and what its role grants.
    expect((await findings({ agent: idle })).map(({ kind }) => kind)).toEqual([
      ...['wide_limits', 'unused_permission', 'unused_role'],
    ]);
    await expect(listFindings(admin(), { cursor: 'x' })).rejects.toMatchObject({ status: 422 });
  });

  it('is one at a time, and stops when it is cancelled', async () => {
    const before = await findings();
    const { id } = await startLook(admin(), {});
    await expect(startLook(admin(), {})).rejects.toMatchObject({ code: 'wrong_state' });
    await cancelLook(admin(), {});
    await expect(cancelLook(admin(), {})).rejects.toMatchObject({ code: 'wrong_state' });
    const job = advisorJobs.find(({ name }) => name === 'advisor.look');
    await job?.perform(world.workspace, { look: id });
    expect((await getAdvisor(admin(), {})).latest).toMatchObject({ id, status: 'cancelled' });
    expect(await findings()).toEqual(before);
  });

  it('happens each night by itself', async () => {
    const job = advisorJobs.find(({ name }) => name === 'advisor.nightly');
    await job?.perform(world.workspace, {});
    expect((await getAdvisor(admin(), {})).latest?.status).toBe('done');
    expect(await findings()).toHaveLength(4);
  });
});

describe('a draft of a finding', () => {
  it('is that edit and no other, and is said with its evidence', async () => {
    const wide = one(await findings(), 'wide_limits');
    const draft = await draftFinding(admin(), { id: wide.id });
    expect(draft).toMatchObject({ title: 'refunds: narrower refunds.create', widens: false });
    expect(draft.changes).toMatchObject([
      {
        path: 'roles/refunds/refunds.create',
        kind: 'changed',
        before: { ladder },
        // Not below the supervised threshold, which is near its use.
        after: { ladder: { ...ladder, gated: 500 } },
      },
    ]);
    const said = (await eventsOf(world.workspace)).filter(
      ({ type: of, ...event }) =>
        of === 'policy_draft.edited' && JSON.stringify(event).includes(draft.id),
    );
    expect(said).toMatchObject([{ data: { finding: wide.title, evidence: wide.evidence } }]);
    await discardDraft(admin(), { id: draft.id });
  });

  it('goes into an open draft beside others, and holds once it is published', async () => {
    const { id } = await createDraft(admin(), { title: 'Least privilege' });
    const items = await findings();
    for (const kind of ['unused_permission', 'unused_role', 'excess_clearance']) {
      await draftFinding(admin(), { id: one(items, kind).id, draft: id });
    }
    // Once in it, it is not to be done again.
    const twice = { id: one(items, 'unused_role').id, draft: id };
    await expect(draftFinding(admin(), twice)).rejects.toMatchObject({ code: 'not_as_found' });
    const { changes, widens } = await getDraft(admin(), { id });
    expect(widens).toBe(false);
    expect(changes.map(({ words }) => words)).toEqual([
      'refunds no longer grants mail.send',
      'idle-agent is taken out of refunds',
      expect.stringContaining('refund-agent'),
    ]);
    await publishDraft(admin(), { id, why: 'Nobody needs it' });
    expect((await getAdvisor(admin(), {})).versionsSince).toBe(1);
    await expect(draftFinding(admin(), { id: twice.id })).rejects.toMatchObject({ status: 409 });
    expect((await looked()).map(({ kind }) => kind)).toEqual(['wide_limits']);
    const row = await owner.query('SELECT clearance FROM agents WHERE id = $1', [agent]);
    expect(row.rows).toEqual([{ clearance: 'Internal' }]);
  });
});

describe('a dismissal', () => {
  const day = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

  it('hides a finding, also of later looks, until its day', async () => {
    const [first] = await findings();
    if (!first) throw new Error('no finding');
    const why = { reason: 'A campaign needs it', until: day(20) };
    for (const until of [day(-1), day(500), 'soon']) {
      await expect(dismissFinding(admin(), { ...why, id: first.id, until })).rejects.toMatchObject({
        status: 422,
      });
    }
    await dismissFinding(admin(), { id: first.id, ...why });
    expect(await findings()).toEqual([]);
    expect(await looked()).toEqual([]);
    const [hidden] = await findings({ dismissed: 'true' });
    expect(hidden).toMatchObject({ kind: first.kind, dismissed: { reason: why.reason } });
    expect(await getAdvisor(admin(), {})).toMatchObject({
      dismissed: 1,
      counts: { wide_limits: 0 },
    });
    await owner.query(
      `UPDATE advisor_dismissals SET until = now() - interval '1 minute' WHERE workspace_id = $1`,
      [world.workspace],
    );
    expect(await findings()).toHaveLength(1);
    await dismissFinding(admin(), { id: hidden?.id, ...why });
    await restoreFinding(admin(), { id: hidden?.id });
    expect(await findings()).toHaveLength(1);
    await expect(restoreFinding(admin(), { id: hidden?.id })).rejects.toMatchObject({
      status: 409,
    });
    const said = (await eventsOf(world.workspace)).flatMap(({ type: of, data }) =>
      of.startsWith('advisor_finding') ? [[of, (data as { reason?: string }).reason]] : [],
    );
    expect(said).toEqual([
      ['advisor_finding.dismissed', why.reason],
      ['advisor_finding.dismissed', why.reason],
      ['advisor_finding.restored', undefined],
    ]);
  });
});

describe('others', () => {
  const tables = ['advisor_looks', 'advisor_findings', 'advisor_dismissals', 'policy_drafts'];
  const rows = async () => {
    const counts = await Promise.all(
      tables.map((table) =>
        owner.query(
          `SELECT md5(string_agg(t::text, '' ORDER BY t::text)) AS hash FROM ${table} t
          WHERE workspace_id = $1`,
          [world.workspace],
        ),
      ),
    );
    return counts.map((result) => result.rows);
  };

  it('read it and change none of it', async () => {
    const [first] = await findings();
    const id = first?.id;
    const before = await rows();
    for (const role of ['approver', 'auditor']) {
      const them = as([role]);
      expect((await listFindings(them, {})).items).toHaveLength(1);
      expect((await getAdvisor(them, {})).can.look.allowed).toBe(false);
      const refused = { status: 403 };
      await expect(startLook(them, {})).rejects.toMatchObject(refused);
      await expect(cancelLook(them, {})).rejects.toMatchObject(refused);
      await expect(draftFinding(them, { id })).rejects.toMatchObject(refused);
      await expect(
        dismissFinding(them, { id, reason: 'no reason', until: '2999-01-01' }),
      ).rejects.toMatchObject(refused);
      await expect(restoreFinding(them, { id })).rejects.toMatchObject(refused);
    }
    expect(await rows()).toEqual(before);
  });

  it('of another workspace find nothing of it', async () => {
    const [first] = await findings();
    const other = await mintWorld();
    const them = as(['admin'], other.admin, other.workspace);
    expect((await listFindings(them, {})).items).toEqual([]);
    expect((await getAdvisor(them, {})).shown).toBeNull();
    await expect(draftFinding(them, { id: first?.id })).rejects.toMatchObject({ status: 404 });
    const mine = await createDraft(them, { title: 'Mine' });
    await expect(draftFinding(admin(), { id: first?.id, draft: mine.id })).rejects.toMatchObject({
      status: 404,
    });
  });
});
