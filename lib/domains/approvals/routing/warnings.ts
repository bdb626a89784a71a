import { anyApprover, type Need } from '@/lib/domains/gateway';
import type { Group } from '../people';

/** Approvers of the workspace: all, and by group. */
export interface Manned {
  all: number;
  groups: ReadonlyMap<string, Group>;
}

/**
 * Why actions with these needs would wait in vain, in sentences for an admin. An empty group is
 * nobody; said before anything is held, since whoever waits cannot mend it.
 */
export function warningsOf(needs: readonly Need[], { all, groups }: Manned): string[] {
  return needs.flatMap((need) => {
    const name = need.group === null ? 'the workspace' : `“${groups.get(need.group)?.name ?? '?'}”`;
    const people = need.group === null ? all : (groups.get(need.group)?.approvers ?? 0);
    const later = need.escalation.some(
      ({ group }) => (group === null ? all : (groups.get(group)?.approvers ?? 0)) >= need.count,
    );
    if (people >= need.count) return [];
    const lacking =
      people === 0
        ? `Nobody in ${name} can approve`
        : `${name} has ${people} who can approve and ${need.count} are needed`;
    return [
      later
        ? `${lacking}: it waits until it goes on to the next group.`
        : `${lacking}: what comes here runs out of time.`,
    ];
  });
}

/** The same of what no route fits. */
export function warningsWithout(manned: Manned): string[] {
  return warningsOf(anyApprover, manned);
}
