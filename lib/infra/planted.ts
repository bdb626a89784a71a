import type { Tx } from './db';

/**
 * Runs `work` with planted rows in sight, which row-level security keeps from whatever does not
 * ask for them (the policy `planted_apart`). Only the queries of `work` see them.
 */
export async function withPlanted<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  const [row] = await tx.$queryRaw<{ before: string | null }[]>`
    WITH now AS MATERIALIZED (SELECT current_setting('countersign.planted', true) AS before)
    SELECT before, set_config('countersign.planted', 'on', true) FROM now`;
  const set = (value: string) =>
    tx.$queryRaw`SELECT set_config('countersign.planted', ${value}, true)`;
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // After a failed query the transaction is over, and the setting with it.
    await set(row?.before ?? '').catch(() => undefined);
    throw error;
  }
  await set(row?.before ?? '');
  return result;
}
