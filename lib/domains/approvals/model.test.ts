/**
 * Held actions under random interleavings of members, workers, clock and crashes: of whatever
 * happens at once, there is one outcome, one execution, never without the quorum and never
 * by somebody who is kept away.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  closeGatewayJobs,
  executeApproved,
  gatewayJobs,
  type RunningGateway,
  startGateway,
} from '@/lib/domains/gateway/server';
import { startTool, type TestTool } from '@/lib/domains/gateway/test/tool';
import { clientOf, makeWorld, type World } from '@/lib/domains/gateway/test/world';
import { closeDb } from '@/lib/infra/db';
import { closeQueue } from '@/lib/infra/queue';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { Problem } from '@/lib/kernel/problem';
import { approvalsJobs } from './jobs';
import { createDelegation } from './routing/delegations';
import { createGroup } from './routing/groups';
import { createRoute, updateRoute } from './routing/routes';
import { approveAction, breakGlassOn, rejectAction } from './service/decide';

const MINUTE = 60_000;
const WAIT_MINUTES = 60;

let gateway: RunningGateway;
let tool: TestTool;
let world: World;
let agent: { id: string; credential: string };
let route: string;
let admin: string;
const groups: string[] = [];
/** Members by what they are: in which group, or kept away. */
const people: Record<string, string> = {};

beforeAll(async () => {
  tool = await startTool();
  world = await makeWorld();
  const member = async (name: string, roles = ['approver']) => {
    const id = newId('mbr');
    people[name] = id;
    await world.insert('members', {
      ...{ id, workspace_id: world.workspace, email: `${id}@example.test`, name, roles },
      updated_at: new Date(),
    });
    return id;
  };
  admin = await member('admin', ['admin']);
  for (const name of ['a1', 'a2', 'b1', 'b2', 'both', 'outside', 'deputy', 'sponsor', 'editor'])
    await member(name);
  await member('starter');
  await member('auditor', ['auditor']);
  agent = await world.agent({ sponsor_id: people['sponsor'] });
  const role = await world.role(agent.id);
  const type = await world.actionType(await world.tool(tool.url));
  await world.permission(role, type, { tier: 3, updated_by: people['editor'] });
  const make = async (name: string, names: string[]) => {
    const members = names.map((one) => people[one]);
    groups.push((await createGroup(as('admin'), { name, members })).id);
  };
  await make('A', ['a1', 'a2', 'both', 'sponsor', 'editor', 'starter']);
  await make('B', ['b1', 'b2', 'both']);
  await createDelegation(as('a2'), {
    ...{ to: people['deputy'], ends_at: new Date(Date.now() + 86_400_000).toISOString() },
  });
  route = (
    await createRoute(as('admin'), {
      ...{ name: 'All', fits: {}, needs: [{ group: groups[0], count: 1 }] },
      wait_minutes: WAIT_MINUTES,
    })
  ).id;
  gateway = await startGateway({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await gateway.stop();
  await tool.close();
  await world.close();
  await closeGatewayJobs();
  await closeQueue();
  await closeDb();
});

const rolesOf = (name: string) =>
  ({ admin: ['admin'], auditor: ['auditor'] })[name] ?? ['approver'];

function as(name: string): Context {
  const actor = {
    ...{ type: 'member' as const, id: people[name] ?? admin, name, roles: rolesOf(name) },
    ...{ abilities: [], method: 'password', authenticatedAt: 0 },
  };
  return { workspace: world.workspace, requestId: newId('req'), actor };
}

const run = (id: string) => executeApproved.perform(world.workspace, { action: id });
const caughtUp = gatewayJobs.filter(({ name }) =>
  ['gateway.sweep_actions', 'gateway.resume_approved'].includes(name),
);

/** What goes through all that waits, time and again. */
const sweeps = approvalsJobs.filter(({ schedule }) => schedule !== undefined);

async function hold(): Promise<string> {
  const client = clientOf(gateway.url, world, agent);
  const started = await client.send('POST', '/v1/sessions', {
    initiator: { type: 'member', id: people['starter'] },
    auth_context: {},
    attributes: {},
  });
  const answer = await client.propose(String(started.body['id']), { order_id: '1', amount: 750 });
  expect(answer.status).toBe(202);
  return String(answer.body['id']);
}

type Step =
  | { do: 'approve' | 'reject' | 'break'; by: string }
  | { do: 'run' | 'expire' | 'sweep' | 'die' | 'cancel' }
  | { do: 'later'; minutes: number };

const keptAway = ['outside', 'sponsor', 'editor', 'starter', 'admin', 'auditor'];
const signers = ['a1', 'a2', 'b1', 'both', 'deputy'];
const names = [...signers, ...signers, ...signers, ...keptAway];
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('approve' as const), by: fc.constantFrom(...names) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('reject' as const), by: fc.constantFrom(...names) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('break' as const), by: fc.constantFrom(...names) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('run', 'expire', 'sweep', 'die', 'cancel') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('later' as const),
      minutes: fc.integer({ min: 1, max: 40 }),
    }),
  },
) as fc.Arbitrary<Step>;
/** What happens at once, one after another. */
const story = fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), {
  minLength: 1,
  maxLength: 5,
});
/** Found by chance once: who has signed breaks the glass after all. */
const signedThenBroke: Step[][] = [[{ do: 'approve', by: 'b1' }], [{ do: 'break', by: 'b1' }]];
/** What chance alone need not bring: a yes that takes one more beside it, and a no. */
const signedBeside: Step[][] = [[{ do: 'approve', by: 'a1' }], [{ do: 'approve', by: 'a2' }]];
const turnedDown: Step[][] = [[{ do: 'reject', by: 'a2' }]];
/** Pairs of a group and how many of it. */
const needs: fc.Arbitrary<number[][]> = fc.constantFrom(
  [[0, 1]],
  [[0, 2]],
  [
    [0, 1],
    [1, 1],
  ],
  [
    [0, 2],
    [1, 1],
  ],
);

