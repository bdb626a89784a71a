/** Decisions: compiled policies beside Cedar itself, and a replay beside deciding in memory. */
import type { BenchOptions } from '../options';
import { onServer } from '../trail/server';
import { run as closures } from './closures';
import { benchReplay } from './replay';

export async function run(options: BenchOptions): Promise<unknown> {
  return {
    closures: await closures(options),
    replay: await onServer(() => benchReplay(options.events ?? 100_000)),
  };
}
