import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeGatewayJobs, type RunningGateway, startGateway } from '@/lib/domains/gateway/server';
import { clientOf, makeWorld, type World } from '@/lib/domains/gateway/test/world';
import { as } from '@/lib/domains/workspaces/test/workspace';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { closeQueue } from '@/lib/infra/queue';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { peopleOf } from './people';
import { expireHeld, findMine, loadApprovals, waitingNeeds } from './repo';
import { createDelegation } from './routing/delegations';
import { createGroup } from './routing/groups';
import { createRoute } from './routing/routes';
import type { Approval } from './schema';
import { approveAction } from './service/decide';
import { countApprovals, listApprovals } from './service/read';
import { verdictOn } from './view';

const OTHERS = 1_050;
let gateway: RunningGateway;
let world: World;
let finance: string;
let legal: string;
let admin: string;
let ofLegal: string;
/** A permission that finance changed last, and an agent that legal answers for. */
let edited: string;
let sponsored: string;
const groupIds: Record<string, string> = {};
/** Held in this order: those of legal come first, and are more than one page looks at. */
const ofFinance: string[] = [];

beforeAll(async () => {
  world = await makeWorld();
  admin = await newMember(['admin']);
  finance = await newMember(['approver']);
  legal = await newMember(['approver']);
  const agent = await world.agent();
  const role = await world.role(agent.id);
  const tool = await world.tool('http://127.0.0.1:9');
  for (const [key, one] of [
    ['refunds.create', finance],
    ['contracts.sign', legal],
  ] as const) {
    const type = await world.actionType(tool, { key });
    await world.permission(role, type, { tier: 3 });
    const ctx = as(world.workspace, admin, ['admin']);
    const { id: group } = await createGroup(ctx, { name: key, members: [one] });
    groupIds[key] = group;
    await createRoute(ctx, {
      ...{ name: key, fits: { action_types: [key] }, needs: [{ group, count: 1 }] },
    });
  }
  const other = await world.role((await world.agent()).id);
  edited = await world.permission(other, await world.actionType(tool, { key: 'other' }), {
    updated_by: finance,
  });
  sponsored = (await world.agent({ sponsor_id: legal })).id;
  gateway = await startGateway({ host: '127.0.0.1', port: 0 });
  const client = clientOf(gateway.url, world, agent);
  const session = await client.session();
  const hold = async (action: string) => {
    const { status, body } = await client.propose(session, { order_id: '1' }, { action });
    expect(status).toBe(202);
    return String(body['id']);
  };
  ofLegal = await hold('contracts.sign');
  await repeat(ofLegal, OTHERS - 1);
  for (let index = 0; index < 3; index += 1) ofFinance.push(await hold('refunds.create'));
});

afterAll(async () => {
  await gateway.stop();
  await world.close();
  await closeGatewayJobs();
  await closeQueue();
  await closeDb();
});

function newMember(roles: string[]): Promise<string> {
  const id = newId('mbr');
  return world.insert('members', {
    ...{ id, workspace_id: world.workspace, email: `${id}@example.test`, name: id, roles },
    updated_at: new Date(),
  });
}

/** Those that go to this type's group. */
function keysFor(keys: { key: bigint; needs: unknown }[], type: string) {
  const group = Object.entries(groupIds).find(([key]) => key.startsWith(type))?.[1] ?? '';
  return keys
    .filter(({ needs }) => JSON.stringify(needs).includes(group))
    .map(({ key }) => ({ key, latest: null }));
}

/** Many held actions like this one; their ids. */
async function repeat(id: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId('act'));
  for (const [table, key] of [
    ['actions', 'id'],
    ['approvals', 'action_id'],
  ]) {
    const changed = `jsonb_build_object('${key}', ids.id, 'idempotency_key', ids.id)`;
    const { rows } = await world.owner.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns
       WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER'`,
      [table],
    );
    const columns = rows.map(({ name }) => name).join(', ');
    await world.owner.query(
      `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM (
         SELECT (jsonb_populate_record(one, ${changed})).*
         FROM ${table} one, unnest($2::text[]) AS ids (id) WHERE one.${key} = $1) copies`,
      [id, ids],
    );
  }
  return ids;
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

it('finds what is mine without looking at what others decide', async () => {
  const [first, second] = [ofFinance.slice(0, 2), ofFinance.slice(2)];
  expect(idsOf(await pagesOf(finance, 2))).toEqual([first, second]);
  expect(idsOf(await pagesOf(finance, 50))).toEqual([ofFinance]);
  await inWorkspace(world.workspace, async (tx) => {
    const keys = await waitingNeeds(tx);
    const [legals, finances] = [keysFor(keys, 'contracts'), keysFor(keys, 'refunds')];
    expect([legals.length, finances.length]).toEqual([1, 1]);
    const asked = { member: finance, now: clock.now(), keys: finances };
    expect(await findMine(tx, asked, 1_000)).toHaveLength(ofFinance.length);
  });
});

