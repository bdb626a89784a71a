import { type Actor, withAnyRole } from '@/lib/kernel/actor';
import type { Verdict } from '@/lib/kernel/verdict';

/** Whoever reads an action's story may ask why it was decided as it was. */
export function explainDecisions(actor: Actor): Verdict {
  return withAnyRole(actor, 'Decisions are explained to members.');
}
