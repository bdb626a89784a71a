import { inWorkspace, type Tx } from '@/lib/infra/db';
import { assign } from '../assign';
import { agentsOf, lackingReviewers, openLoad } from '../repo';

/** Samples that one transaction assigns. */
const SLICE = 1_000;

/** Gives every open sample that has too few reviewers the ones it lacks; who has least gets most. */
export async function assignOpen(workspace: string): Promise<void> {
  const lacking = await inWorkspace(workspace, lackingReviewers);
  for (let at = 0; at < lacking.length; at += SLICE)
    await inWorkspace(workspace, (tx) =>
      assignSamples(tx, workspace, lacking.slice(at, at + SLICE)),
    );
}

/** The same for these samples, of which there are no more than a transaction has time for. */
export async function assignSamples(
  tx: Tx,
  workspaceId: string,
  ids: readonly string[],
): Promise<void> {
  const rows = await tx.sample.findMany({
    where: { id: { in: [...ids] }, verdict: null },
    include: {
      reviews: true,
      action: { select: { agentId: true } },
    },
    orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
  });
  const lacking = rows.filter((row) => row.reviews.length < row.wanted);
  if (lacking.length === 0) return;
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
    await openLoad(tx),
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
