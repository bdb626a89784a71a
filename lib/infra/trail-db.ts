/**
 * Connections to the trail database, and the sequencer's to the outbox. Plain `pg`: the
 * trail is read by keyset and streamed, which Prisma would only make slower.
 */
import pg from 'pg';
import { type DbRole, roleUrl } from './db-roles';
import { holding } from './holding';

export type { ClientBase, PoolClient } from 'pg';

let pool: pg.Pool | undefined;

const READERS = 8;
/** A connection that was used a while ago still has what it knows of the tables. */
const IDLE_MS = 300_000;

function readers(): pg.Pool {
  if (!pool) {
    pool = new pg.Pool({
      connectionString: roleUrl('countersign_trail_reader'),
      max: READERS,
      idleTimeoutMillis: IDLE_MS,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    // Without a listener a lost idle connection would end the process.
    pool.on('error', () => undefined);
  }
  return pool;
}

/**
 * Runs `work` as the trail's reader in one read-only transaction that sees one workspace,
 * always the same state of it.
 */
export async function inTrail<T>(
  workspace: string,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const { client, close } = await openTrail(workspace);
  try {
    return await work(client);
  } finally {
    await close();
  }
}

/**
 * The same for a caller that reads on for a while, such as a stream; `close` gives it back.
 * With `abandon`, what the connection is busy with is given up, and the connection with it.
 */
export async function openTrail(
  workspace: string,
): Promise<{ client: pg.PoolClient; close: (abandon?: boolean) => Promise<void> }> {
  const client = await readers().connect();
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  let closed = false;
  const close = async (abandon = false) => {
    if (closed) return;
    closed = true;
    if (abandon) broken ??= new Error('left before its end');
    else {
      await client.query('ROLLBACK').catch((error: Error) => {
        broken ??= error;
      });
    }
    // An abandoned connection still has an error to say when its socket goes.
    if (!abandon) client.removeListener('error', onError);
    client.release(broken);
  };
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query(`SELECT set_config('countersign.workspace', $1, true)`, [workspace]);
  } catch (error) {
    await close();
    throw error;
  }
  return { client, close };
}

/**
 * One more for a part of the same work, where fewer than half of all are in use or waited for:
 * whoever has one already never waits for another. What has been written meanwhile it sees too.
 */
export function openTrailIfFree(workspace: string): ReturnType<typeof openTrail> | undefined {
  const { totalCount, idleCount, waitingCount } = readers();
  return totalCount - idleCount + waitingCount < READERS / 2 ? openTrail(workspace) : undefined;
}

export async function closeTrailDb(): Promise<void> {
  await pool?.end();
  pool = undefined;
}

/**
 * One connection of a role, for the sequencer. `lost` settles with the error when the
 * connection ends without `end` having been called.
 */
export async function connectAs(
  role: DbRole,
): Promise<{ client: pg.Client; lost: Promise<Error> }> {
  const client = new pg.Client(holding(role));
  const lost = new Promise<Error>((resolve) => {
    client.on('error', resolve);
    client.on('end', () => resolve(new Error('the database closed the connection')));
  });
  await client.connect();
  return { client, lost };
}

/** Whether the error says that the database cannot be reached or is not ready, not that a query is wrong. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as Error & { code?: unknown }).code;
  if (typeof code !== 'string')
    return /timeout|terminated|closed the connection|not queryable/i.test(error.message);
  return /^(08|53|57P|E(CONN|PIPE|TIMEDOUT|HOST|NET))/.test(code);
}

/** Whether the error is about the values of a statement, so that other rows might still go in. */
export function isDataError(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(22|23|54)/.test(code);
}

/** Whether the error says that there is such a row already. */
export function isDuplicate(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '23505';
}
