import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '@/lib/kernel/ids';
import { type RunningGateway, serveGateway } from './http/serve';
import { clientOf, makeWorld, type World } from './test/world';
import { startTool, type TestTool } from './test/tool';

let running: RunningGateway;
let tool: TestTool;
let world: World;
let client: ReturnType<typeof clientOf>;

beforeAll(async () => {
  running = await serveGateway({ host: '127.0.0.1', port: 0 });
  tool = await startTool();
  world = await makeWorld();
  const agent = await world.agent();
  client = clientOf(running.url, world, agent);
  const type = await world.actionType(await world.tool(tool.url));
  await world.permission(await world.role(agent.id), type, { tier: 3 });
});

afterAll(async () => {
  await running.stop();
  await tool.close();
  await world.close();
});

async function held(): Promise<string> {
  const { status, body } = await client.propose(await client.session(), {
    order_id: '7',
    amount: 3,
  });
  expect(status).toBe(202);
  return String(body['id']);
}

/** Whether a wait is over, without waiting. */
const isOver = (wait: Promise<unknown>) =>
  Promise.race([wait.then(() => true), Promise.resolve().then(() => false)]);

const steps: [string, (id: string) => Promise<unknown>][] = [
  [
    'a decision',
    (id) => world.owner.query(`UPDATE actions SET status = 'rejected' WHERE id = $1`, [id]),
  ],
  [
    'a question',
    (id) =>
      world.owner.query(
        `INSERT INTO approval_questions (id, workspace_id, action_id, asked_by, question, asked_at)
         SELECT $1, workspace_id, id, agent_id, 'Why twice?', now() FROM actions WHERE id = $2`,
        [newId('qst'), id],
      ),
  ],
];

it.each(steps)('%s wakes who waits for that action, and nobody else', async (_, step) => {
  const { wakes } = running.gateway;
  const [one, other] = [await held(), await held()];
  const [waiting, also, bystander] = [one, one, other].map((id) => wakes.subscribe(id));
  const minute = 60_000;
  const asleep = bystander?.wait(minute);
  const woken = [waiting?.wait(minute), also?.wait(minute)];
  await step(one);
  await Promise.all(woken);
  expect(await isOver(asleep ?? Promise.resolve())).toBe(false);
  bystander?.wake();
  await asleep;
  for (const each of [waiting, also, bystander]) each?.close();
});
