import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { readSettings } from '@/lib/domains/workspaces/server';
import { inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { idSchema } from '@/lib/kernel/ids';
import { defineJob } from '@/lib/kernel/job';
import { drawn } from './kinds';
import { plantOne } from './plant';
import { heldBetween, takeLook } from './repo';
import { endRaises } from './raise';

const LOOK_MS = 60_000;
const LOOK_BACK_MS = 3_600_000;
/** What is drawn is planted at a moment of its own within this. */
const WITHIN_MS = 15 * 60_000;

/** Plants one request, at the moment that it was put off to. */
export const plantRequest = defineJob({
  name: 'approvals.plant',
  input: z.object({ by: idSchema('mbr').nullable().default(null) }),
  attempts: 1,
  run: async (ctx, { by }) => {
    // What was drawn before somebody turned it off is not planted any more.
    const { plantedPer100 } = await inWorkspace(ctx.workspace, readSettings);
    if (by === null && plantedPer100 === 0) return;
    await plantOne(ctx, by);
  },
});

/** Draws for each action that was held since the last look; ends raises that have lasted their time. */
export const drawPlanted = defineJob({
  name: 'approvals.draw_planted',
  input: z.object({}),
  schedule: { every: LOOK_MS },
  run: async (ctx) => {
    const count = await inWorkspace(ctx.workspace, async (tx) => {
      const now = clock.now();
      const ended = await endRaises(tx, now);
      await appendEvents(
        tx,
        ended.map((event) => makeEvent(ctx, event)),
      );
      const { plantedPer100 } = await readSettings(tx);
      if (plantedPer100 === 0) return 0;
      const from = await takeLook(tx, ctx.workspace, now);
      if (!from) return 0;
      // After a time without looks, not all of it is made up for at once.
      const since = new Date(Math.max(from.getTime(), now.getTime() - LOOK_BACK_MS));
      return drawn(await heldBetween(tx, since, now), plantedPer100, randomInt);
    });
    for (let at = 0; at < count; at += 1)
      await plantRequest.enqueue(ctx.workspace, {}, { delay: randomInt(WITHIN_MS) });
  },
});
