import { z } from 'zod';
import { rotationSteps } from './rotation';

/** What the steps of a rotation need to go on after a crash; never a clear secret. */
export const rotationState = z.object({
  history: z.array(z.object({ step: z.enum(rotationSteps), at: z.string() })).default([]),
  /** Versions of a secret. */
  oldVersionId: z.string().optional(),
  newVersionId: z.string().optional(),
  /** The upstream's id of the key that is replaced. */
  oldUpstreamId: z.string().optional(),
  /** The credential that takes over from the subject. */
  successorId: z.string().optional(),
  overlapUntil: z.string().optional(),
  /** The successor's private part, sealed under the workspace's data key for the successor's id. */
  sealed: z.string().optional(),
  switchedAt: z.string().optional(),
  /** What it waits for, in a sentence for people. */
  waiting: z.string().optional(),
});
export type RotationState = z.output<typeof rotationState>;
