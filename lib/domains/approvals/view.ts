import { type SignedBy, type Signing } from '@/lib/domains/gateway';
import { maySeePayload } from '@/lib/domains/trail/server';
import type { Actor } from '@/lib/kernel/actor';
import { all } from '@/lib/kernel/verdict';
import { grantable } from './grants/repo';
import { mayBeGranted, mayGrant } from './grants/rules';
import { displayIn, heldOf, type People, standOf } from './people';
import { revealedOf } from './planted/reveal';
import { type HeldAction, mayBreakGlass, mayDecide, othersFree } from './policy';
import type { ApprovalRow } from './repo';
import type { Approval } from './schema';
import { withoutPayload } from './shown';

/** The rule of policy.ts over this row, for this member. */
export function verdictOn(row: ApprovalRow, people: People, actor: Actor) {
  return mayDecide(actor, people.me, people.others, heldOf(row, people), people.now);
}

/** As this member may see it: without its payload where that is not theirs to see. */
export function viewApproval(row: ApprovalRow, people: People, actor: Actor): Approval {
  const whole = viewWhole(row, people, actor);
  return whole.can.see_payload.allowed ? whole : withoutPayload(whole);
}

function viewWhole(row: ApprovalRow, people: People, actor: Actor): Approval {
  const person = (id: string) => ({ id, name: people.members.get(id)?.name ?? id });
  const held = heldOf(row, people);
  const stand = standOf(row);
  const display = displayIn(row);
  const from = row.requestedAt.getTime();
  const group = (id: string | null) => {
    if (id === null) return null;
    const { name = 'a group that is gone', approvers = 0 } = people.groups.get(id) ?? {};
    return { id, name, approvers };
  };
  const decide = mayDecide(actor, people.me, people.others, held, people.now);
  return {
    id: row.actionId,
    status: row.action.status as Approval['status'],
    tier: row.action.tier ?? 3,
    agent: {
      id: row.action.agentId,
      name: people.agents.get(row.action.agentId)?.name ?? row.action.agentId,
    },
    display,
    digest: row.narrowedDigest ?? row.action.digest,
    display_digest: row.displayDigest,
    signing: row.signing as Signing,
    needs: held.needs.map((need, at) => ({
      group: group(need.group),
      count: need.count,
      missing: stand?.quorum.missing[at] ?? need.count,
      escalation: need.escalation.map((step) => ({
        group: group(step.group),
        from: new Date(from + step.after_minutes * 60_000).toISOString(),
      })),
    })),
    beside: stand?.quorum.extra ?? { count: 0, missing: 0 },
    raised: raisedOf(held, people),
    planted: revealedOf(row, person),
    signatures: row.signatures.map((one) => ({
      id: one.id,
      member: person(one.memberId),
      in_place_of: one.inPlaceOf === one.memberId ? null : person(one.inPlaceOf),
      decision: one.decision,
      reason: one.reason,
      signing: one.signing as SignedBy,
      signed_at: one.signedAt.toISOString(),
      counts:
        one.digest === stand?.signed.digest && one.displayDigest === stand.signed.displayDigest,
    })),
    questions: row.questions.map((one) => ({
      id: one.id,
      question: one.question,
      asked_by: person(one.askedBy),
      asked_at: one.askedAt.toISOString(),
      answer: one.answer,
      answered_at: one.answeredAt?.toISOString() ?? null,
    })),
    narrowed: display.narrowed
      ? { by: person(display.narrowed.by), at: display.narrowed.at }
      : null,
    broke_glass: row.brokeGlass,
    requested_at: row.requestedAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
    decided_by: row.decidedBy ? person(row.decidedBy) : null,
    decided_at: row.decidedAt?.toISOString() ?? null,
    reason: row.reason,
    result: row.action.result,
    error: row.action.error,
    finished_at: row.action.finishedAt?.toISOString() ?? null,
    can: {
      decide,
      break_glass: mayBreakGlass(actor, people.me, held, people.now),
      see_payload: maySeePayload(actor, row.action),
      grant: decide.allowed ? all(mayBeGranted(grantable(row)), mayGrant(people)) : decide,
    },
  };
}

/** Why the reader's signature takes one more beside it, and how many could give that. */
function raisedOf(held: HeldAction, { me, raises, now }: People): Approval['raised'] {
  const mine = raises.get(me.id);
  if (!mine) return null;
  return {
    ...{ since: mine.since.toISOString(), until: mine.until.toISOString() },
    others: othersFree(me, held, now).length,
  };
}
