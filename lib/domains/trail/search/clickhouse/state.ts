/** How far the copy in ClickHouse is behind the trail. */
import { insertOwn, ownRows } from '@/lib/infra/clickhouse';
import { reading } from '../../repo';
import { STEPS } from './tables';

/** Of ClickHouse: everything before `position` is in it, but for what these removals removed. */
export interface Copied {
  position: number;
  removals: string[];
}

/** Of the trail. */
export interface Logged {
  size: number;
  removals: string[];
}

export async function copied(workspace: string, timeoutMs?: number): Promise<Copied> {
  const rows = await ownRows<{ removal: string; position: number | string }>(workspace, {
    select: 'removal, position',
    table: STEPS,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  return {
    position: Number(rows.find(({ removal }) => removal === '')?.position ?? 0),
    removals: rows.flatMap(({ removal }) => (removal === '' ? [] : [removal])),
  };
}

export function logged(workspace: string): Promise<Logged> {
  return reading(workspace, async (client) => {
    const { rows } = await client.query<{ size: string | null; removals: string[] }>(
      `SELECT (SELECT size FROM checkpoints WHERE workspace_id = $1 ORDER BY size DESC LIMIT 1) AS size,
              ARRAY(SELECT id FROM expiries WHERE workspace_id = $1 AND events > 0) AS removals`,
      [workspace],
    );
    return { size: Number(rows[0]?.size ?? 0), removals: rows[0]?.removals ?? [] };
  });
}

/** The removals that the copy has still to carry out. */
export function dueRemovals(copy: Copied, log: Logged): string[] {
  const done = new Set(copy.removals);
  return log.removals.filter((removal) => !done.has(removal));
}

export async function step(
  workspace: string,
  row: { position: number } | { removal: string },
): Promise<void> {
  await insertOwn(workspace, STEPS, [{ removal: '', position: 0, ...row }]);
}
