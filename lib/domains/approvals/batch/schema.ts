import { z } from 'zod';
import { Revealed } from '../planted/schema';
import { ApprovalId } from '../schema';

/** So many signatures are given by one answer at most. */
export const MAX_BATCH = 100;

const item = z.strictObject({
  id: ApprovalId,
  /** Digest of what was shown; without it nothing is signed in a batch. */
  display_digest: z.string().min(1).max(100),
  /** The passkey's assertion over this action, where it takes one. */
  assertion: z.record(z.string(), z.unknown()).optional(),
});

const items = z
  .array(item)
  .min(1)
  .max(MAX_BATCH, `must be at most ${MAX_BATCH}`)
  .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'must name each once');

export const Batch = z
  .strictObject({
    decision: z.enum(['approved', 'rejected']),
    reason: z.string().trim().max(1_000).default(''),
    items,
  })
  .refine(({ decision, reason }) => decision === 'approved' || reason.length >= 3, {
    path: ['reason'],
    message: 'say why in a few words',
  });
export type Batch = z.output<typeof Batch>;

export const BatchAnswer = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      ok: z.boolean(),
      /** The action's status after it, or why it was refused. */
      status: z.string().optional(),
      /** What is said of one that was planted. */
      planted: Revealed.optional(),
      problem: z.object({ code: z.string(), message: z.string() }).optional(),
    }),
  ),
  signed: z.number(),
});
export type BatchAnswer = z.output<typeof BatchAnswer>;
