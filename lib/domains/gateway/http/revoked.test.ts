import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { newId } from '@/lib/kernel/ids';
import { answerOk, startTool, type TestTool } from '../test/tool';
import { clientOf, makeWorld, type World } from '../test/world';
import { type RunningGateway, serveGateway } from './serve';

let running: RunningGateway;
let tool: TestTool;
let world: World;
let agent: { id: string; credential: string };
let client: ReturnType<typeof clientOf>;
let session: string;
/** An action that is there, to ask about. */
let there: string;

const small = { order_id: '1', amount: 5 };
const large = { order_id: '1', amount: 400 };

beforeAll(async () => {
  running = await serveGateway({ host: '127.0.0.1', port: 0 });
  tool = await startTool();
  world = await makeWorld();
  agent = await world.agent();
  client = clientOf(running.url, world, agent);
  const type = await world.actionType(await world.tool(tool.url));
  await world.permission(await world.role(agent.id), type, {
    tier: null,
    ladder: { parameter: 'amount', autonomous: 100, supervised: 200, gated: 500 },
  });
  session = await client.session();
  there = String((await client.propose(session, small)).body['id']);
});

afterAll(async () => {
  await running.stop();
  await tool.close();
  await world.close();
});

/** Another token of the same agent, and how it is revoked; resolves once the gateway has heard. */
function another() {
  const theirs = clientOf(running.url, world, agent);
  const revoke = async () => {
    await world.insert('revoked_tokens', {
      ...{ workspace_id: world.workspace, jti: theirs.jti, expires_at: theirs.expiresAt },
    });
    while ((await theirs.send('GET', `/v1/actions/${there}`)).status === 200);
  };
  return { ...theirs, revoke };
}

const refusals = async (route: string) =>
  (await world.events()).filter(
    ({ type, object }) =>
      type === 'request.refused' && (object as { id: string } | undefined)?.id === route,
  );

it('a wait tells nothing to a token that was revoked meanwhile', async () => {
  const { body } = await client.propose(session, large);
  const id = String(body['id']);
  const { revoke, send } = another();
  const subscribe = vi.spyOn(running.gateway.wakes, 'subscribe');
  const waiting = send('GET', `/v1/actions/${id}?wait=30`);
  while (subscribe.mock.calls.length === 0) await client.send('GET', `/v1/actions/${id}`);
  subscribe.mockRestore();
  await revoke();
  await world.owner.query(`UPDATE actions SET status = 'rejected' WHERE id = $1`, [id]);
  const reply = await waiting;
  expect(reply).toMatchObject({ status: 401, body: { code: 'token_revoked' } });
  expect(reply.body).not.toHaveProperty('action_status');
  expect(await client.send('GET', `/v1/actions/${id}?wait=30`)).toMatchObject({
    ...{ status: 200, body: { status: 'rejected' } },
  });
});

/** Has the tool wait with its answer to the next call until it is let go. */
function holding() {
  let answer: () => void = () => undefined;
  const called = new Promise<void>((reached) => {
    tool.behave((request, response) => {
      answer = () => void answerOk(request, response);
      reached();
    });
  });
  return { called, answer: () => answer() };
}

it('a revoked token joins nothing that another began, and writes nothing but its refusal', async () => {
  const { propose, revoke } = another();
  await revoke();
  const { called, answer } = holding();
  const key = newId('key');
  const first = client.propose(session, small, {}, key);
  await called;
  const before = (await refusals('POST /v1/actions')).length;
  for (const parameters of [small, { ...small, amount: 6 }]) {
    expect(await propose(session, parameters, {}, key)).toMatchObject({
      ...{ status: 401, body: { code: 'token_revoked' } },
    });
  }
  const joined = clientOf(running.url, world, agent).propose(session, small, {}, key);
  answer();
  const [{ status, body }, same] = await Promise.all([first, joined]);
  expect(status).toBe(200);
  expect(same.body).toEqual(body);
  expect((await world.actions()).filter((row) => row['idempotency_key'] === key)).toHaveLength(1);
  expect(await refusals('POST /v1/actions')).toHaveLength(before + 2);
});

it('a token that is revoked while another process runs the same request is not told how it ended', async () => {
  const second = await serveGateway({ host: '127.0.0.1', port: 0 });
  const [theirs, elsewhere] = [another(), clientOf(second.url, world, agent)];
  const { called, answer } = holding();
  const key = newId('key');
  const first = theirs.propose(session, small, {}, key);
  await called;
  const record = vi.spyOn(second.gateway.recorder, 'record');
  const waiting = elsewhere.propose(session, small, {}, key);
  // It is known by then that the key has been used.
  await vi.waitFor(() => expect(record.mock.settledResults[0]?.type).toBe('fulfilled'));
  await world.insert('revoked_tokens', {
    ...{ workspace_id: world.workspace, jti: elsewhere.jti, expires_at: elsewhere.expiresAt },
  });
  while ((await elsewhere.send('GET', `/v1/actions/${there}`)).status === 200);
  answer();
  const refused = await waiting;
  expect(refused).toMatchObject({ status: 401, body: { code: 'token_revoked' } });
  expect(refused.body).not.toHaveProperty('result');
  expect((await first).body).toMatchObject({ status: 'succeeded' });
  expect((await world.actions()).filter((row) => row['idempotency_key'] === key)).toHaveLength(1);
  await second.stop();
});
