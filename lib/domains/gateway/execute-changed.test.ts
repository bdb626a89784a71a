import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { env, setEnv } from '@/lib/infra/env';
import { createPool, type Pool } from '@/lib/infra/pg';
import { jobContext } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { execute, type Executor } from './execute';
import { type RunningGateway, serveGateway } from './http/serve';
import { Recorder } from './recorder';
import { answerOk, startTool, type TestTool } from './test/tool';
import { startWire } from './test/wire';
import { clientOf, makeWorld, type World } from './test/world';
import { ToolClient } from './tool/client';

const silent = { committed: () => undefined, failed: () => undefined };
let gateway: RunningGateway;
let tool: TestTool;
let elsewhere: TestTool;
let pool: Pool;
let executor: Executor;

beforeAll(async () => {
  gateway = await serveGateway({ host: '127.0.0.1', port: 0 });
  tool = await startTool();
  elsewhere = await startTool();
  pool = createPool('countersign_app', 4);
  executor = { pool, recorder: new Recorder(pool, silent), tools: new ToolClient() };
  for (const one of [tool, elsewhere]) one.behave(answerOk);
});

afterAll(async () => {
  await executor.tools.close();
  await pool.end();
  await gateway.stop();
  await tool.close();
  await elsewhere.close();
});

interface Held {
  world: World;
  action: string;
  agent: string;
  role: string;
  permission: string;
}

/** A refund of 3 that its session's customer asked for, held and then signed, in a workspace of its own. */
async function signedRefund(): Promise<Held> {
  const world = await makeWorld();
  const agent = await world.agent();
  const role = await world.role(agent.id);
  const secret = await world.secret('value');
  const toolId = await world.tool(tool.url, { auth: { type: 'bearer' }, secret_id: secret.id });
  const type = await world.actionType(toolId);
  const ladder = { parameter: 'amount', autonomous: 1, supervised: 2, gated: 100 };
  const permission = await world.permission(role, type, { tier: null, ladder });
  const client = clientOf(gateway.url, world, agent);
  const session = await client.session({ customer_id: 'c7' });
  const parameters = { order_id: '7', amount: 3, customer_id: 'c7' };
  const { status, body } = await client.propose(session, parameters);
  expect(status).toBe(202);
  const action = String(body['id']);
  await world.owner.query(`UPDATE actions SET status = 'approved' WHERE id = $1`, [action]);
  const { rows } = await world.owner.query<{ display_digest: string; digest: string }>(
    `UPDATE approvals p SET decision = 'approved' FROM actions a
     WHERE p.action_id = $1 AND a.id = p.action_id RETURNING a.digest, p.display_digest`,
    [action],
  );
  const member = newId('mbr');
  await world.insert('approval_signatures', {
    ...{ id: newId('sgn'), workspace_id: world.workspace, action_id: action, member_id: member },
    ...{ in_place_of: member, decision: 'approved', places: [0], auth_method: 'password' },
    ...{ signed_at: new Date(), ...rows[0] },
  });
  return { world, action, agent: agent.id, role, permission };
}

async function run({ world, action }: Held) {
  await execute(executor, jobContext(world.workspace, 'gateway.execute_approved'), action);
  const { rows } = await world.owner.query<{ status: string; error: { code: string } | null }>(
    'SELECT status, error FROM actions WHERE id = $1',
    [action],
  );
  return rows[0];
}

/** Updates every row of the workspace's table. */
const set = (table: string, assignment: string) => (held: Held) =>
  held.world.owner.query(`UPDATE ${table} SET ${assignment} WHERE workspace_id = $1`, [
    held.world.workspace,
  ]);

const forbid = (held: Held) =>
  held.world.insert('cedar_policies', {
    ...{ id: newId('cpl'), workspace_id: held.world.workspace, name: 'freeze' },
    text: 'forbid (principal, action, resource);',
    ...{ created_by: 'mbr_test', updated_by: 'mbr_test', updated_at: new Date() },
  });

