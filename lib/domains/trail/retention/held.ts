import type { Tx } from '@/lib/infra/db';
import { conflict } from '@/lib/kernel/problem';
import { addMonths } from './classes';
import { holdsCovering } from './trail';

/** Any constant will do; retention_lock() in the trail's database is another lock. */
const HOLDS = 1_668_510_580;

/**
 * Who places a hold and who destroys what it may need wait for each other, until the other's
 * transaction has ended. In the control database, where keys are destroyed: a lock in the
 * trail's would end with its own connection, perhaps before the destruction has committed.
 */
export async function lockHolds(tx: Tx, workspace: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${HOLDS}::int, hashtext(${workspace}))`;
}

/** Whether a legal hold may need the payloads that the key of this month and classification seals. */
export async function isHeld(
  workspace: string,
  { classification, month }: { month: string; classification: string },
): Promise<boolean> {
  const period = { from: new Date(`${month}-01`), to: new Date(`${addMonths(month, 1)}-01`) };
  return (await holdsCovering(workspace, { ...period, classification })).length > 0;
}

/** Throws 409 for a key that a legal hold may need. */
export async function assertNotHeld(
  workspace: string,
  key: { month: string; classification: string },
): Promise<void> {
  if (!(await isHeld(workspace, key))) return;
  throw conflict(
    'legal_hold',
    'A legal hold covers events of this month. Lift it first, under Settings, Retention.',
  );
}
