import type { Actor } from '@/lib/kernel/actor';
import { allow, deny, type Verdict } from '@/lib/kernel/verdict';

const may = ['admin', 'approver', 'auditor'];

/** Whoever reads an action's story may ask why it was decided as it was. */
export function explainDecisions(actor: Actor): Verdict {
  return actor.type === 'member' && actor.roles.some((role) => may.includes(role))
    ? allow
    : deny('Decisions are explained to admins, approvers and auditors.');
}
