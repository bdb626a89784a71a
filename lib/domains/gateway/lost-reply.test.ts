/** A commit that happens while its reply is lost: between gateway and database stands a wire that can be cut. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { env } from '@/lib/infra/env';
import { newId } from '@/lib/kernel/ids';
import { type GatewayProcess, startGatewayProcess } from './test/process';
import { answerOk, startTool, type TestTool } from './test/tool';
import { startWire, type Wire } from './test/wire';
import { clientOf, makeWorld, type World } from './test/world';

/** What the gateway's statement is called on the wire. */
const STATEMENT = 'gateway-record';

let world: World;
let tool: TestTool;
let client: ReturnType<typeof clientOf>;
let wire: Wire;
let gateway: GatewayProcess;

beforeAll(async () => {
  tool = await startTool();
  tool.behave(answerOk);
  world = await makeWorld();
  const agent = await world.agent();
  const type = await world.actionType(await world.tool(tool.url));
  await world.permission(await world.role(agent.id), type);

  wire = await startWire(env().DATABASE_URL ?? '');
  gateway = await startGatewayProcess({ DATABASE_URL: wire.url });
  client = clientOf(gateway.url, world, agent);
});

afterAll(async () => {
  await gateway.end('SIGTERM');
  await wire.close();
  await tool.close();
  await world.close();
});

it('a decision whose reply was lost is not run, and ends as what was never sent', async () => {
  const session = await client.session();
  const key = newId('key');
  wire.cutNext(STATEMENT);
  const first = await client.propose(session, { order_id: '1' }, {}, key);
  expect(wire.cuts()).toBe(1);
  expect(first).toMatchObject({ status: 503, body: { code: 'not_recorded' } });

  // The same request again finds it, once it is known how it ended.
  const again = await client.propose(session, { order_id: '1' }, {}, key);
  const failed = { title: 'The action failed', action_status: 'failed', code: 'not_sent' };
  expect(again).toMatchObject({ status: 502, body: failed });
  expect(tool.seen).toHaveLength(0);
  const [row, ...others] = await world.actions();
  expect(others).toEqual([]);
  expect(row).toMatchObject({ status: 'failed', idempotency_key: key });
  const types = (await world.events())
    .filter((event) => event['action'] === row?.['id'])
    .map((event) => event['type']);
  expect(types).toEqual(['action.decided', 'action.failed']);

  // A new key is a new action, and runs.
  const anew = await client.propose(session, { order_id: '1' }, {}, newId('key'));
  expect(anew).toMatchObject({ status: 200, body: { status: 'succeeded' } });
});
