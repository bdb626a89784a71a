import type { Tx } from '@/lib/infra/db';
import { withPlanted } from '@/lib/infra/planted';
import type { Position } from '../payload/blank';
import { addMonths, monthOf } from './classes';

/** Actions removed in one transaction, so that none lasts long however many a month has. */
export const CHUNK = 5_000;

/** The first instant of a month, in UTC. */
export function startOf(month: string): Date {
  return new Date(`${month}-01T00:00:00Z`);
}

/** The first month from this one on in which actions were created that are still there. */
export async function monthWithActions(tx: Tx, from: string): Promise<string | undefined> {
  const [row] = await withPlanted(
    tx,
    () => tx.$queryRaw<{ at: Date }[]>`
      SELECT created_at AS at FROM actions
       WHERE workspace_id = current_workspace() AND created_at >= ${startOf(from)}
       ORDER BY created_at LIMIT 1`,
  );
  return row && monthOf(row.at);
}

interface Gone {
  actions: number;
  /** The one created last; set when there was any. */
  last: Position | undefined;
}

/**
 * Removes the next chunk of a month's actions that ended before `until`, planted ones too, with
 * everything that hangs on them. The database refuses what is within the retention of decisions.
 */
export async function removeActions(
  tx: Tx,
  { month, since, until }: { month: string; until: string; since: Position | undefined },
): Promise<Gone> {
  const from = since ?? { time: startOf(month), id: '' };
  const [row] = await tx.$queryRaw<
    { removed: number; last_at: Date | null; last_id: string | null }[]
  >`SELECT removed, last_at, last_id FROM expire_actions(${from.time}, ${from.id},
      ${startOf(addMonths(month, 1))}, ${startOf(until)}, ${CHUNK}::int)`;
  if (!row) throw new Error('a removal of actions said nothing');
  const { last_at: time, last_id: id, removed } = row;
  return { actions: removed, last: time && id ? { time, id } : undefined };
}
