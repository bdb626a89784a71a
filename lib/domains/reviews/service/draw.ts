import { z } from 'zod';
import { readSettings, readTimeZone } from '@/lib/domains/workspaces/server';
import { inWorkspace, isUniqueViolation, type Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { conflict, invalid } from '@/lib/kernel/problem';
import { verb } from '@/lib/kernel/verb';
import { boundsOf, dayBefore, dayOf } from '../day';
import { drawSamples } from '../policy';
import { asDate, countPopulation, findPopulation } from '../repo';
import { drawAtRandom } from '../sampling';
import { DrawSample } from '../schema';

interface Draw {
  day: string;
  origin: 'daily' | 'hand';
  size: number;
}

/** Puts up to `size` actions of the day that are in no sample yet into it. */
async function draw(tx: Tx, workspace: string, { day, origin, size }: Draw) {
  const { reviewDueHours } = await readSettings(tx);
  const { start, end } = boundsOf(day, await readTimeZone(tx));
  const population = await countPopulation(tx, start, end);
  const chosen = drawAtRandom(await findPopulation(tx, start, end), size);
  const dueAt = new Date(clock.now().getTime() + reviewDueHours * 3_600_000);
  await tx.sample.createMany({
    data: chosen.map((actionId) => ({
      ...{ id: newId('smp'), workspaceId: workspace, day: asDate(day), actionId, origin, dueAt },
    })),
  });
  return { population, drawn: chosen };
}

/** An extra sample by hand; what the daily job draws is beside it, so this cannot steer that. */
export const drawByHand = verb({
  name: 'reviews.draw',
  input: DrawSample,
  output: z.object({ day: z.string(), population: z.number(), drawn: z.number() }),
  permit: drawSamples,
  run: async ({ ctx, input, tx, event }) => {
    if (input.day > dayOf(clock.now(), await readTimeZone(tx))) {
      throw invalid([{ field: 'day', message: 'must not be in the future' }]);
    }
    const { population, drawn } = await draw(tx, ctx.workspace, { ...input, origin: 'hand' });
    if (drawn.length === 0) {
      throw conflict('nothing_to_draw', 'No further supervised action ran on that day.');
    }
    event({
      type: 'review.sample_drawn',
      object: { type: 'sample_day', id: input.day },
      data: { origin: 'hand', population, size: drawn.length, actions: drawn },
    });
    return { day: input.day, population, drawn: drawn.length };
  },
});

/** Draws yesterday's sample once; false when it has been drawn. */
export async function drawDaily(ctx: Context): Promise<boolean> {
  try {
    return await inWorkspace(ctx.workspace, async (tx) => {
      const day = dayBefore(dayOf(clock.now(), await readTimeZone(tx)));
      const known = await tx.sampleDay.findUnique({
        where: { workspaceId_day: { workspaceId: ctx.workspace, day: asDate(day) } },
      });
      if (known) return false;
      const { sampleSize } = await readSettings(tx);
      const { population, drawn } = await draw(tx, ctx.workspace, {
        day,
        origin: 'daily',
        size: sampleSize,
      });
      await tx.sampleDay.create({
        data: { workspaceId: ctx.workspace, day: asDate(day), population, size: drawn.length },
      });
      await appendEvents(tx, [
        makeEvent(ctx, {
          type: 'review.sample_drawn',
          object: { type: 'sample_day', id: day },
          data: { origin: 'daily', population, size: drawn.length, actions: drawn },
        }),
      ]);
      return true;
    });
  } catch (error) {
    // Another worker drew it in the same moment; the day's primary key let one of them win.
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}