describe('what was approved runs as it was shown and as policy still permits', () => {
  it.each<[string, string, (held: Held) => Promise<unknown>]>([
    [
      'the tool’s address',
      'approval_void',
      (held) => set('tools', `base_url = '${elsewhere.url}'`)(held),
    ],
    ['the method', 'approval_void', set('action_types', `method = 'DELETE'`)],
    ['the path', 'approval_void', set('action_types', `path_template = '/customers/{order_id}'`)],
    [
      'how Countersign signs in',
      'approval_void',
      set('tools', `auth = '{"type":"header","header":"x-key"}'`),
    ],
    [
      'the secret',
      'approval_void',
      async (held) => {
        const other = await held.world.secret('other');
        await set('tools', `secret_id = '${other.id}'`)(held);
      },
    ],
    [
      'the permission, which is gone',
      'no_permission',
      ({ world, permission }) =>
        world.owner.query('DELETE FROM permissions WHERE id = $1', [permission]),
    ],
    [
      'the agent’s roles',
      'no_permission',
      ({ world, agent }) =>
        world.owner.query('DELETE FROM agent_roles WHERE agent_id = $1', [agent]),
    ],
    ['the role, which is retired', 'no_permission', set('roles', `state = 'retired'`)],
    [
      'the ladder, which ends below it',
      'above_limit',
      set('permissions', `ladder = jsonb_set(ladder::jsonb, '{gated}', '2')`),
    ],
    ['the tool’s environment', 'environment', set('tools', `environment = 'staging'`)],
    ['the agent’s clearance', 'clearance', set('agents', `clearance = 'Public'`)],
    [
      'a parameter rule',
      'rule_range',
      set('action_types', `rules = '[{"parameter":"amount","rule":"range","max":2}]'`),
    ],
    [
      'what the parameters may be',
      'invalid_parameters',
      set(
        'action_types',
        `parameters = '{"type":"object","required":["note"],"properties":{"note":{"type":"string"}}}'`,
      ),
    ],
    ['a policy by hand, which forbids it', 'policy', forbid],
    [
      'where alone the secret may go',
      'credential_unavailable',
      set('secrets', `origin = 'https://elsewhere.example'`),
    ],
    [
      'the action type, which is retired',
      'action_type_retired',
      set('action_types', `state = 'retired'`),
    ],
  ])('but not after a change of %s: %s', async (_, code, change) => {
    const held = await signedRefund();
    const before = tool.seen.length + elsewhere.seen.length;
    await change(held);
    expect(await run(held)).toMatchObject({ status: 'failed', error: { code } });
    expect(tool.seen.length + elsewhere.seen.length).toBe(before);
    const types = (await held.world.events()).map((event) => event['type']);
    expect(types).toEqual(expect.arrayContaining(['action.decided', 'action.failed']));
    await held.world.close();
  });

  it.each<[string, (held: Held) => Promise<unknown>]>([
    ['nothing', () => Promise.resolve()],
    [
      'where its secret goes, to where it went',
      (held) => set('secrets', `origin = '${tool.url}'`)(held),
    ],
    ['a permission that would let it run by itself', set('permissions', `ladder = NULL, tier = 1`)],
    ['how long the tool may take, and titles', set('action_types', `title = 'Another'`)],
    [
      'a rule that it keeps',
      set(
        'action_types',
        `rules = '[{"parameter":"customer_id","rule":"equals_session","attribute":"customer_id"}]'`,
      ),
    ],
  ])('and is sent after a change of %s', async (_, change) => {
    const held = await signedRefund();
    await change(held);
    expect(await run(held)).toMatchObject({ status: 'succeeded', error: null });
    expect(tool.seen.at(-1)).toMatchObject({ method: 'POST', url: '/orders/7/refunds' });
    expect(tool.seen.at(-1)?.headers['idempotency-key']).toBe(held.action);
    await held.world.close();
  });

  it('but not when its agent is suspended just before it is taken up', async () => {
    const held = await signedRefund();
    const other = await makeWorld();
    const sent = tool.seen.length;
    await other.owner.query('BEGIN');
    await other.owner.query('SELECT 1 FROM actions WHERE id = $1 FOR UPDATE', [held.action]);
    const ran = run(held);
    await vi.waitFor(async () => {
      const { rowCount } = await held.world.owner.query(
        `SELECT 1 FROM pg_stat_activity
         WHERE usename = 'countersign_app' AND wait_event_type = 'Lock' AND query LIKE '%actions%'`,
      );
      expect(rowCount).toBe(1);
    });
    await set('agents', `state = 'suspended'`)(held);
    await other.owner.query('COMMIT');
    expect(await ran).toMatchObject({ status: 'failed', error: { code: 'agent_suspended' } });
    expect(tool.seen).toHaveLength(sent);
    await other.close();
    await held.world.close();
  });

  it('the card says where it is sent, and nothing of the secret', async () => {
    const held = await signedRefund();
    const { rows } = await held.world.owner.query<{ display: { request: object } }>(
      'SELECT display FROM approvals WHERE action_id = $1',
      [held.action],
    );
    expect(rows[0]?.display.request).toEqual({
      method: 'POST',
      url: `${tool.url}/orders/{order_id}/refunds`,
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
    await held.world.close();
  });
});

describe('what was taken up without its process hearing so', () => {
  it('ends as what was never sent, and runs where it was not taken up', async () => {
    const [lost, stays] = [await signedRefund(), await signedRefund()];
    const database = env().DATABASE_URL ?? '';
    const wire = await startWire(database);
    setEnv({ DATABASE_URL: wire.url });
    const wired = { ...executor, pool: createPool('countersign_app', 4) };
    setEnv({ DATABASE_URL: database });
    const runWired = (held: Held) =>
      execute(wired, jobContext(held.world.workspace, 'gateway.execute_approved'), held.action);
    const sent = tool.seen.length;

    wire.cutNext('COMMIT');
    const error = { code: 'not_sent', message: expect.stringContaining('Nothing was sent.') };
    expect(await runWired(lost)).toMatchObject({ outcome: 'failed', error });
    expect(wire.cuts()).toBe(1);
    expect(tool.seen).toHaveLength(sent);
    expect(await run(lost)).toMatchObject({ status: 'failed', error });
    const types = (await lost.world.events()).map((event) => event['type']);
    expect(types.filter((type) => type === 'action.failed')).toHaveLength(1);

    // Here the reply that is lost is the one before the commit.
    wire.cutNext('UPDATE actions');
    await expect(runWired(stays)).rejects.toThrow('Connection terminated');
    expect(wire.cuts()).toBe(2);
    expect(tool.seen).toHaveLength(sent);
    expect(await run(stays)).toMatchObject({ status: 'succeeded', error: null });
    expect(tool.seen).toHaveLength(sent + 1);

    await wired.pool.end();
    await wire.close();
    for (const held of [lost, stays]) await held.world.close();
  });
});
