import { z } from 'zod';
import { readSettings, readTimeZone } from '@/lib/domains/workspaces/server';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { conflict, invalid } from '@/lib/kernel/problem';
import { verb } from '@/lib/kernel/verb';
import { boundsOf, dayOf } from '../day';
import { drawSamples } from '../policy';
import { asDate, countPopulation, findPopulation } from '../repo';
import { SAMPLE_DRAWN } from '../sampling/population';
import { drawAtRandom } from '../sampling/random';
import { DrawSample } from '../schema';
import { assignSamples } from './assign';

/** An extra sample by hand; what the daily job draws is beside it, so this cannot steer that. */
export const drawByHand = verb({
  name: 'reviews.draw',
  input: DrawSample,
  output: z.object({ day: z.string(), population: z.number(), drawn: z.number() }),
  permit: drawSamples,
  run: async ({ ctx, input, tx, event }) => {
    const { day, size } = input;
    const timeZone = await readTimeZone(tx);
    if (day > dayOf(clock.now(), timeZone)) {
      throw invalid([{ field: 'day', message: 'must not be in the future' }]);
    }
    const { start, end } = boundsOf(day, timeZone);
    const population = await countPopulation(tx, start, end);
    const drawn = drawAtRandom(await findPopulation(tx, start, end), size);
    if (drawn.length === 0) {
      throw conflict('nothing_to_draw', 'No further supervised action ran on that day.');
    }
    const { reviewDueHours } = await readSettings(tx);
    const dueAt = new Date(clock.now().getTime() + reviewDueHours * 3_600_000);
    const samples = drawn.map((actionId) => ({
      ...{ id: newId('smp'), workspaceId: ctx.workspace, day: asDate(day) },
      ...{ actionId, origin: 'hand', dueAt },
    }));
    await tx.sample.createMany({ data: samples });
    await assignSamples(
      tx,
      ctx.workspace,
      samples.map(({ id }) => id),
    );
    event({
      type: SAMPLE_DRAWN,
      object: { type: 'sample_day', id: day },
      data: { origin: 'hand', day, population, size: drawn.length, actions: drawn },
    });
    return { day, population, drawn: drawn.length };
  },
});
