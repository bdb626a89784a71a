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

/** What the trail records of a member where the whole event would be too long for it. */
export const Omitted = z.strictObject({ omitted: z.string(), digest: z.string() });
export type Omitted = z.output<typeof Omitted>;

/**
 * The event as the log has it. Of a large day the strata, the ids or both are there by size and
 * digest only: they follow from population, seed and setting, so the digest is all it takes.
 */
export const RecordedDraw = Drawn.extend({
  strata: z.union([Drawn.shape.strata, Omitted]),
  actions: z.union([Drawn.shape.actions, Omitted]),
});
export type RecordedDraw = z.output<typeof RecordedDraw>;
