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

const observers = new Set<Observer>();

/**
 * Has `observer` called in the transaction of every verb before it commits, for what must
 * hold or be kept whatever verb changes it. What it throws undoes the deed.
 */
export function beforeCommit(observer: Observer): void {
  observers.add(observer);
}

/** Fails in a process that has read none of them: what they forbid would commit there. */
export async function observe(deed: Observed): Promise<void> {
  if (observers.size === 0) {
    throw new Error('no observer of deeds was read: this process must read who calls beforeCommit');
  }
  for (const observer of observers) await observer(deed);
}
