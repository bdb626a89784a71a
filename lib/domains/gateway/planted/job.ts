import type { Context } from '@/lib/kernel/context';
import { executor } from '../executor';
import type { Again, Wanted } from './hold';

export type { Again, Wanted } from './hold';

/** As planted/hold.ts; loads Cedar, so for the jobs process alone. */
export async function holdAgain(
  ctx: Context,
  wanted: readonly Wanted[],
): Promise<{ chosen: Wanted; again: Again } | undefined> {
  const hold = await import('./hold');
  return hold.holdAgain(executor().pool, ctx, wanted);
}
