import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drainOutbox } from '@/lib/domains/trail/server';
import { type OwnDatabase, ownDatabase } from '@/lib/domains/trail/test/own-database';
import { type RunningGateway, serveGateway } from './http/serve';
import { startTool, type TestTool } from './test/tool';
import { clientOf, makeWorld, type World } from './test/world';

let own: OwnDatabase;
let gateway: RunningGateway;
let tool: TestTool;

beforeAll(async () => {
  own = await ownDatabase();
  gateway = await serveGateway({ host: '127.0.0.1', port: 0 });
  tool = await startTool();
});
afterAll(async () => {
  await gateway?.stop();
  await tool?.close();
  await own?.stop();
});

async function workspace() {
  const world = await makeWorld();
  const agent = await world.agent();
  const type = await world.actionType(await world.tool(tool.url));
  await world.permission(await world.role(agent.id), type);
  const client = clientOf(gateway.url, world, agent);
  return { world, client, session: await client.session() };
}
const propose = ({ client, session }: Awaited<ReturnType<typeof workspace>>) =>
  client.propose(session, { order_id: '1', amount: 5 });
const waiting = async ({ workspace: id }: World) =>
  (
    await own.control.query<{ seq: string; noted: boolean }>(
      `SELECT o.seq, r.seq IS NOT NULL AS noted FROM outbox o LEFT JOIN outbox_refused r ON r.seq = o.seq
        WHERE o.workspace_id = $1 ORDER BY o.seq`,
      [id],
    )
  ).rows;

describe('an event that the trail refuses', () => {
  it('stops its own workspace once it has waited too long, and nobody else', async () => {
    const { backlog } = gateway.gateway;
    backlog.stop();
    const [hurt, well] = [await workspace(), await workspace()];
    await drainOutbox();
    await own.administrator.query(
      `ALTER TABLE events ADD CONSTRAINT refused CHECK (type <> 'action.decided' OR workspace_id <> '${hurt.world.workspace}')`,
    );
    expect((await propose(hurt)).status).toBe(200);
    await drainOutbox();
    expect(await waiting(hurt.world)).toMatchObject([{ noted: true }]);
    await backlog.look();
    // For a while it may yet go.
    expect((await propose(hurt)).status).toBe(200);
    await drainOutbox();
    await own.control.query(
      `UPDATE outbox SET created_at = now() - interval '2 days' WHERE workspace_id = $1`,
      [hurt.world.workspace],
    );
    await backlog.look();
    const before = (await hurt.world.actions()).length;
    expect(await propose(hurt)).toMatchObject({
      status: 503,
      body: { code: 'trail_refuses_events' },
    });
    expect(
      await hurt.client.send('POST', '/v1/sessions', {
        initiator: { type: 'customer', id: 'cus_1' },
        auth_context: { method: 'password' },
        attributes: {},
      }),
    ).toMatchObject({ status: 503, body: { code: 'trail_refuses_events' } });
    expect((await hurt.world.actions()).length).toBe(before);
    expect((await propose(well)).status).toBe(200);
    expect(backlog.isBehind).toBe(false);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/^countersign_outbox_refused_events 2$/m);
    expect(metrics).toMatch(/^countersign_outbox_refused_age_seconds 1728\d\d/m);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);

    await own.administrator.query('ALTER TABLE events DROP CONSTRAINT refused');
    await drainOutbox();
    expect(await waiting(hurt.world)).toEqual([]);
    await backlog.look();
    expect((await propose(hurt)).status).toBe(200);
    expect(backlog.refused).toEqual({ events: 0, ageMs: 0 });
    await Promise.all([hurt.world.close(), well.world.close()]);
  });

  it('counts for everyone while it is not known to be refused: the trail may be away', async () => {
    const { backlog } = gateway.gateway;
    const one = await workspace();
    expect((await propose(one)).status).toBe(200);
    const late = await workspace();
    await own.control.query(`UPDATE outbox SET created_at = now() - interval '2 days'`);
    await backlog.look();
    expect(await propose(late)).toMatchObject({ status: 503, body: { code: 'trail_behind' } });
    await drainOutbox();
    await backlog.look();
    expect((await propose(late)).status).toBe(200);
    await Promise.all([one.world.close(), late.world.close()]);
  });
});
