import type { z } from 'zod';
import { groupsFor, type Need, Needs } from '@/lib/domains/gateway';
import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { encodeCursor } from '@/lib/kernel/page';
import type { Page } from '@/lib/kernel/page-input';
import { type People, peopleOf } from '../people';
import { mayDecide } from '../policy';
import { approvalKey, findMine, waitingNeeds } from '../repo';
import type { Approval, ListApprovals } from '../schema';
import { verdictOn, viewApproval } from '../view';

/** How many are looked at for one page; past them the page ends early, and goes on from there. */
const MOST = 1_000;
/** How many are read at once, at least; beyond a page only where the rule refuses some of it. */
const CHUNK = 25;

/**
 * Of what waits, what this member may decide. The rule is asked of each row, as it is when they
 * sign, so a page may end with fewer than its limit; `next` goes on behind the last one looked at.
 * What is asked is narrowed to what goes to their groups by now, or to those of whom they stand in for.
 */
export async function pageOfMine(
  tx: Tx,
  input: z.output<typeof ListApprovals>,
  actor: Actor,
): Promise<Page<Approval>> {
  const around = await peopleOf(tx, [], actor);
  if (!mayDecideAny(around, actor)) return { items: [], next: null };
  const keys = await keysOf(tx, around);
  if (keys.length === 0) return { items: [], next: null };
  const items: Approval[] = [];
  let { cursor } = input;
  let chunk = Math.max(CHUNK, input.limit);
  for (let looked = 0; looked < MOST; looked += chunk, chunk = Math.min(2 * chunk, MOST - looked)) {
    const asked = { member: actor.id, now: around.now, keys, agent: input.agent, cursor };
    const rows = await findMine(tx, asked, chunk + 1);
    const people = await peopleOf(tx, rows, actor);
    for (const [at, row] of rows.slice(0, chunk).entries()) {
      cursor = encodeCursor(approvalKey(row));
      if (verdictOn(row, people, actor).allowed) items.push(viewApproval(row, people, actor));
      if (items.length === input.limit)
        return { items, next: at + 1 < rows.length ? cursor : null };
    }
    if (rows.length <= chunk) return { items, next: null };
  }
  return { items, next: cursor ?? null };
}

/** Past so many nobody needs the number at a glance. */
const COUNTED = 100;

/**
 * How many wait that this member may decide, of the oldest hundred that could be theirs; null when
 * they may decide nothing, whatever waits. Asked for often, so it reads no more than one page would.
 */
export async function countMine(tx: Tx, actor: Actor): Promise<number | null> {
  const around = await peopleOf(tx, [], actor);
  if (!mayDecideAny(around, actor)) return null;
  const keys = await keysOf(tx, around);
  if (keys.length === 0) return 0;
  const rows = await findMine(tx, { member: actor.id, now: around.now, keys }, COUNTED);
  const people = await peopleOf(tx, rows, actor);
  return rows.filter((row) => verdictOn(row, people, actor).allowed).length;
}

/** Whether the rule would let them decide what goes to anyone: if not, nothing is theirs. */
function mayDecideAny({ me, now, secondFactor }: People, actor: Actor): boolean {
  const anybodys = {
    ...{ status: 'pending', requestedAt: now, expiresAt: new Date(now.getTime() + 1) },
    ...{ needs: [{ group: null, count: 1, escalation: [] }], groups: new Map<string, never>() },
    ...{
      sponsors: new Set<string>(),
      initiator: {},
      editors: new Set<string>(),
      signed: new Set<string>(),
    },
    ...{ missing: 1, beside: 0, raises: new Map<string, never>(), free: [], secondFactor },
  };
  return mayDecide(actor, me, [], anybodys, now).allowed;
}

/** Which needs, and asked for until when, go to them or to whom they stand in for by now. */
async function keysOf(tx: Tx, { me, now, others }: People) {
  const groups = new Set([me, ...others].flatMap((person) => [...person.groups]));
  const theirs = (group: string | null) => group === null || groups.has(group);
  return (await waitingNeeds(tx)).flatMap(({ key, needs }) => {
    const after = Needs.parse(needs).flatMap((need) => reachedAfter(need, theirs));
    if (after.length === 0) return [];
    const least = Math.min(...after);
    return [{ key, latest: least < 0 ? null : new Date(now.getTime() - least) }];
  });
}

/**
 * How long it has to have waited for the need to go to them, in milliseconds, of each way in which
 * it does; below 0 if it did from the first, whatever the clocks say.
 */
function reachedAfter(need: Need, theirs: (group: string | null) => boolean): number[] {
  const steps = [-1, ...need.escalation.map((step) => step.after_minutes * 60_000)];
  return steps.filter((waited) => groupsFor(need, waited).some(theirs));
}
