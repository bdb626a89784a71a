import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPool, type Pool } from '@/lib/infra/pg';
import { jobContext } from '@/lib/kernel/context';
import { digest } from '@/lib/kernel/canonical';
import { newId } from '@/lib/kernel/ids';
import { execute, type Executor, markLostActions } from './execute';
import { type RunningGateway, serveGateway } from './http/serve';
import { Recorder } from './recorder';
import { digestWith } from './signed/intact';
import { answerOk, startTool, type TestTool } from './test/tool';
import { clientOf, makeWorld, type World } from './test/world';
import { ToolClient } from './tool/client';

const silent = { committed: () => undefined, failed: () => undefined };
let gateway: RunningGateway;
let tool: TestTool;
let world: World;
let agent: { id: string; credential: string };
let client: ReturnType<typeof clientOf>;
let executors: Executor[];
let pool: Pool;
let type: string;

beforeAll(async () => {
  gateway = await serveGateway({ host: '127.0.0.1', port: 0 });
  tool = await startTool();
  world = await makeWorld();
  agent = await world.agent();
  client = clientOf(gateway.url, world, agent);
  const role = await world.role(agent.id);
  const secret = await world.secret('first-value');
  const toolId = await world.tool(tool.url, { auth: { type: 'bearer' }, secret_id: secret.id });
  type = await world.actionType(toolId);
  await world.permission(role, type, { tier: 3 });
  pool = createPool('countersign_app', 8);
  executors = [1, 2].map(() => ({
    pool,
    recorder: new Recorder(pool, silent),
    tools: new ToolClient(),
  }));
});

beforeEach(() => tool.behave(answerOk));

afterAll(async () => {
  await Promise.all(executors.map((one) => one.tools.close()));
  await pool.end();
  await gateway.stop();
  await tool.close();
  await world.close();
});

const ctx = () => jobContext(world.workspace, 'gateway.execute_approved');

async function approved(): Promise<string> {
  const { body } = await client.propose(await client.session(), { order_id: '7', amount: 3 });
  const id = String(body['id']);
  await world.owner.query(`UPDATE actions SET status = 'approved' WHERE id = $1`, [id]);
  await world.owner.query(`UPDATE approvals SET decision = 'approved' WHERE action_id = $1`, [id]);
  await signed(id);
  return id;
}

/** A signature by any approver on what is stored. */
async function signed(id: string, over: Record<string, unknown> = {}): Promise<void> {
  const { rows } = await world.owner.query<{ digest: string; display_digest: string }>(
    'SELECT a.digest, p.display_digest FROM actions a JOIN approvals p ON p.action_id = a.id WHERE a.id = $1',
    [id],
  );
  const member = newId('mbr');
  await world.insert('approval_signatures', {
    ...{ id: newId('sgn'), workspace_id: world.workspace, action_id: id, member_id: member },
    ...{ in_place_of: member, decision: 'approved', places: [0], auth_method: 'password' },
    ...{ signed_at: new Date(), ...rows[0], ...over },
  });
}

async function statusOf(id: string) {
  const { rows } = await world.owner.query('SELECT status, error FROM actions WHERE id = $1', [id]);
  return rows[0] as { status: string; error: { code: string } | null };
}

async function eventsOf(id: string) {
  return (await world.events()).filter((e) => e['action'] === id).map((e) => e['type']);
}

describe('an approved action', () => {
  it('is run once, by whichever of many takers is first', async () => {
    const id = await approved();
    const before = tool.seen.length;
    const takers = Array.from({ length: 20 }, (_, i) => executors[i % 2]).filter(
      (one) => one !== undefined,
    );
    const ended = await Promise.all(takers.map((one) => execute(one, ctx(), id)));
    expect(ended.filter((one) => one !== undefined)).toHaveLength(1);
    expect(tool.seen.length).toBe(before + 1);
    expect(tool.seen.at(-1)?.headers['idempotency-key']).toBe(id);
    expect(tool.seen.at(-1)?.headers.authorization).toBe('Bearer first-value');
    expect(await statusOf(id)).toMatchObject({ status: 'succeeded' });
    expect(await eventsOf(id)).toEqual(['action.decided', 'action.succeeded']);
  });

  it('that nobody approved is not run', async () => {
    const [executor] = executors;
    const { body } = await client.propose(await client.session(), { order_id: '7' });
    const before = tool.seen.length;
    expect(executor && (await execute(executor, ctx(), String(body['id'])))).toBeUndefined();
    expect(await statusOf(String(body['id']))).toMatchObject({ status: 'pending' });
    expect(tool.seen.length).toBe(before);
  });
});

