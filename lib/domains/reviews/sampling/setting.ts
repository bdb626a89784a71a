import * as z from 'zod';

/** How many of a day's actions are reviewed, and how they are spread. */
export const Sampling = z.strictObject({
  size: z.discriminatedUnion('by', [
    /** So many that one wrong action is among them with this confidence, if so large a part is wrong. */
    z.strictObject({
      by: z.literal('error_rate'),
      errorRate: z.number().min(0.001).max(0.5),
      confidence: z.number().min(0.5).max(0.999),
    }),
    z.strictObject({ by: z.literal('fixed'), count: z.number().int().min(0).max(1_000) }),
    z.strictObject({ by: z.literal('share'), share: z.number().min(0.001).max(1) }),
  ]),
  /** At least so many of each stratum, where it has them. */
  minimum: z.number().int().min(0).max(50),
  /** Whether amounts part strata. */
  bands: z.enum(['powers_of_ten', 'none']),
  /** The share of the sample that two people review without seeing each other's verdict. */
  twice: z.number().min(0).max(1),
});
export type Sampling = z.output<typeof Sampling>;

/** Whether no day is drawn from: a fixed sample of none, and no minimum of a stratum. */
export function drawsNothing({ minimum, size }: Pick<Sampling, 'minimum' | 'size'>): boolean {
  return minimum === 0 && size.by === 'fixed' && size.count === 0;
}
