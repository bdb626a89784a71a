import type { Tx } from '@/lib/infra/db';
import { assign } from '../assign';
import { agentsOf } from '../repo';

/** Gives every open sample that has too few reviewers the ones it lacks; who has least gets most. */
export async function assignOpen(tx: Tx, workspaceId: string): Promise<void> {
  const rows = await tx.sample.findMany({
    where: { verdict: null },
    include: {
      reviews: true,
      action: { select: { agentId: true } },
    },
    orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
  });
  const lacking = rows.filter((row) => row.reviews.length < row.wanted);
  if (lacking.length === 0) return;
  const approvers = await tx.member.findMany({
    where: { state: 'active', roles: { has: 'approver' } },
    select: { id: true },
  });
  const load = new Map(approvers.map(({ id }) => [id, 0]));
  for (const { assignedTo, verdict } of rows.flatMap((row) => row.reviews)) {
    const open = assignedTo === null ? undefined : load.get(assignedTo);
    if (assignedTo !== null && open !== undefined && verdict === null) {
      load.set(assignedTo, open + 1);
    }
  }
  const agents = await agentsOf(
    tx,
    lacking.map((row) => row.action.agentId),
  );
  const places = new Map(
    lacking.map((row) => [
      row.id,
      [1, 2].filter((place) => row.reviews.every((one) => one.place !== place)),
    ]),
  );
  const given = assign(
    lacking.map((row) => ({
      sample: row.id,
      sponsor: agents.get(row.action.agentId)?.sponsorId ?? null,
      excluded: row.excluded,
      wanted: row.wanted,
      taken: row.reviews.map((one) => one.reviewedBy ?? one.assignedTo ?? ''),
    })),
    load,
  );
  await tx.sampleReview.createMany({
    data: given.map(({ sample, member }) => ({
      sampleId: sample,
      place: places.get(sample)?.shift() ?? 1,
      workspaceId,
      assignedTo: member,
    })),
    // Two workers may assign at once; the first one's choice stays.
    skipDuplicates: true,
  });
}
