import { erased, maySeePayload } from '@/lib/domains/trail/server';
import type { Actor } from '@/lib/kernel/actor';
import { mayReview } from './policy';
import { agentsOf, asDay, namesOf, peopleOf, type SampleRow } from './repo';
import type { Tx } from '@/lib/infra/db';
import type { Review, Sample } from './schema';

/** What bears on who may review this row. */
export function factsOf(row: SampleRow, sponsorId: string | null) {
  return {
    verdict: row.verdict,
    sponsorId,
    excluded: row.excluded,
    reviewers: row.reviews.flatMap((one) => one.reviewedBy ?? []),
  };
}

/** Samples as the reader may see them: of two reviews the other's only when both are in. */
export async function viewSamples(
  tx: Tx,
  rows: readonly SampleRow[],
  reader: Actor,
): Promise<Map<string, Sample>> {
  const agents = await agentsOf(
    tx,
    rows.map((row) => row.action.agentId),
  );
  const names = await namesOf(tx, peopleOf(rows));
  const person = (id: string) => ({ id, name: names.get(id) ?? id });
  return new Map(
    rows.map((row) => {
      const agent = agents.get(row.action.agentId);
      return [row.id, viewSample(row, agent, reader, person)];
    }),
  );
}

export async function viewOne(tx: Tx, row: SampleRow, reader: Actor): Promise<Sample> {
  const view = (await viewSamples(tx, [row], reader)).get(row.id);
  if (!view) throw new Error('a sample has no view');
  return view;
}

interface AgentOf {
  name: string;
  sponsorId: string | null;
}
type Person = (id: string) => { id: string; name: string };

function viewSample(
  row: SampleRow,
  agent: AgentOf | undefined,
  reader: Actor,
  person: Person,
): Sample {
  const see = maySeePayload(reader, row.action);
  const action = see.allowed ? row.action : withoutPayload(row.action);
  const given = row.reviews.filter((one) => one.verdict !== null);
  const open = row.reviews.filter((one) => one.verdict === null);
  const shown = row.verdict === null ? given.filter((one) => one.reviewedBy === reader.id) : given;
  return {
    id: row.id,
    day: asDay(row.day),
    origin: row.origin as Sample['origin'],
    late: row.late,
    due_at: row.dueAt.toISOString(),
    escalated_at: row.escalatedAt?.toISOString() ?? null,
    verdict: row.verdict as Sample['verdict'],
    note: row.note,
    reviewed_by: row.reviewedBy ? person(row.reviewedBy) : null,
    reviewed_at: row.reviewedAt?.toISOString() ?? null,
    wanted: row.wanted,
    given: given.length,
    reviews: shown.map((one) => viewReview(one, person)),
    assigned_to: open.flatMap((one) => (one.assignedTo ? [person(one.assignedTo)] : [])),
    mine: open.some((one) => one.assignedTo === reader.id),
    finding: row.finding as Sample['finding'],
    action: {
      id: action.id,
      type: action.type,
      agent: { id: action.agentId, name: agent?.name ?? action.agentId },
      session: action.sessionId,
      parameters: action.parameters,
      summary: action.summary,
      why: action.why,
      evidence: action.evidence,
      untrusted: action.untrusted,
      classification: action.classification,
      tier: action.tier ?? 2,
      status: action.status,
      amount: action.amount,
      result: action.result,
      error: action.error,
      digest: action.digest,
      created_at: action.createdAt.toISOString(),
    },
    can: {
      review: mayReview(reader, factsOf(row, agent?.sponsorId ?? null)),
      see_payload: see,
    },
  };
}

/** As blanking leaves it in the database. */
function withoutPayload(action: SampleRow['action']): SampleRow['action'] {
  return {
    ...action,
    ...{ parameters: erased, evidence: [], untrusted: [], amount: null },
    result: action.result === null ? null : erased,
  };
}

function viewReview(one: SampleRow['reviews'][number], person: Person): Review {
  return {
    by: person(one.reviewedBy ?? ''),
    at: one.reviewedAt?.toISOString() ?? '',
    verdict: one.verdict as Review['verdict'],
    reason: one.reason as Review['reason'],
    note: one.note,
  };
}