describe('a lost action', () => {
  it('becomes unknown once, with its event, and a late outcome changes nothing', async () => {
    const id = await approved();
    await world.owner.query(
      `UPDATE actions SET status = 'running', started_at = now(), deadline_at = now() - interval '1 second' WHERE id = $1`,
      [id],
    );
    const marked = await Promise.all(executors.map((one) => markLostActions(one, ctx())));
    expect(marked.reduce((sum, one) => sum + one, 0)).toBe(1);
    expect(await statusOf(id)).toMatchObject({
      status: 'unknown',
      error: { code: 'process_lost' },
    });
    expect(await eventsOf(id)).toEqual(['action.decided', 'action.unknown']);
    expect(await client.send('GET', `/v1/actions/${id}`)).toMatchObject({
      status: 200,
      body: { status: 'unknown' },
    });
  });
});

describe('an approval', () => {
  const byte = (text: string) =>
    text.endsWith('0') ? `${text.slice(0, -1)}1` : `${text.slice(0, -1)}0`;
  const set =
    (table: string, column: string, value: (was: never) => unknown) => async (id: string) => {
      const key = table === 'actions' ? 'id' : 'action_id';
      const { rows } = await world.owner.query(
        `SELECT ${column} AS was FROM ${table} WHERE ${key} = $1`,
        [id],
      );
      const changed = value(rows[0]?.was as never);
      const text =
        typeof changed === 'object' && changed !== null ? JSON.stringify(changed) : changed;
      await world.owner.query(`UPDATE ${table} SET ${column} = $2 WHERE ${key} = $1`, [id, text]);
    };
  const narrowed = { order_id: '7', amount: 2 };

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['a parameter', set('actions', 'parameters', (was: object) => ({ ...was, amount: 4 }))],
    ['a parameter more', set('actions', 'parameters', (was: object) => ({ ...was, x: 1 }))],
    ['the policy version', set('actions', 'policy_version', byte)],
    ['the agent', set('actions', 'agent_id', byte)],
    ['the session', set('actions', 'session_id', byte)],
    ['the action’s digest', set('actions', 'digest', byte)],
    [
      'a byte of the card',
      set('approvals', 'display', (was: { why: string }) => ({ ...was, why: byte(was.why) })),
    ],
    [
      'the card and its digest',
      async (id) => {
        await set('approvals', 'display', (was: object) => ({ ...was, why: 'another' }))(id);
        const { rows } = await world.owner.query(
          'SELECT display FROM approvals WHERE action_id = $1',
          [id],
        );
        await set('approvals', 'display_digest', () => digest(rows[0]?.display))(id);
      },
    ],
    [
      'narrower parameters that nobody signed',
      async (id) => {
        const { rows } = await world.owner.query('SELECT * FROM actions WHERE id = $1', [id]);
        await set('approvals', 'narrowed', () => narrowed)(id);
        await set('approvals', 'narrowed_digest', () => digestWith(rows[0], narrowed))(id);
      },
    ],
    ['narrower parameters without their digest', set('approvals', 'narrowed', () => narrowed)],
    [
      'a digest of narrower parameters alone',
      set('approvals', 'narrowed_digest', () => `sha256:${'0'.repeat(64)}`),
    ],
    ['what its signature is of', set('approval_signatures', 'digest', byte)],
    ['what its signature was shown', set('approval_signatures', 'display_digest', byte)],
    ['a signature to a rejection', set('approval_signatures', 'decision', () => 'rejected')],
    ['the needs', set('approvals', 'needs', () => [{ group: null, count: 2, escalation: [] }])],
    [
      'the needs to as many as have signed',
      (id) =>
        set('approvals', 'needs', () => [{ group: newId('grp'), count: 1, escalation: [] }])(id),
    ],
    ['an ordinary signature to broken glass', set('approvals', 'broke_glass', () => true)],
    ['the needs to none', set('approvals', 'needs', () => [])],
    ['the decision', set('approvals', 'decision', () => 'rejected')],
    [
      'the signature away',
      (id) => world.owner.query('DELETE FROM approval_signatures WHERE action_id = $1', [id]),
    ],
  ])('is void once somebody has changed %s', async (_, tamper) => {
    const [executor] = executors;
    if (!executor) throw new Error('no executor');
    const before = tool.seen.length;
    const id = await approved();
    await tamper(id);
    await execute(executor, ctx(), id);
    expect(await statusOf(id)).toMatchObject({
      status: 'failed',
      error: { code: 'approval_void' },
    });
    expect(tool.seen.length).toBe(before);
  });

  it('of narrower parameters runs with exactly those', async () => {
    const [executor] = executors;
    if (!executor) throw new Error('no executor');
    const { body } = await client.propose(await client.session(), { order_id: '7', amount: 3 });
    const id = String(body['id']);
    const { rows } = await world.owner.query('SELECT * FROM actions WHERE id = $1', [id]);
    const own = digestWith(rows[0], narrowed);
    await set('approvals', 'narrowed', () => narrowed)(id);
    await set('approvals', 'narrowed_digest', () => own)(id);
    await set('approvals', 'decision', () => 'approved')(id);
    await set('actions', 'status', () => 'approved')(id);
    await signed(id, { digest: own });
    await execute(executor, ctx(), id);
    expect(await statusOf(id)).toMatchObject({ status: 'succeeded' });
    expect(JSON.parse(tool.seen.at(-1)?.body ?? '')).toEqual({ amount: 2 });
  });

  it('of a suspended agent sends nothing', async () => {
    const [executor] = executors;
    if (!executor) throw new Error('no executor');
    const before = tool.seen.length;
    const orphan = await approved();
    await world.owner.query(`UPDATE agents SET state = 'suspended' WHERE id = $1`, [agent.id]);
    await execute(executor, ctx(), orphan);
    await world.owner.query(`UPDATE agents SET state = 'active' WHERE id = $1`, [agent.id]);
    expect(await statusOf(orphan)).toMatchObject({
      status: 'failed',
      error: { code: 'agent_suspended' },
    });
    expect(tool.seen.length).toBe(before);
    // The gateway hears of it a moment later.
    const again = async () =>
      (await client.propose(await client.session(), { order_id: '7', amount: 3 })).status;
    await expect.poll(again).toBe(202);
  });
});

