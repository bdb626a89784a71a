import { z } from 'zod';
import { inWorkspace } from '@/lib/infra/db';
import { logger } from '@/lib/infra/logger';
import { clock } from '@/lib/kernel/clock';
import { defineJob } from '@/lib/kernel/job';
import { blankLeft, blankNext, findUnblanked, finish, type Gone, type Position } from './blank';

/**
 * Blanks what the control database still has in clear of payloads whose key is destroyed, in
 * short transactions from where it last came to. Run again, it finds what has ended since. One
 * key's failure keeps no other waiting; the run then fails, and is tried again.
 */
export const blankPayloads = defineJob({
  name: 'trail.blank_payloads',
  input: z.object({}),
  schedule: { every: 3_600_000 },
  run: async ({ workspace }) => {
    const keys = await inWorkspace(workspace, findUnblanked, { readOnly: true });
    const failures: unknown[] = [];
    for (const key of keys) {
      await blankKey(key).catch((error: unknown) => {
        failures.push(error);
        const { id, month, classification } = key;
        logger.error(
          { err: error, workspace, key: id, month, classification },
          'payloads under a destroyed key could not all be blanked; it is tried again',
        );
      });
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, `payloads of ${failures.length} keys are not all blanked`);
    }
  },
});

async function blankKey(key: Gone): Promise<void> {
  const now = clock.now();
  let at: Position | undefined;
  do at = await inWorkspace(key.workspace, (tx) => blankNext(tx, key, now, at));
  while (at);
  let id: string | undefined;
  do id = await inWorkspace(key.workspace, (tx) => blankLeft(tx, key, now, id));
  while (id !== undefined);
  await inWorkspace(key.workspace, (tx) => finish(tx, key, now));
}

export const payloadJobs = [blankPayloads];
