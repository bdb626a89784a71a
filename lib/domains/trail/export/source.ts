import { type CopyBatch, copyOut, type RowWriter } from '@/lib/infra/copy';
import type { PoolClient } from '@/lib/infra/trail-db';
import { originOf, signCheckpoint } from '../checkpoint';
import { type KeyVersion, readKeys } from '../keys';
import { emptyRoot } from '../merkle';
import { latestCheckpointRow, openReading } from '../repo';
import { conditionOf } from '../search/condition';
import type { Filters } from '../schema';

/** Rows of one fetch where the connection is needed between them: as many as likely have this size. */
const FETCH_BYTES = 200_000;
const [FEWEST, MOST] = [8, 128];

/** What matches, and the signed tree it is in, all as of one moment. */
export interface Source {
  readonly workspace: string;
  readonly origin: string;
  readonly filters: Omit<Filters, 'hashed'>;
  readonly client: PoolClient;
  /** The size of the latest checkpoint: events from here on are not in the export. */
  readonly size: number;
  /** That checkpoint, a C2SP signed note. */
  readonly checkpoint: string;
  /** The log's keys, oldest first; never empty. */
  readonly keys: readonly KeyVersion[];
  /** Whether it is the log with all of its events, so that its lines alone make the root. */
  readonly whole: boolean;
  count: () => Promise<number>;
  /** What matches, oldest first: the named expressions of each event. */
  copy: (selected: string, writer?: RowWriter) => AsyncGenerator<CopyBatch>;
  /** The same in small batches, between which the connection is free for other questions. */
  fetch: (selected: string) => AsyncGenerator<Row[]>;
  /** Gives the connection back; what is being read is given up. */
  close: () => Promise<void>;
}

/** Opens an export's source; whoever opens it closes it. */
export async function openSource(workspace: string, asked: Filters): Promise<Source> {
  const { hashed: _, ...filters } = asked;
  const { client, close } = await openReading(workspace);
  let copying = false;
  try {
    const head = await latestCheckpointRow(client, workspace);
    const keys = await readKeys(client, workspace);
    const size = head?.size ?? 0;
    const { where, values } = matching(workspace, asked, size);
    const { rows: expired } = await client.query(
      'SELECT FROM expired_ranges WHERE workspace_id = $1 LIMIT 1',
      [workspace],
    );
    return {
      workspace,
      origin: originOf(workspace),
      filters,
      client,
      size,
      checkpoint:
        head?.note ?? signCheckpoint(workspace, 0, emptyRoot, [keys.at(-1)?.version ?? 1]),
      keys,
      // Where retention has removed events, the rest needs proofs as a choice does.
      whole: Object.keys(filters).length === 0 && expired.length === 0,
      count: async () => {
        const text = `SELECT count(*) AS count FROM events WHERE ${where}`;
        const { rows } = await client.query<{ count: string }>(text, values);
        return Number(rows[0]?.count);
      },
      copy: async function* (selected, writer) {
        copying = true;
        const text = `SELECT ${selected} FROM events WHERE ${where} ORDER BY workspace_id, idx`;
        yield* copyOut(client, text, values, writer);
        copying = false;
      },
      fetch: (selected) => {
        const text = `SELECT ${selected} FROM events WHERE ${where} ORDER BY workspace_id, idx`;
        return fetchRows(client, text, values);
      },
      close: () => close(copying),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Row {
  idx: string;
  body: string;
}

async function* fetchRows(
  client: PoolClient,
  text: string,
  values: unknown[],
): AsyncGenerator<Row[]> {
  await client.query(`DECLARE exported NO SCROLL CURSOR FOR ${text}`, values);
  let wanted = FEWEST;
  for (;;) {
    const { rows } = await client.query<Row>(`FETCH ${wanted} FROM exported`);
    if (rows.length > 0) yield rows;
    if (rows.length < wanted) return;
    const size = rows.reduce((sum, { body }) => sum + body.length, 0) / rows.length;
    wanted = Math.max(FEWEST, Math.min(MOST, 4 * wanted, Math.floor(FETCH_BYTES / size)));
  }
}

function matching(workspace: string, filters: Filters, size: number) {
  const { sql, values } = conditionOf(workspace, filters);
  return { where: `${sql} AND idx < $${values.length + 1}`, values: [...values, size] };
}