describe('classified data', () => {
  it('is handled in the result, and lets nothing run once it is above the clearance', async () => {
    const [executor] = executors;
    if (!executor) throw new Error('no executor');
    const own = { workspace_id: world.workspace, updated_at: new Date() };
    const asset = await world.insert('data_assets', { id: newId('ast'), name: 'orders', ...own });
    const field = await world.insert('data_fields', {
      ...{ id: newId('fld'), asset_id: asset, name: 'url', ...own },
      ...{ classification: 'Internal', handling: 'redact' },
    });
    await world.insert('action_type_data', {
      ...{ workspace_id: world.workspace, action_type_id: type, field_id: field },
      ...{ direction: 'output', path: 'url' },
    });
    const ran = await approved();
    expect(await execute(executor, ctx(), ran)).toMatchObject({
      result: { ok: true, url: '[redacted]' },
    });
    const { rows } = await world.owner.query('SELECT result FROM actions WHERE id = $1', [ran]);
    expect(rows[0].result).toEqual({ ok: true, url: '[redacted]' });

    const held = await approved();
    const before = tool.seen.length;
    await world.owner.query(`UPDATE data_fields SET classification = 'Restricted' WHERE id = $1`, [
      field,
    ]);
    await execute(executor, ctx(), held);
    expect(await statusOf(held)).toMatchObject({ status: 'failed', error: { code: 'clearance' } });
    expect(tool.seen.length).toBe(before);
  });
});
