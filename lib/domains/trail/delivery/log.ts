import { reading } from '../repo';

/** An event as it is delivered; `body` is its canonical text. */
export interface LogEvent {
  idx: number;
  id: string;
  /** ISO 8601, milliseconds. */
  time: string;
  type: string;
  outcome: string | null;
  /** Base64. */
  leaf: string;
  body: string;
}

/** How many events a workspace's log has under its latest checkpoint. */
export function logSize(workspace: string): Promise<number> {
  return reading(workspace, async (client) => {
    const { rows } = await client.query<{ size: string }>(
      'SELECT size FROM checkpoints WHERE workspace_id = $1 ORDER BY size DESC LIMIT 1',
      [workspace],
    );
    return Number(rows[0]?.size ?? 0);
  });
}

/** When the first event at or after an index happened. */
export function timeAt(workspace: string, index: number): Promise<Date | undefined> {
  return reading(workspace, async (client) => {
    const { rows } = await client.query<{ time: Date }>(
      'SELECT time FROM events WHERE workspace_id = $1 AND idx >= $2 ORDER BY idx LIMIT 1',
      [workspace, index],
    );
    return rows[0]?.time;
  });
}

/**
 * Events from index `from`, in order, before `end` when that is given: at most `rows` of
 * them, and none after the one that passes `bytes`.
 */
export function readFrom(
  workspace: string,
  from: number,
  end: number | null,
  most: { rows: number; bytes: number },
): Promise<LogEvent[]> {
  const text = `
    SELECT idx, id, type, outcome, body, encode(leaf_hash, 'base64') AS leaf,
           to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS time
      FROM (SELECT *, sum(octet_length(body)) OVER (ORDER BY idx) - octet_length(body) AS before
              FROM (SELECT idx, id, type, outcome, leaf_hash, body, time FROM events
                     WHERE workspace_id = $1 AND idx >= $2 AND idx < $3
                     ORDER BY idx LIMIT $4) AS waiting) AS batch
     WHERE before <= $5 ORDER BY idx`;
  return reading(workspace, async (client) => {
    const { rows } = await client.query<Omit<LogEvent, 'idx'> & { idx: string }>({
      name: 'delivery-batch',
      text,
      values: [workspace, from, end ?? Number.MAX_SAFE_INTEGER, most.rows, most.bytes],
    });
    return rows.map((row) => ({ ...row, idx: Number(row.idx) }));
  });
}
