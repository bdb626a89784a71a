import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '@/lib/infra/pg';
import { jobContext } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { markLostActions } from './execute';
import { Recorder } from './recorder';
import { startGatewayProcess } from './test/process';
import { answerOk, startTool, type TestTool } from './test/tool';
import { clientOf, makeWorld, type World } from './test/world';

let tool: TestTool;
let world: World;
let agent: { id: string; credential: string };

beforeAll(async () => {
  tool = await startTool();
  world = await makeWorld();
  agent = await world.agent();
  const role = await world.role(agent.id);
  const type = await world.actionType(await world.tool(tool.url));
  await world.permission(role, type);
});

afterAll(async () => {
  await tool.close();
  await world.close();
});

async function startProcess() {
  const gateway = await startGatewayProcess();
  return { ...gateway, client: clientOf(gateway.url, world, agent) };
}

describe('a gateway killed', () => {
  it('between record and answer leaves a record that becomes unknown, and nothing runs twice', async () => {
    const first = await startProcess();
    const session = await first.client.session();
    const key = newId('key');
    const called = new Promise<void>((resolve) => {
      tool.behave(() => resolve());
    });
    const lost = first.client.propose(session, { order_id: '1' }, {}, key).catch(() => 'no answer');
    await called;
    await first.end('SIGKILL');
    expect(await lost).toBe('no answer');
    const [row] = await world.actions();
    expect(row).toMatchObject({ status: 'running', idempotency_key: key });

    // Its time runs out without anyone hearing from it.
    await world.owner.query(
      `UPDATE actions SET deadline_at = now() - interval '1 second' WHERE id = $1`,
      [row?.['id']],
    );
    const pool = createPool('countersign_app', 2);
    const silent = { committed: () => undefined, failed: () => undefined };
    const executor = { pool, recorder: new Recorder(pool, silent) };
    expect(
      await markLostActions(executor, jobContext(world.workspace, 'gateway.sweep_actions')),
    ).toBe(1);
    await pool.end();

    tool.behave(answerOk);
    const calls = tool.seen.length;
    const second = await startProcess();
    const again = await second.client.propose(session, { order_id: '1' }, {}, key);
    expect(again).toMatchObject({
      status: 502,
      body: { action_status: 'unknown', id: row?.['id'] },
    });
    expect(tool.seen.length).toBe(calls);
    const types = (await world.events())
      .filter((e) => e['action'] === row?.['id'])
      .map((e) => e['type']);
    expect(types).toEqual(['action.decided', 'action.unknown']);

    expect(await second.end('SIGTERM')).toBe(0);
  }, 180_000);
});
