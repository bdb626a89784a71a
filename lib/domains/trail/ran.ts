/** What a draw of reviews needs of a workspace's log: who ran, in the log's own order, and what signs it. */
import { type CheckpointRow, findEvent, reading } from './repo';

/** The place of an event in the log; undefined while it is on its way there. */
export async function indexOfEvent(workspace: string, id: string): Promise<number | undefined> {
  const row = await findEvent(workspace, id);
  return row && Number(row.idx);
}

/** The first checkpoint that covers the event at this index. */
export async function firstCheckpointOver(
  workspace: string,
  index: number,
): Promise<Pick<CheckpointRow, 'size' | 'root' | 'note'> | undefined> {
  const text = `SELECT size, root, note FROM checkpoints
                 WHERE workspace_id = $1 AND size > $2 ORDER BY size LIMIT 1`;
  return reading(workspace, async (client) => {
    const { rows } = await client.query<{ size: string; root: Buffer; note: string }>(text, [
      workspace,
      index,
    ]);
    return rows[0] && { ...rows[0], size: Number(rows[0].size) };
  });
}

export interface Ran {
  action: string;
  agent: string;
  actionType: string;
  band: string;
  /** When it was decided, epoch milliseconds. */
  at: number;
}

export interface RanBetween {
  /** Outcomes before this index. */
  before: number;
  /** Decided before this instant. */
  decidedBefore: Date;
  /** The day before: what had its outcome before `index` and was decided before `decided` is in it. */
  previous: { index: number; decided: Date } | null;
  /** No outcome that is wanted lies before this index. */
  floor: number;
  /** Decided from this instant on: that on which the first day began. */
  decidedFrom: Date;
}

/** Two processes' clocks may differ by so much. */
const SKEW_MS = 3_600_000;

/** Supervised actions that ran, by the events of the log alone. */
export async function supervisedRan(workspace: string, between: RanBetween): Promise<Ran[]> {
  const { before, decidedBefore, decidedFrom, floor, previous } = between;
  const text = `
    WITH ended AS MATERIALIZED (
      SELECT action_id, min(idx) AS idx FROM events
       WHERE workspace_id = $1 AND idx >= $2 AND idx < $3 AND time >= $4 AND tier = 2
         AND type IN ('action.succeeded', 'action.failed', 'action.unknown') AND action_id IS NOT NULL
       GROUP BY action_id)
    SELECT d.action_id AS action, coalesce(d.agent_id, '') AS agent,
           coalesce(d.action_type, '') AS "actionType",
           coalesce(d.body::jsonb -> 'data' ->> 'amount_band', 'none') AS band,
           (extract(epoch FROM d.time) * 1000)::float8 AS at
      FROM ended JOIN events d ON d.workspace_id = $1 AND d.action_id = ended.action_id
     WHERE d.type = 'action.decided' AND d.outcome = 'allow' AND d.tier = 2 AND d.time < $5
       AND (ended.idx >= $6 OR d.time >= $7) AND d.time >= $8`;
  return reading(workspace, async (client) => {
    const { rows } = await client.query<Ran>(text, [
      workspace,
      floor,
      before,
      new Date(decidedFrom.getTime() - SKEW_MS),
      decidedBefore,
      previous?.index ?? before,
      previous?.decided ?? decidedFrom,
      decidedFrom,
    ]);
    return rows.map((row) => ({ ...row, at: Math.round(row.at) }));
  });
}
