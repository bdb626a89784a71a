import type { Ability } from '@/lib/kernel/ability';
import type { Actor } from '@/lib/kernel/actor';
import { all, allow, deny, type Verdict } from '@/lib/kernel/verdict';
import { manageAccess } from '../policy';

export interface DraftFacts {
  state: string;
  /** Who began it, and everyone who has changed it. */
  authors: readonly string[];
  changes: number;
  conflicts: readonly string[];
  widens: boolean;
  /** Whether the workspace wants a second admin for what widens. */
  secondAdmin: boolean;
  /** Sponsors of the agents that it lets do more. */
  sponsors: readonly string[];
  /** Who was one of them since the draft was begun, or until some days ago. */
  formerSponsors: readonly string[];
}

export function draftAbilities(actor: Actor, draft: DraftFacts) {
  const open = draft.state === 'open' ? allow : deny(`The draft is ${draft.state} already.`);
  const manage = all(manageAccess(actor), open);
  return {
    edit: manage,
    discard: manage,
    publish: all(
      manage,
      draft.changes > 0 ? allow : deny('The draft changes nothing yet.'),
      draft.conflicts.length === 0
        ? allow
        : deny(`Changed meanwhile: ${draft.conflicts.join(', ')}. Take these out of the draft.`),
      secondAdmin(actor, draft),
    ),
  };
}

/** Who drafted what widens does not publish it, and neither does who answers for its agents. */
function secondAdmin(
  actor: Actor,
  { widens, secondAdmin: wanted, authors, sponsors, formerSponsors }: DraftFacts,
): Verdict {
  if (!widens || !wanted) return allow;
  if (authors.includes(actor.id)) {
    return deny('It lets agents do more, so another admin than those who drafted it publishes it.');
  }
  if (sponsors.includes(actor.id)) {
    return deny(
      'It lets an agent that you sponsor do more, so an admin who does not sponsor it publishes it.',
    );
  }
  return formerSponsors.includes(actor.id)
    ? deny(
        'It lets an agent do more that you sponsored until lately, so an admin who did not publishes it.',
      )
    : allow;
}

/** The verdict that an ability shows. */
export function verdictOf({ allowed, reason = '' }: Ability): Verdict {
  return allowed ? allow : deny(reason);
}
