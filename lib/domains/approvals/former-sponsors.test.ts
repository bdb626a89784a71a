/** Who answers for an agent signs nothing of it, also once somebody else is put in their place. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeGatewayJobs, type RunningGateway, startGateway } from '@/lib/domains/gateway/server';
import { clientOf, makeWorld, type World } from '@/lib/domains/gateway/test/world';
import { startTool, type TestTool } from '@/lib/domains/gateway/test/tool';
import { closeDb } from '@/lib/infra/db';
import { closeQueue } from '@/lib/infra/queue';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { approveAction, breakGlassOn } from './service/decide';
import { getApproval } from './service/read';

let gateway: RunningGateway;
let tool: TestTool;
const worlds: World[] = [];

beforeAll(async () => {
  tool = await startTool();
  gateway = await startGateway({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await gateway.stop();
  await tool.close();
  for (const world of worlds) await world.close();
  await closeGatewayJobs();
  await closeQueue();
  await closeDb();
});

/** Three approvers, the first of whom sponsors an agent whose actions are held. */
async function around(settings: Record<string, unknown>) {
  const world = await makeWorld(settings);
  worlds.push(world);
  const { workspace } = world;
  const member = async () => {
    const id = newId('mbr');
    return world.insert('members', {
      ...{ id, workspace_id: workspace, email: `${id}@example.test`, name: id },
      ...{ roles: ['admin', 'approver'], updated_at: new Date() },
    });
  };
  const [first, second, third] = [await member(), await member(), await member()];
  const agent = await world.agent({ sponsor_id: first });
  const role = await world.role(agent.id);
  const type = await world.actionType(await world.tool(tool.url));
  await world.permission(role, type, { tier: 3 });
  const client = clientOf(gateway.url, world, agent);
  const session = await client.session();
  const sponsorShown = async (id: string) => {
    const { rows } = await world.owner.query<{ sponsor: string }>(
      `SELECT display->'agent'->>'sponsor_id' AS sponsor FROM approvals WHERE action_id = $1`,
      [id],
    );
    return rows[0]?.sponsor;
  };
  const as = (id: string): Context => {
    const actor = {
      type: 'member',
      ...{ id, name: id, roles: ['admin', 'approver'], abilities: [] },
      ...{ method: 'password', authenticatedAt: 0 },
    } as const;
    return { workspace, requestId: newId('req'), actor };
  };
  const statusOf = async (id: string) =>
    (await world.actions()).find((row) => row['id'] === id)?.['status'];
  return {
    ...{ as, first, second, third, statusOf },
    sponsoredBy: (id: string) =>
      world.owner.query('UPDATE agents SET sponsor_id = $2 WHERE id = $1', [agent.id, id]),
    /** An action that the gateway held when this one was the sponsor, which it hears a moment later. */
    held: async (sponsor: string) => {
      let id = '';
      await expect
        .poll(async () => {
          const answer = await client.propose(session, { order_id: newId('req'), amount: 750 });
          id = String(answer.body['id']);
          return sponsorShown(id);
        })
        .toBe(sponsor);
      return id;
    },
    refusedTo: async (member: string, id: string) => {
      const events = async () => (await world.events()).filter((one) => one['action'] === id);
      const before = await events();
      const reason = 'It is mine, and I want it now';
      const refused = { status: 403 };
      await expect(approveAction(as(member), { id })).rejects.toMatchObject(refused);
      await expect(breakGlassOn(as(member), { id, reason })).rejects.toMatchObject(refused);
      expect((await getApproval(as(member), { id })).can.decide.allowed).toBe(false);
      expect(await statusOf(id)).toBe('pending');
      expect(await events()).toEqual(before);
    },
  };
}

describe('what waits', () => {
  it('is not signed by who has answered for its agent since it was held', async () => {
    const { as, first, held, refusedTo, second, sponsoredBy, statusOf, third } = await around({});
    const id = await held(first);
    await sponsoredBy(second);
    await sponsoredBy(third);
    for (const member of [first, second, third]) await refusedTo(member, id);
    await sponsoredBy(first);
    for (const member of [first, second, third]) await refusedTo(member, id);
    // Of what is held from then on it is the sponsor alone.
    const later = await held(first);
    await approveAction(as(second), { id: later });
    expect(await statusOf(later)).toBe('approved');
  });

  it('is not signed by who was until lately, where a second admin is asked for', async () => {
    const settings = { secondAdminWidens: true };
    const { as, first, held, refusedTo, second, sponsoredBy, statusOf, third } =
      await around(settings);
    await sponsoredBy(second);
    const id = await held(second);
    for (const member of [first, second]) await refusedTo(member, id);
    await approveAction(as(third), { id });
    expect(await statusOf(id)).toBe('approved');
  });
});
