/**
 * ClickHouse, where CLICKHOUSE_URL names one. Every statement about rows is about one
 * workspace's: that condition is written here and nowhere else, and whatever else a caller
 * asks for stands inside its brackets. Values are bound, never part of a statement's text.
 */
import {
  type ClickHouseClient,
  ClickHouseError,
  ClickHouseLogLevel,
  createClient,
} from '@clickhouse/client';
import { env } from './env';

const ANSWER_MS = 20_000;
/** Inserting and rewriting take their time, and nobody waits for them. */
const CHANGE_MS = 900_000;
/** A search that ClickHouse has not answered by then is ended there too. */
const EXECUTION_SECONDS = 15;

/** By how long they wait for an answer. */
const clients = new Map<number, { url: string; client: ClickHouseClient }>();

/** ClickHouse did not do what it was asked, whether it is away or refused. */
export class ClickHouseFailure extends Error {
  override name = 'ClickHouseFailure';
  /** Whether another statement would fare no better. */
  readonly away: boolean;

  constructor(cause: unknown) {
    const refused = cause instanceof ClickHouseError;
    super(cause instanceof Error && cause.message !== '' ? cause.message : 'no answer', { cause });
    this.away = !refused;
  }
}

export function hasClickHouse(): boolean {
  return env().CLICKHOUSE_URL !== undefined;
}

async function connected<T>(
  work: (client: ClickHouseClient) => Promise<T>,
  timeoutMs = ANSWER_MS,
): Promise<T> {
  const url = env().CLICKHOUSE_URL;
  if (url === undefined) throw new Error('CLICKHOUSE_URL is not set');
  let open = clients.get(timeoutMs);
  if (open?.url !== url) {
    await open?.client.close();
    const client = createClient({
      url,
      application: 'countersign',
      request_timeout: timeoutMs,
      max_open_connections: 16,
      // What it would say goes to the console, with statements in it; the caller has the error.
      log: { level: ClickHouseLogLevel.OFF },
    });
    open = { url, client };
    clients.set(timeoutMs, open);
  }
  try {
    return await work(open.client);
  } catch (error) {
    throw new ClickHouseFailure(error);
  }
}

export async function closeClickHouse(): Promise<void> {
  const open = [...clients.values()];
  clients.clear();
  await Promise.all(open.map(({ client }) => client.close()));
}

/** A statement about tables, without any value in it. */
export async function define(statement: string): Promise<void> {
  await connected((to) => to.command({ query: statement }));
}

const OWN = 'workspace_id = {workspace:String}';

/** A part of a statement, whose places such as `{p0:String}` are filled with the values. */
export interface Part {
  sql: string;
  values: Record<string, unknown>;
}

export interface Wanted {
  select: string;
  table: string;
  where?: Part;
  /** What follows the condition: GROUP BY, ORDER BY, LIMIT. */
  rest?: Part;
  /** Gives up after so long instead of the usual time. */
  timeoutMs?: number;
}

/** Rows of one workspace, each once however often it was inserted. */
export async function ownRows<T>(workspace: string, wanted: Wanted): Promise<T[]> {
  const { select, table, where, rest, timeoutMs } = wanted;
  const condition = where === undefined || where.sql === '' ? '' : ` AND (${where.sql})`;
  return connected(async (from) => {
    const answer = await from.query({
      query: `SELECT ${select} FROM ${table} FINAL WHERE ${OWN}${condition} ${rest?.sql ?? ''}`,
      query_params: { ...where?.values, ...rest?.values, workspace },
      format: 'JSONEachRow',
      clickhouse_settings: {
        max_execution_time: EXECUTION_SECONDS,
        output_format_json_quote_64bit_integers: 0,
        // Where tables are shared by several servers: what was inserted by then is there.
        select_sequential_consistency: '1',
        // A row's copies have the same time, so they are in one partition.
        do_not_merge_across_partitions_select_final: 1,
      },
      ...(timeoutMs === undefined ? {} : { abort_signal: AbortSignal.timeout(timeoutMs) }),
    });
    return answer.json<T>();
  });
}

/** Adds rows of one workspace; they are there when it returns. */
export async function insertOwn(
  workspace: string,
  table: string,
  rows: readonly Record<string, unknown>[],
  signal?: AbortSignal,
): Promise<void> {
  const values = rows.map((row) => ({ ...row, workspace_id: workspace }));
  await connected(
    (to) =>
      to.insert({
        table,
        values,
        format: 'JSONEachRow',
        // A log may have events of any month, and a batch that is refused would hold up all after it.
        clickhouse_settings: { async_insert: 0, max_partitions_per_insert_block: '0' },
        ...(signal === undefined ? {} : { abort_signal: signal }),
      }),
    CHANGE_MS,
  );
}

/**
 * Removes rows of one workspace from the disk, not only from sight; they are gone when it
 * returns. With `partition`, of that one only: what is rewritten is all of what may have them.
 */
export async function removeOwn(
  workspace: string,
  table: string,
  { where, partition }: { where?: Part; partition?: number } = {},
): Promise<void> {
  const condition = where === undefined ? '' : ` AND (${where.sql})`;
  const within = partition === undefined ? '' : 'IN PARTITION {partition:UInt32} ';
  await connected(
    (from) =>
      from.command({
        query: `ALTER TABLE ${table} DELETE ${within}WHERE ${OWN}${condition}`,
        query_params: { ...where?.values, partition, workspace },
        clickhouse_settings: { mutations_sync: '2' },
      }),
    CHANGE_MS,
  );
}
