import type { PoolClient } from '@/lib/infra/trail-db';

/** Nothing here is ever worth reading a whole table; a search that takes this long is ended. */
export const SETTINGS = `SET LOCAL enable_seqscan = off; SET LOCAL statement_timeout = '20s'; SET LOCAL plan_cache_mode = force_custom_plan`;

/** Statements that connections keep parsed; beyond these they are parsed anew each time. */
const MOST_NAMED = 400;
const named = new Map<string, string>();

/** Sends a query whose text is likely to come again with other values. */
export async function ask<T extends object>(
  client: PoolClient,
  text: string,
  values: unknown[],
): Promise<T[]> {
  if (!named.has(text) && named.size < MOST_NAMED) named.set(text, `search-${named.size}`);
  const name = named.get(text);
  return (await client.query<T>({ text, values, ...(name === undefined ? {} : { name }) })).rows;
}
