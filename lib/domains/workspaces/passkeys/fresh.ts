import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { clock } from '@/lib/kernel/clock';
import { stepUpNeeded } from './errors';
import { proofOf } from './repo';

/** How long a step-up counts. */
export const STEP_UP_MINUTES = 5;

/**
 * Until when the request's session counts as stepped up; null when it does not, and always for an
 * access token. A sign-in by single sign-on is itself such a proof: the provider has just asked.
 */
export async function steppedUpUntil(
  tx: Tx,
  actor: Actor,
  minutes = STEP_UP_MINUTES,
): Promise<Date | null> {
  const session = await proofOf(tx, actor);
  const proven = [session?.steppedUpAt, session?.method === 'oidc' ? session.createdAt : null];
  const latest = Math.max(...proven.map((at) => at?.getTime() ?? 0));
  const until = latest + minutes * 60_000;
  return latest > 0 && until > clock.now().getTime() ? new Date(until) : null;
}

/** Whether the member proved within these minutes, in this browser session, who they are. */
export async function steppedUp(tx: Tx, actor: Actor, minutes?: number): Promise<boolean> {
  return (await steppedUpUntil(tx, actor, minutes)) !== null;
}

/** Throws the Problem `step_up_needed` (403) unless the session is stepped up. */
export async function requireStepUp(tx: Tx, actor: Actor, minutes?: number): Promise<void> {
  if (!(await steppedUp(tx, actor, minutes))) throw stepUpNeeded();
}
