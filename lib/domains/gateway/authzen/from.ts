import type { Context } from '@/lib/kernel/context';
import type { Snapshot } from '../snapshot/snapshot';
import type { Sees } from './agents';

/** Who asks by AuthZEN, and what they are answered from. */
export interface From {
  ctx: Context;
  snapshot: Snapshot;
  sees: Sees;
  /** Where an agent asks from; null for a member, whose word about the address counts. */
  address: string | null;
  /** Epoch milliseconds. */
  now: number;
}
