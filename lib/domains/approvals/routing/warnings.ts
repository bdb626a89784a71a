import { anyApprover, type Need } from '@/lib/domains/gateway';
import type { Group } from '../people';

/** Approvers of the workspace: all, and by group. */
export interface Manned {
  all: number;
  /** Those whose signature takes none beside it. */
  free: number;
  groups: ReadonlyMap<string, Group>;
}

/**
 * Why actions with these needs would wait in vain, in sentences for an admin. An empty group is
 * nobody; said before anything is held, since whoever waits cannot mend it.
 */
export function warningsOf(needs: readonly Need[], manned: Manned): string[] {
  const { all, groups } = manned;
  const empty = needs.flatMap((need) => {
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
  return empty.length > 0 ? empty : besideWarnings(needs, manned);
}

/**
 * The same of those who approved a planted request of late: what they sign takes one more, of
 * someone who did not, and there has to be one.
 */
function besideWarnings(needs: readonly Need[], { all, free, groups }: Manned): string[] {
  const teams = needs.map(({ group, count }) => {
    if (group === null) return { name: 'the workspace', people: all, free, count };
    const { name = '?', approvers = 0, free: own = [] } = groups.get(group) ?? {};
    return { name: `“${name}”`, people: approvers, free: own.length, count };
  });
  const raised = teams.find((team) => team.free < team.people);
  if (!raised || teams.some((team) => team.free > 0 && team.people > team.count)) return [];
  return [
    `What some in ${raised.name} sign takes one more beside it, since they approved a planted request, and nobody is left for it: it runs out of time.`,
  ];
}

/** The same of what no route fits. */
export function warningsWithout(manned: Manned): string[] {
  return warningsOf(anyApprover, manned);
}
