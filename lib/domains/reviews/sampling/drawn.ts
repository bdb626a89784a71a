import * as z from 'zod';
import { ALGORITHM } from './choose';
import { Sampling } from './setting';

const count = z.number().int().min(0);

/** What the event of a day's draw says: all that recomputing it needs beside the log itself. */
export const Drawn = z.strictObject({
  origin: z.literal('daily'),
  day: z.iso.date(),
  algorithm: z.literal(ALGORITHM),
  /** The event that closed the day, and its place in the log. */
  closed: z.strictObject({ event: z.string(), index: count }),
  /** The first checkpoint after closing: size, root in base64, and the signed note. */
  checkpoint: z.strictObject({ size: count, root: z.string(), note: z.string() }),
  /** In hex. */
  seed: z.string(),
  /** As the closing event has it. */
  setting: Sampling,
  population: count,
  late: count,
  strata: z.array(
    z.strictObject({
      agent: z.string(),
      action_type: z.string(),
      band: z.string(),
      size: count,
      minimum: count,
      drawn: count,
    }),
  ),
  /** How many the setting asks for, before the minimums. */
  size: count,
  actions: z.array(z.string()),
  twice: count,
});
export type Drawn = z.output<typeof Drawn>;
