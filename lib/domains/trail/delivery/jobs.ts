import { z } from 'zod';
import { inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { defineJob } from '@/lib/kernel/job';
import { about } from './deliver';
import { takeUnalerted } from './repo';

/** A receiver that restarts is nobody's concern; one that is away this long is. */
const PATIENCE_MS = 5 * 60_000;

/** Says in the trail, once, that a sink has not been delivered to for too long. */
const deliveryWatch = defineJob({
  name: 'trail.delivery_watch',
  input: z.object({}),
  schedule: { every: 60_000 },
  run: async (ctx) => {
    const now = clock.now();
    await inWorkspace(ctx.workspace, async (tx) => {
      const sinks = await takeUnalerted(tx, new Date(now.getTime() - PATIENCE_MS), now);
      const events = sinks.map((sink) =>
        about(sink, 'trail.delivery_failing', 'failed', {
          since: sink.failingSince?.toISOString(),
          attempts: sink.attempts,
          error: sink.error,
          position: Number(sink.position),
        }),
      );
      await appendEvents(
        tx,
        events.map((event) => makeEvent(ctx, event)),
      );
    });
  },
});

export const deliveryJobs = [deliveryWatch];