/** A worker that takes an action and is gone: the claim commits, and nothing is heard of it. */
async function takeAndDie(id: string): Promise<void> {
  const at = clock.now();
  await world.owner.query(
    `UPDATE actions SET status = 'running', started_at = $2, deadline_at = $3
     WHERE id = $1 AND status = 'approved'`,
    [id, at, new Date(at.getTime() + 1_000)],
  );
}

async function take(one: Step, id: string): Promise<unknown> {
  const reason = 'Because of this model and nothing else';
  switch (one.do) {
    case 'approve':
      return approveAction(as(one.by), { id });
    case 'reject':
      return rejectAction(as(one.by), { id, reason });
    case 'break':
      return breakGlassOn(as(one.by), { id, reason });
    case 'run':
      return run(id);
    case 'expire':
      return Promise.all(sweeps.map((one) => one.perform(world.workspace, {})));
    case 'sweep':
      for (const one of caughtUp) await one.perform(world.workspace, {});
      return undefined;
    case 'die':
      return takeAndDie(id);
    case 'cancel':
      return clientOf(gateway.url, world, agent).send('POST', `/v1/actions/${id}/cancel`);
    case 'later':
      return undefined;
  }
}

/** The groups of whose place each may take; whoever is kept away takes none. */
const mayTake: Record<string, [string, number[]]> = {
  a1: ['a1', [0]],
  a2: ['a2', [0]],
  b1: ['b1', [1]],
  both: ['both', [0, 1]],
  deputy: ['a2', [0]],
};

/** Whose signature takes one more beside it, of somebody else. */
const raised = ['a1', 'both'];

/** As below, with somebody left over whose own takes none where anyone's takes one. */
function enough(wanted: readonly number[][], signers: readonly string[]): boolean {
  if (!signers.some((name) => raised.includes(name))) return fills(wanted, signers);
  return signers.some(
    (left) =>
      !raised.includes(left) &&
      mayTake[left] !== undefined &&
      // One place is one person's, whoever takes it.
      new Set(signers.map((name) => mayTake[name]?.[0])).size === signers.length &&
      fills(
        wanted,
        signers.filter((name) => name !== left),
      ),
  );
}

/** Whether these people fill the needs: every choice of a group for each is tried. */
function fills(wanted: readonly number[][], signers: readonly string[]): boolean {
  const go = (at: number, left: readonly number[], taken: readonly string[]): boolean => {
    if (left.every((count) => count <= 0)) return true;
    const name = signers[at];
    if (name === undefined) return false;
    const [place, own] = mayTake[name] ?? ['', []];
    const free = taken.includes(place) ? [] : own;
    return [...free, -1].some((group) =>
      go(
        at + 1,
        left.map((count, index) => (wanted[index]?.[0] === group ? count - 1 : count)),
        group === -1 ? taken : [...taken, place],
      ),
    );
  };
  return go(
    0,
    wanted.map(([, count]) => count ?? 1),
    [],
  );
}

