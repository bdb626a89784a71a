import { z } from 'zod';

const anchorView = z.object({
  place: z.enum(['folder', 'bucket', 'witness']),
  /** Size of the newest checkpoint there; 0 before the first. */
  size: z.number(),
  written_at: z.string().nullable(),
  failing_since: z.string().nullable(),
  error: z.string().nullable(),
});
/** One for each place that is configured. */
export const anchorsView = z.object({ items: z.array(anchorView) });
export type AnchorsView = z.output<typeof anchorsView>;
