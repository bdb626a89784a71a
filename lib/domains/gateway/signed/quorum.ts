/**
 * When a held action has the signatures it needs. Asked when a person signs, and again of what
 * is stored before the action runs.
 */
import type { Need } from './schema';

export interface Signature {
  member_id: string;
  /** Whose place it takes: another's when it was delegated, otherwise the member's own. */
  in_place_of: string;
  decision: string;
  /** Which needs it may count for, by their place. */
  places: readonly number[];
  digest: string;
  display_digest: string;
  /** How many signatures of others it takes beside it, said when it was made. */
  extra: number;
}

/** What is signed: the action, as proposed or made narrower, and what was shown of it. */
export interface Signed {
  digest: string;
  displayDigest: string;
}

export interface Quorum {
  met: boolean;
  /** How many signatures each need still lacks. */
  missing: number[];
  /** How many signatures it takes beyond its needs, and how many of those it still lacks. */
  extra: { count: number; missing: number };
}

/** The groups that may sign for a need after so long a wait; null is any approver. */
export function groupsFor(need: Need, waitedMs: number): (string | null)[] {
  const later = need.escalation.filter((step) => step.after_minutes * 60_000 <= waitedMs);
  return [need.group, ...later.map((step) => step.group)];
}

/** Approving signatures that are of exactly this: one for each person, and one for each place taken. */
export function counted(signatures: readonly Signature[], signed: Signed): Signature[] {
  const heard = new Set<string>();
  return signatures.filter((one) => {
    if (one.decision !== 'approved') return false;
    if (one.digest !== signed.digest || one.display_digest !== signed.displayDigest) return false;
    const who = [one.member_id, one.in_place_of];
    if (who.some((id) => heard.has(id))) return false;
    for (const id of who) heard.add(id);
    return true;
  });
}

/**
 * Whether these signatures fill every need, each person counting once: a largest matching of
 * people to places, so that nobody's signature is spent where another's would have done.
 *
 * A signature that takes others beside it is met by as many more, of people whose own takes
 * none; of several such signatures the largest counts, not their sum. Those are placed first, so
 * that as few of the others as can be are spent on the needs.
 */
export function quorumOf(
  needs: readonly Need[],
  signatures: readonly Signature[],
  signed: Signed,
): Quorum {
  const people = counted(signatures, signed);
  const taken = needs.map(() => new Set<Signature>());
  const place = (one: Signature, tried: Set<number>): boolean =>
    one.places.some((at) => {
      const need = needs[at];
      const held = taken[at];
      if (!need || !held || tried.has(at)) return false;
      tried.add(at);
      if (held.size >= need.count) {
        const moved = [...held].find((other) => place(other, tried));
        if (!moved) return false;
        held.delete(moved);
      }
      held.add(one);
      return true;
    });
  const free = people.filter(({ extra }) => extra === 0);
  for (const one of people.filter(({ extra }) => extra > 0)) place(one, new Set());
  for (const one of free) place(one, new Set());
  const missing = needs.map((need, at) => need.count - (taken[at]?.size ?? 0));
  const count = Math.max(0, ...people.map(({ extra }) => extra));
  const spare = free.filter(
    (one) => one.places.some((at) => needs[at]) && !taken.some((held) => held.has(one)),
  ).length;
  const extra = { count, missing: Math.max(0, count - spare) };
  // A list of no needs is nobody, never everybody.
  const met = needs.length > 0 && missing.every((lacking) => lacking === 0) && extra.missing === 0;
  return { met, missing, extra };
}