it('is counted for whom it waits, and for nobody else', async () => {
  const counted = (member: string, ...roles: ('admin' | 'approver' | 'auditor')[]) =>
    countApprovals(as(world.workspace, member, roles), {});
  const pending = OTHERS + ofFinance.length;
  expect(await counted(finance, 'approver')).toMatchObject({ pending, mine: ofFinance.length });
  // Of very many it is no more than at least so many.
  expect(await counted(legal, 'approver')).toMatchObject({ pending, mine: 100 });
  expect(await counted(admin, 'admin')).toMatchObject({ pending, mine: null });
  expect(await counted(admin, 'auditor')).toMatchObject({ pending, mine: null });
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

it('leaves out nothing that the rule would keep, whatever waits', async () => {
  const ctx = as(world.workspace, admin, ['admin']);
  const both = await newMember(['approver']);
  const nobody = await newMember(['approver']);
  const { id: extra } = await createGroup(ctx, { name: 'Extra', members: [both, finance] });
  const now = clock.now();
  await createDelegation(as(world.workspace, legal, ['approver']), {
    ...{ to: nobody, reason: 'Away' },
    ends_at: new Date(now.getTime() + 3_600_000).toISOString(),
  });
  const groups = fc.constantFrom(
    null,
    groupIds['contracts.sign'],
    groupIds['refunds.create'],
    extra,
  );
  const step = fc.record({ after_minutes: fc.constantFrom(1, 30, 90), group: groups });
  const row = fc.record({
    needs: fc.array(
      fc.record({
        group: groups,
        count: fc.constantFrom(1, 2),
        escalation: fc.array(step, { maxLength: 2 }),
      }),
      { minLength: 1, maxLength: 2 },
    ),
    // Some were asked for by a clock that is ahead.
    waited: fc.integer({ min: -1, max: 120 }),
    initiator: fc.constantFrom({}, { id: both }, { email: ` ${both}@EXAMPLE.test ` }),
    permissions: fc.constantFrom([], [edited]),
    status: fc.constantFrom('pending', 'pending', 'pending', 'expired', 'cancelled'),
    left: fc.constantFrom(-60, 3_600),
    signer: fc.option(fc.constantFrom(both, finance, legal)),
    agent: fc.constantFrom('', sponsored),
  });
  const rows = fc.sample(row, { seed: 5, numRuns: 250 });
  const ids = await repeat(ofFinance.at(-1) ?? '', rows.length);
  await world.owner.query(
    `UPDATE approvals p SET needs = r.needs, requested_at = r.at, expires_at = r.until,
       display = jsonb_set(p.display, '{session,initiator}', r.initiator)
     FROM jsonb_to_recordset($1) AS r(id text, needs jsonb, at timestamptz, until timestamptz, initiator jsonb)
     WHERE p.action_id = r.id`,
    [
      JSON.stringify(
        rows.map(({ initiator, left, needs, waited }, at) => ({
          ...{ id: ids[at], needs, initiator },
          at: new Date(now.getTime() - waited * 60_000),
          until: new Date(now.getTime() + left * 1_000),
        })),
      ),
    ],
  );
  for (const [at, { agent, permissions, signer, status, waited }] of rows.entries()) {
    await world.owner.query(
      `UPDATE actions SET status = $2, permissions = $3, created_at = $4,
         agent_id = coalesce(nullif($5, ''), agent_id) WHERE id = $1`,
      [ids[at], status, permissions, new Date(now.getTime() - waited * 60_000), agent],
    );
    if (signer === null) continue;
    await world.owner.query(
      `INSERT INTO approval_signatures (id, workspace_id, action_id, member_id, in_place_of, decision, places,
         digest, display_digest, auth_method, signed_at)
       SELECT $2, p.workspace_id, p.action_id, $3, $3, 'approved', '{0}', a.digest, p.display_digest, 'password', now()
       FROM approvals p JOIN actions a ON a.id = p.action_id WHERE p.action_id = $1`,
      [ids[at], newId('sgn'), signer],
    );
  }
  const found: number[] = [];
  for (const member of [finance, legal, both, nobody]) {
    const byRule = await inWorkspace(world.workspace, async (tx) => {
      const all = await tx.approval.findMany({ select: { actionId: true } });
      const loaded = await loadApprovals(
        tx,
        all.map(({ actionId }) => actionId),
      );
      const { actor } = as(world.workspace, member, ['approver']);
      const people = await peopleOf(tx, loaded, actor);
      return loaded.filter((one) => verdictOn(one, people, actor).allowed);
    });
    const mine = idsOf(await pagesOf(member, 200)).flat();
    expect(new Set(mine).size).toBe(mine.length);
    expect(new Set(mine)).toEqual(new Set(byRule.map(({ actionId }) => actionId)));
    found.push(mine.filter((id) => ids.includes(id)).length);
  }
  // Each is somebody's at times, and never all of it.
  for (const count of found) expect(count).toBeGreaterThan(5);
  for (const count of found) expect(count).toBeLessThan(rows.length);
});

it('takes out of the index what ended undecided', async () => {
  await inWorkspace(world.workspace, (tx) => expireHeld(tx, clock.now(), 2_000));
  const { rows } = await world.owner.query<{ left: number }>(
    `SELECT count(*)::int AS left FROM approvals p JOIN actions a ON a.id = p.action_id
     WHERE p.workspace_id = $1 AND p.waiting AND p.decision IS NULL AND a.status <> 'pending'`,
    [world.workspace],
  );
  expect(rows).toEqual([{ left: 0 }]);
  const idle = await world.owner.query(
    `SELECT 1 FROM approvals WHERE workspace_id = $1 AND NOT waiting`,
    [world.workspace],
  );
  expect(idle.rowCount).toBeGreaterThan(0);
});
