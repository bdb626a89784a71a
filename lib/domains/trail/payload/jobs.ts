import { z } from 'zod';
import { inWorkspace } from '@/lib/infra/db';
import { defineJob } from '@/lib/kernel/job';
import { blankActions, mayBeMore } from './blank';
import type { ProtectedClass } from './fields';
import { findDestroyed } from './repo';

/**
 * Blanks what the control database still has in clear of payloads whose key is destroyed: more
 * than one batch of actions, and those that ended only after it. Run again, it finds nothing.
 */
export const blankPayloads = defineJob({
  name: 'trail.blank_payloads',
  input: z.object({}),
  schedule: { every: 3_600_000 },
  run: async (ctx) => {
    const keys = await inWorkspace(ctx.workspace, findDestroyed, { readOnly: true });
    for (const { month, classification } of keys) {
      const place = { month, classification: classification as ProtectedClass };
      for (let more = true; more;) {
        more = mayBeMore(await inWorkspace(ctx.workspace, (tx) => blankActions(tx, place)));
      }
    }
  },
});

export const payloadJobs = [blankPayloads];
