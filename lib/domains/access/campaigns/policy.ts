import { type Actor, withAnyRole } from '@/lib/kernel/actor';
import { all, allow, deny, type Verdict } from '@/lib/kernel/verdict';

const isAdmin = (actor: Actor) => actor.type === 'member' && actor.roles.includes('admin');

export function readCampaigns(actor: Actor): Verdict {
  return withAnyRole(actor, 'Only members see access reviews.');
}

export function manageCampaigns(actor: Actor): Verdict {
  return isAdmin(actor) ? allow : deny('Only an admin starts and closes access reviews.');
}

export function exportEvidence(actor: Actor): Verdict {
  return isAdmin(actor) || (actor.type === 'member' && actor.roles.includes('auditor'))
    ? allow
    : deny('Only an admin or an auditor exports the evidence.');
}

/** At all; which items is up to `mayDecide`. */
export function decideItems(actor: Actor): Verdict {
  return withAnyRole(actor, 'Only members decide on access.');
}

export interface Decidable {
  campaignState: string;
  decision: string | null;
  reviewerId: string | null;
  /** The agent's sponsor now. */
  sponsorId: string | null;
}

/** The reviewer decides what is open while they sponsor the agent; an admin what is escalated. */
export function mayDecide(actor: Actor, item: Decidable): Verdict {
  if (item.campaignState !== 'open') return deny('The access review is closed.');
  if (item.decision === 'escalated') {
    return isAdmin(actor) ? allow : deny('It is escalated: an admin decides it.');
  }
  if (item.decision !== null) return deny('It is decided already.');
  const own = item.reviewerId === actor.id && item.sponsorId === actor.id;
  return all(
    decideItems(actor),
    own ? allow : deny("Only the agent's sponsor decides it, until it is escalated."),
  );
}

export function settleRequests(actor: Actor): Verdict {
  return isAdmin(actor)
    ? allow
    : deny('Only an admin changes a role that other agents are in too.');
}

export function maySettle(
  actor: Actor,
  item: { campaignState: string; effect: string | null },
): Verdict {
  return all(
    settleRequests(actor),
    item.campaignState === 'open' ? allow : deny('The access review is closed.'),
    item.effect === 'requested' ? allow : deny('No removal of it waits for an admin.'),
  );
}
