import type { z } from 'zod';
import { manageAccess } from '@/lib/domains/access/server';
import { agentAbilities } from '@/lib/domains/agents/server';
import type { AgentState } from '@/lib/domains/agents';
import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { decodeCursor } from '@/lib/kernel/page';
import { invalid, notFound } from '@/lib/kernel/problem';
import { all, allow, deny } from '@/lib/kernel/verdict';
import { followUpFindings, stillOpen } from './policy';
import { agentsOf, asDay, namesOf } from './repo';
import type { ListFindings, ReviewFinding } from './schema';

const whole = {
  followUps: { orderBy: { id: 'asc' } },
  sample: { include: { action: true, reviews: { orderBy: { place: 'asc' } } } },
} as const;

export type FindingRow = Awaited<ReturnType<typeof loadFinding>>;

export async function loadFinding(tx: Tx, id: string) {
  const row = await tx.reviewFinding.findUnique({ where: { id }, include: whole });
  if (!row) throw notFound('finding');
  return row;
}

export function findFindings(tx: Tx, input: z.output<typeof ListFindings>): Promise<FindingRow[]> {
  return tx.reviewFinding.findMany({
    where: { AND: [{ status: input.status }, afterFinding(input.cursor)] },
    include: whole,
    orderBy: [{ openedAt: 'desc' }, { id: 'desc' }],
    take: input.limit + 1,
  });
}

function afterFinding(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const [time = '', id = ''] = decodeCursor(cursor, 2);
  const openedAt = new Date(time);
  if (Number.isNaN(openedAt.getTime())) {
    throw invalid([
      { field: 'cursor', message: 'is not a cursor of this list; start without one' },
    ]);
  }
  return { OR: [{ openedAt: { lt: openedAt } }, { openedAt, id: { lt: id } }] };
}

export function findingKey(row: FindingRow): [string, string] {
  return [row.openedAt.toISOString(), row.id];
}

export async function viewFindings(
  tx: Tx,
  rows: readonly FindingRow[],
  reader: Actor,
): Promise<Map<string, ReviewFinding>> {
  const agents = await agentsOf(
    tx,
    rows.map((row) => row.sample.action.agentId),
  );
  const names = await namesOf(
    tx,
    rows.flatMap((row) => [row.openedBy, row.closedBy, ...row.followUps.map((one) => one.doneBy)]),
  );
  const person = (id: string) => ({ id, name: names.get(id) ?? id });
  return new Map(
    rows.map((row) => {
      const { action } = row.sample;
      const agent = agents.get(action.agentId);
      const state = (agent?.state ?? 'retired') as AgentState;
      const wrong = row.sample.reviews.find((one) => one.verdict === 'wrong');
      return [
        row.id,
        {
          id: row.id,
          status: row.status as ReviewFinding['status'],
          opened_by: person(row.openedBy),
          opened_at: row.openedAt.toISOString(),
          closed_by: row.closedBy ? person(row.closedBy) : null,
          closed_at: row.closedAt?.toISOString() ?? null,
          close_note: row.closeNote,
          sample: {
            id: row.sample.id,
            day: asDay(row.sample.day),
            reason: (wrong?.reason ?? null) as ReviewFinding['sample']['reason'],
            note: wrong?.note ?? '',
          },
          action: {
            id: action.id,
            type: action.type,
            summary: action.summary,
            agent: { id: action.agentId, name: agent?.name ?? action.agentId, state },
          },
          follow_ups: row.followUps.map((one) => ({
            id: one.id,
            kind: one.kind as ReviewFinding['follow_ups'][number]['kind'],
            note: one.note,
            draft: one.draftId,
            by: person(one.doneBy),
            at: one.doneAt.toISOString(),
          })),
          can: abilities(reader, row, state),
        },
      ];
    }),
  );
}

export async function viewFinding(tx: Tx, id: string, reader: Actor): Promise<ReviewFinding> {
  const view = (await viewFindings(tx, [await loadFinding(tx, id)], reader)).get(id);
  if (!view) throw new Error('a finding has no view');
  return view;
}

function abilities(reader: Actor, row: FindingRow, state: AgentState): ReviewFinding['can'] {
  const follow = all(followUpFindings(reader), stillOpen(row.status));
  const of = agentAbilities(reader, { state });
  return {
    correct: follow,
    tighten: all(follow, manageAccess(reader)),
    probation: all(
      follow,
      state === 'probation' ? deny('The agent is on probation already.') : allow,
      of.activate,
    ),
    isolate: all(follow, of.suspend),
    close: follow,
  };
}
