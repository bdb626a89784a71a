/** How much of what another gateway says of its request is kept, and that more writes nothing. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeGatewayJobs } from '@/lib/domains/gateway/server';
import { actionsOf, denialOf, makeScene, refund, type Scene } from './test/other-gateway';

let scene: Scene;
beforeAll(async () => {
  scene = await makeScene();
});
afterAll(async () => {
  await closeGatewayJobs();
  await scene.close();
});

async function ask(context: Record<string, unknown>) {
  const question = { ...refund(scene.agent.id), context };
  const denial = denialOf(await scene.send('POST', 'evaluation', question));
  const before = await scene.written();
  const reply = await scene.send('POST', 'requests', { ...question, denial });
  return { reply, before };
}

it.each<[string, Record<string, unknown>]>([
  ['context.session', { session: { note: 'x'.repeat(16_000) } }],
  ['context.session', { session: { list: Array.from({ length: 301 }, () => 0) } }],
  ['context.session', { session: { a: { b: { c: { d: { e: {} } } } } } }],
  ['context.user', { user: 'x'.repeat(401) }],
])('a request with too much in %s is refused, and nothing is written', async (field, context) => {
  const { reply, before } = await ask(context);
  expect(reply).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  expect(await scene.written()).toEqual(before);
});

it('what fits is kept', async () => {
  const session = { note: 'x'.repeat(15_900) };
  const { reply } = await ask({ session, user: 'x'.repeat(400) });
  expect(reply.status).toBe(202);
});

it('a reason that is cut is cut between characters or says that half of one is missing', async () => {
  const { reply } = await ask({ business_justification: `${'x'.repeat(1_999)}😀` });
  expect(reply.status).toBe(202);
  const [id] = await actionsOf(scene, reply.body.task.id);
  const row = (await scene.world.actions()).find((one) => one['id'] === id);
  expect(row?.['why']).toBe(`${'x'.repeat(1_999)}\uFFFD`);
});
