import type { Tx } from '@/lib/infra/db';
import type { Context } from './context';
import type { TrailEvent } from './event';

/** A deed that is about to commit, with what it says. */
export interface Observed {
  ctx: Context;
  tx: Tx;
  events: readonly TrailEvent[];
}

type Observer = (deed: Observed) => Promise<void>;

const observers: Observer[] = [];

/**
 * Has `observer` called in the transaction of every verb before it commits, for what must
 * hold or be kept whatever verb changes it. What it throws undoes the deed.
 */
export function beforeCommit(observer: Observer): void {
  observers.push(observer);
}

export async function observe(deed: Observed): Promise<void> {
  for (const observer of observers) await observer(deed);
}
