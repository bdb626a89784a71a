import type { Tx } from '@/lib/infra/db';

/** The one source of time, so that tests can move it. */
export const clock = {
  now: (): Date => new Date(),
};

/** The earlier of this process's clock and the database's, for what cannot be undone where one of them is ahead. */
export async function earliestNow(tx: Tx): Promise<Date> {
  const rows = await tx.$queryRaw<[{ now: Date }]>`SELECT now() AS now`;
  return new Date(Math.min(clock.now().getTime(), rows[0].now.getTime()));
}
