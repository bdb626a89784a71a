import type { Source } from '../source';

/** What has left so far. */
export interface Tally {
  rows: number;
  /** Indexes of the first and last event. */
  first: number | null;
  last: number | null;
}

export function newTally(): Tally {
  return { rows: 0, first: null, last: null };
}

export function take(tally: Tally, index: number): void {
  tally.first ??= index;
  tally.last = index;
  tally.rows += 1;
}

/** Writes what a source has, in pieces; each piece waits until it is taken. */
export type Format = (source: Source, tally: Tally) => AsyncGenerator<Uint8Array>;

/** An index from the eight bytes in which PostgreSQL sends it. */
export function indexOf(field: Buffer): number {
  return field.readUInt32BE(0) * 0x1_0000_0000 + field.readUInt32BE(4);
}
