import { z } from 'zod';
import { rotationSteps } from './rotation';

/** A key that is or may be valid at the upstream although its rotation is over. */
export const leftKey = z.object({
  /** `unrecorded`: made at the upstream at most, for the rotation's id, and not known here. */
  key: z.enum(['old', 'new', 'unrecorded']),
  /** What the upstream calls it, where that is known. */
  upstreamId: z.string().nullable(),
});
export type LeftKey = z.output<typeof leftKey>;

/** Who ended a rotation before it was done, and what a person has to do for it. */
const ended = z.object({
  by: z.string(),
  reason: z.string(),
  /** Where its keys are; null when the vault does not know their upstream. */
  at: z.string().nullable(),
  left: z.array(leftKey),
});
export type Ended = z.output<typeof ended>;

/** What the steps of a rotation need to go on after a crash; never a clear secret. */
export const rotationState = z.object({
  history: z.array(z.object({ step: z.enum(rotationSteps), at: z.string() })).default([]),
  /** Versions of a secret. */
  oldVersionId: z.string().optional(),
  newVersionId: z.string().optional(),
  /** Requests to make a key of which it is not certain that they made none; noted before each. */
  asked: z.number().optional(),
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
  ended: ended.optional(),
});
export type RotationState = z.output<typeof rotationState>;
