/** The trail's benchmarks, each beside its baseline on one server in one run. */
import type { BenchOptions } from '../options';
import { benchExports } from './exports';
import { benchLog } from './log';
import { run as searching } from './search';
import { benchSequencing } from './sequencing';
import { onServer } from './server';

export async function run({ rounds, events, data }: BenchOptions): Promise<unknown> {
  const log = await onServer(async () => ({
    sequencing: await benchSequencing(rounds),
    log: await benchLog(rounds),
  }));
  const exports = await onServer(() => benchExports());
  return { rounds, ...log, exports, search: await searching({ events, data }) };
}
