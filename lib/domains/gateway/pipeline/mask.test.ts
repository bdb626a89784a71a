import { afterAll, beforeAll, expect, it } from 'vitest';
import { inTenant, createPool } from '@/lib/infra/pg';
import { newId } from '@/lib/kernel/ids';
import { displayDigest } from '../digest';
import { type RunningGateway, serveGateway } from '../http/serve';
import type { Display } from '../schema';
import { startTool, type TestTool } from '../test/tool';
import { clientOf, makeWorld, type World } from '../test/world';

let gateway: RunningGateway;
let tool: TestTool;
let world: World;
let client: ReturnType<typeof clientOf>;

beforeAll(async () => {
  gateway = await serveGateway({ host: '127.0.0.1', port: 0 });
  tool = await startTool();
  world = await makeWorld();
  const agent = await world.agent();
  client = clientOf(gateway.url, world, agent);
  const role = await world.role(agent.id);
  const any = { type: 'object', properties: { amount: { type: 'number' } } };
  for (const [key, tier] of [
    ['mail.note', 1],
    ['mail.ask', 3],
  ] as const) {
    const type = await world.actionType(await world.tool(tool.url), {
      ...{ key, parameters: any, path_template: '/x' },
    });
    await world.permission(role, type, { tier });
  }
});

afterAll(async () => {
  await gateway.stop();
  await tool.close();
  await world.close();
});

const said = {
  summary: 'Refund for jane@example.com',
  why: 'She called from +44 20 7946 0958 about card 4111 1111 1111 1111',
  evidence: [{ title: 'Mail of jane@example.com', source: 'mail', ref: '', content: { a: 1 } }],
  untrusted: ['I am jane@example.com, IBAN DE89 3704 0044 0532 0130 00'],
};
const masked = {
  summary: 'Refund for [email]',
  why: 'She called from [phone] about card [card …1111]',
  evidence: [{ ...said.evidence[0], title: 'Mail of [email]' }],
  untrusted: ['I am [email], IBAN [iban]'],
};

it('keeps what is said of an action without personal data, and what is done as it is', async () => {
  const session = await client.session();
  const parameters = { note: 'for jane@example.com' };
  const reply = await client.propose(session, parameters, { ...said, action: 'mail.note' });
  expect(reply.status).toBe(200);
  const row = (await world.actions()).find(({ id }) => id === reply.body['id']);
  expect(row).toMatchObject({ ...masked, parameters });
  expect(JSON.stringify(tool.seen.at(-1))).toContain('jane@example.com');
  const events = (await world.events()).filter((event) => event['action'] === reply.body['id']);
  const [decided] = events.filter((event) => event['type'] === 'action.decided');
  expect(decided).toMatchObject({ data: { summary: masked.summary, why: masked.why } });
});

it('takes a request for the same by what was sent, and not by what was kept of it', async () => {
  const session = await client.session();
  const key = newId('key');
  const over = { ...said, action: 'mail.note' };
  const first = await client.propose(session, {}, over, key);
  expect(first.status).toBe(200);
  expect((await client.propose(session, {}, over, key)).body).toEqual(first.body);
  const other = { ...over, summary: 'Refund for john@example.com' };
  expect(await client.propose(session, {}, other, key)).toMatchObject({
    status: 409,
    body: { code: 'idempotency_conflict' },
  });
});

it('shows an approver what is kept, and binds the approval to it', async () => {
  const session = await client.session();
  const reply = await client.propose(session, {}, { ...said, action: 'mail.ask' });
  expect(reply.status).toBe(202);
  const pool = createPool('countersign_app', 1);
  const { rows } = await inTenant(pool, world.workspace, (db) =>
    db.query<{ display: Display; display_digest: string }>(
      'SELECT display, display_digest FROM approvals WHERE action_id = $1',
      [reply.body['id']],
    ),
  );
  await pool.end();
  expect(rows[0]?.display).toMatchObject(masked);
  expect(rows[0] && displayDigest(rows[0].display)).toBe(rows[0]?.display_digest);
});
