import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeGatewayJobs, type RunningGateway, startGateway } from '@/lib/domains/gateway/server';
import { clientOf, makeWorld, type World } from '@/lib/domains/gateway/test/world';
import { as } from '@/lib/domains/workspaces/test/workspace';
import { closeDb } from '@/lib/infra/db';
import { closeQueue } from '@/lib/infra/queue';
import { newId } from '@/lib/kernel/ids';
import { createGroup } from './routing/groups';
import { createRoute } from './routing/routes';
import type { Approval } from './schema';
import { approveAction } from './service/decide';
import { listApprovals } from './service/read';

const OTHERS = 1_050;
let gateway: RunningGateway;
let world: World;
let finance: string;
let legal: string;
/** Held in this order: those of legal come first, and are more than one page looks at. */
const ofFinance: string[] = [];

beforeAll(async () => {
  world = await makeWorld();
  const member = (roles: string[]) => {
    const id = newId('mbr');
    return world.insert('members', {
      ...{ id, workspace_id: world.workspace, email: `${id}@example.test`, name: id, roles },
      updated_at: new Date(),
    });
  };
  const admin = await member(['admin']);
  finance = await member(['approver']);
  legal = await member(['approver']);
  const agent = await world.agent();
  const role = await world.role(agent.id);
  const tool = await world.tool('http://127.0.0.1:9');
  for (const [key, one] of [
    ['refunds.create', finance],
    ['contracts.sign', legal],
  ] as const) {
    await world.permission(role, await world.actionType(tool, { key }), { tier: 3 });
    const ctx = as(world.workspace, admin, ['admin']);
    const { id: group } = await createGroup(ctx, { name: key, members: [one] });
    await createRoute(ctx, {
      ...{ name: key, fits: { action_types: [key] }, needs: [{ group, count: 1 }] },
    });
  }
  gateway = await startGateway({ host: '127.0.0.1', port: 0 });
  const client = clientOf(gateway.url, world, agent);
  const session = await client.session();
  const hold = async (action: string) => {
    const { status, body } = await client.propose(session, { order_id: '1' }, { action });
    expect(status).toBe(202);
    return String(body['id']);
  };
  await repeat(await hold('contracts.sign'));
  for (let index = 0; index < 3; index += 1) ofFinance.push(await hold('refunds.create'));
});

afterAll(async () => {
  await gateway.stop();
  await world.close();
  await closeGatewayJobs();
  await closeQueue();
  await closeDb();
});

/** Many held actions like this one. */
async function repeat(id: string): Promise<void> {
  const ids = Array.from({ length: OTHERS - 1 }, () => newId('act'));
  for (const [table, key] of [
    ['actions', 'id'],
    ['approvals', 'action_id'],
  ]) {
    const changed = `jsonb_build_object('${key}', ids.id, 'idempotency_key', ids.id)`;
    await world.owner.query(
      `INSERT INTO ${table} SELECT (jsonb_populate_record(one, ${changed})).*
       FROM ${table} one, unnest($2::text[]) AS ids (id) WHERE one.${key} = $1`,
      [id, ids],
    );
  }
}

async function pagesOf(member: string, limit: number): Promise<Approval[][]> {
  const pages: Approval[][] = [];
  let cursor: string | undefined;
  do {
    const page = await listApprovals(as(world.workspace, member, ['approver']), {
      ...{ mine: 'true', limit },
      ...(cursor ? { cursor } : {}),
    });
    pages.push(page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return pages;
}

const idsOf = (pages: Approval[][]) => pages.map((page) => page.map(({ id }) => id));

it('goes on behind what others decide until it has found what is mine', async () => {
  const [first, second] = [ofFinance.slice(0, 2), ofFinance.slice(2)];
  expect(idsOf(await pagesOf(finance, 2))).toEqual([[], first, second]);
  expect(idsOf(await pagesOf(finance, 50))).toEqual([[], ofFinance]);
});

it('names each of many once, a page at a time', async () => {
  const pages = idsOf(await pagesOf(legal, 200));
  expect(pages.map((page) => page.length)).toEqual([200, 200, 200, 200, 200, 50]);
  expect(new Set(pages.flat()).size).toBe(OTHERS);
  expect(pages.flat()).not.toContain(ofFinance[0]);
});

it('ends when I have signed, and is never of whom nothing waits for', async () => {
  const [id = ''] = ofFinance;
  await approveAction(as(world.workspace, finance, ['approver']), { id });
  expect(idsOf(await pagesOf(finance, 50)).flat()).toEqual(ofFinance.slice(1));
  const auditor = as(world.workspace, newId('mbr'), ['auditor']);
  const { items } = await listApprovals(auditor, { mine: 'true' });
  expect(items).toEqual([]);
});
