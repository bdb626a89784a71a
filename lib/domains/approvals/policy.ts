import type { Actor } from '@/lib/kernel/actor';
import { allow, deny, type Verdict } from '@/lib/kernel/verdict';

/** What the rule needs to know of a held action. */
export interface HeldAction {
  status: string;
  expiresAt: Date;
  /** The member who answers for the agent. */
  sponsorId: string | null;
  /** Who started the session, as the agent's side named them. */
  initiator: Record<string, unknown>;
  /** Whether the workspace asks approvers for a second factor. */
  secondFactor: boolean;
}

/** Ways of signing in that prove more than a password or a bearer token. */
const strong = new Set(['password+totp', 'oidc']);

export function readApprovals(actor: Actor): Verdict {
  return actor.type === 'member' ? allow : deny('Only members see approvals.');
}

export function decideApprovals(actor: Actor): Verdict {
  if (actor.type === 'member' && actor.roles.includes('approver')) return allow;
  return deny('Only an approver decides held actions.');
}

/**
 * The approval rule: an approver, while it waits, signed in as the workspace asks, who neither
 * sponsors the agent nor started the session. `email` is the member's own.
 */
export function mayDecide(actor: Actor, email: string, held: HeldAction, now: Date): Verdict {
  const approver = decideApprovals(actor);
  if (!approver.allowed) return approver;
  if (held.status !== 'pending') return deny(`It is ${held.status} already.`);
  if (held.expiresAt <= now) return deny('Its time to decide has ended.');
  if (held.secondFactor && !(actor.type === 'member' && strong.has(actor.method))) {
    return deny('This workspace asks approvers for a second factor. Sign in with one.');
  }
  if (held.sponsorId === actor.id) {
    return deny('You answer for this agent. Someone else must decide.');
  }
  if (startedBy(actor.id, email, held.initiator)) {
    return deny('You started this session. Someone else must decide.');
  }
  return allow;
}

function startedBy(memberId: string, email: string, initiator: Record<string, unknown>): boolean {
  return Object.values(initiator).some(
    (value) =>
      typeof value === 'string' &&
      (value === memberId || value.trim().toLowerCase() === email.toLowerCase()),
  );
}
