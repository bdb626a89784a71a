import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { heldOf, peopleOf } from './people';
import { mayDecide, type Person } from './policy';
import { delegationsAt, loadApprovals } from './repo';

/** Whose signature each of these held actions could have now, by the rule of policy.ts. */
export async function membersConcerned(
  tx: Tx,
  ids: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await loadApprovals(tx, [...ids]);
  const people = await peopleOf(tx, rows, { type: 'job', id: 'approvals.concerned' });
  const approvers = await tx.member.findMany({
    where: { state: 'active', roles: { has: 'approver' } },
    select: { id: true, email: true },
    orderBy: { id: 'asc' },
  });
  const memberships = await tx.approverGroupMember.findMany();
  const delegations = await delegationsAt(tx, people.now, {});
  const persons = new Map<string, Person>(
    approvers.map(({ id, email }) => {
      const own = memberships.filter(({ memberId }) => memberId === id);
      return [id, { id, email, groups: new Set(own.map(({ groupId }) => groupId)) }];
    }),
  );
  const others = (id: string): Person[] =>
    delegations.flatMap(({ fromId, toId }) => {
      const from = toId === id ? persons.get(fromId) : undefined;
      return from ? [from] : [];
    });
  return new Map(
    rows.map((row) => {
      const held = heldOf(row, people);
      const may = [...persons.values()].filter(
        (one) => mayDecide(signedIn(one), one, others(one.id), held, people.now).allowed,
      );
      return [row.actionId, may.map(({ id }) => id)];
    }),
  );
}

/** The person as they will be once they have signed in as the workspace asks. */
function signedIn({ id }: Person): Actor {
  return {
    type: 'member',
    id,
    name: id,
    roles: ['approver'],
    abilities: [],
    method: 'password+totp',
    authenticatedAt: 0,
  };
}