describe('a held action, whatever happens at once', () => {
  it('runs on two signatures that are given at the same moment', async () => {
    const two = [{ group: groups[0], count: 2, escalation: [] }];
    await updateRoute(as('admin'), { id: route, needs: two });
    await expect.poll(heldNeeds).toEqual(two);
    const held = await Promise.all(Array.from({ length: 12 }, hold));
    const both = held.flatMap((id) => ['a1', 'both'].map((by) => approveAction(as(by), { id })));
    const answers = await Promise.all(both);
    for (const id of held) {
      const statuses = answers.filter((one) => one.id === id).map(({ status }) => status);
      expect(statuses.toSorted()).toEqual(['approved', 'pending']);
    }
  });

  it('has one outcome and one execution, never without its quorum', async () => {
    const real = clock.now;
    const nameOf = new Map(Object.entries(people).map(([name, id]) => [id, name]));
    const met = { approved: 0, refused: 0, broken: 0, ran: 0, beside: 0 };
    for (const name of raised)
      await world.insert('approver_raises', {
        ...{ member_id: people[name], workspace_id: world.workspace, missed_at: new Date() },
        ends_at: new Date(Date.now() + 30 * 86_400_000),
      });
    try {
      await fc.assert(
        fc.asyncProperty(needs, story, async (wanted, acts) => {
          clock.now = real;
          const given = wanted.map(([group, count]) => ({
            ...{ group: groups[group ?? 0], count, escalation: [] },
          }));
          await updateRoute(as('admin'), { id: route, needs: given });
          await expect.poll(heldNeeds).toEqual(given);
          const id = await hold();
          let minutes = 0;
          for (const act of acts) {
            for (const one of act) if (one.do === 'later') minutes += one.minutes;
            const ahead = minutes * MINUTE;
            clock.now = () => new Date(real().getTime() + ahead);
            for (const tried of await Promise.allSettled(act.map((one) => take(one, id))))
              if (tried.status === 'rejected' && !(tried.reason instanceof Problem))
                throw tried.reason;
          }
          await run(id);
          const { rows } = await world.owner.query(
            `SELECT a.status, p.decision, p.broke_glass,
               (SELECT coalesce(json_agg(json_build_object('by', s.member_id, 'for', s.in_place_of, 'decision', s.decision)), '[]')
                FROM approval_signatures s WHERE s.action_id = a.id) AS signatures
             FROM actions a JOIN approvals p ON p.action_id = a.id WHERE a.id = $1`,
            [id],
          );
          const [row] = rows;
          const yes = row.signatures.filter(
            (one: { decision: string }) => one.decision === 'approved',
          );
          const by = yes.map((one: { by: string }) => nameOf.get(one.by));
          const sent = tool.seen.filter(({ headers }) => headers['idempotency-key'] === id).length;
          expect(sent).toBeLessThanOrEqual(1);
          for (const name of ['sponsor', 'editor', 'starter', 'auditor'])
            expect(by).not.toContain(name);
          if (row.decision === 'approved') {
            met[row.broke_glass ? 'broken' : 'approved'] += 1;
            expect(row.broke_glass || enough(wanted, by)).toBe(true);
            if (!row.broke_glass && raised.some((name) => by.includes(name))) met.beside += 1;
            expect(['succeeded', 'running', 'unknown']).toContain(row.status);
          } else {
            expect(sent).toBe(0);
            expect(['pending', 'rejected', 'expired', 'cancelled']).toContain(row.status);
            if (row.status !== 'pending') met.refused += 1;
            expect(row.status === 'pending' && enough(wanted, by)).toBe(false);
          }
          if (sent === 1) met.ran += 1;
          // The trail tells the same: one end of the wait, and one of the run.
          const types = (await world.events())
            .filter((event) => event['action'] === id)
            .map((event) => String(event['type']));
          const ends = [
            'approval.approved',
            'approval.rejected',
            'approval.expired',
            'action.cancelled',
          ];
          const ended = types.filter((type) => ends.includes(type));
          expect(ended).toHaveLength(row.status === 'pending' ? 0 : 1);
          expect(
            types.filter((type) => /^action\.(succeeded|failed|unknown)$/.test(type)).length,
          ).toBeLessThanOrEqual(1);
          expect(
            types.filter((type) => type === 'approval.signed' || type === 'approval.approved'),
          ).toHaveLength(yes.length);
        }),
        {
          numRuns: 40,
          examples: [
            [
              [
                [0, 1],
                [1, 1],
              ],
              signedThenBroke,
            ],
            [[[0, 1]], signedBeside],
            [[[0, 1]], turnedDown],
          ],
        },
      );
    } finally {
      clock.now = real;
    }
    // Stories that never let anything run would prove nothing.
    for (const count of Object.values(met)) expect(count).toBeGreaterThan(0);
  });
});

/** What the gateway would hold the next action with. */
async function heldNeeds(): Promise<unknown> {
  const id = await hold();
  const { rows } = await world.owner.query('SELECT needs FROM approvals WHERE action_id = $1', [
    id,
  ]);
  await world.owner.query(`UPDATE actions SET status = 'cancelled' WHERE id = $1`, [id]);
  return rows[0]?.needs;
}
