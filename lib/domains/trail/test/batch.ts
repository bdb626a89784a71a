import type { TrailRecord } from '../sequencer/record';
import { type Batch, BatchMaker } from '../sequencer/writer';

/** These records as the sequencer writes them. */
export function batchOf(records: readonly TrailRecord[]): Batch {
  const maker = new BatchMaker();
  for (const record of records) maker.add(record);
  return maker.batch();
}
