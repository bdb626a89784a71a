import { z } from 'zod';
import { idSchema } from '@/lib/kernel/ids';
import { Reason, SessionRequest } from '../schema';

const instant = z.iso.datetime();
const tier = z.number().nullable();
const Named = z.object({ id: z.string(), name: z.string() });

/** A recorded action, or one that somebody makes up. */
export const AskExplanation = z.strictObject({
  action: idSchema('act').optional(),
  agent: idSchema('agt').optional(),
  /** The action type's key, such as refunds.create. */
  actionType: z.string().trim().min(1).max(200).optional(),
  parameters: z.record(z.string().min(1).max(200), z.unknown()).optional(),
  /** Attributes bound to the session. */
  session: SessionRequest.shape.attributes.optional(),
  /** The user acted for. */
  user: z.string().trim().min(1).max(200).optional(),
  /** Where the request comes from. */
  address: z.union([z.ipv4(), z.ipv6()], 'must be an IP address').optional(),
  /** When it is asked for; now by default. */
  at: instant.optional(),
});
export type AskExplanation = z.output<typeof AskExplanation>;

/** What is asked, as it is kept for the job. */
export const Question = z.union([
  z.object({ action: z.string() }),
  AskExplanation.required({ agent: true, actionType: true }).omit({ action: true }),
]);
export type Question = z.output<typeof Question>;

export const stageNames = [
  'authenticate',
  'session',
  'resolve',
  'inspect',
  'authorize',
  'limit',
  'classify',
] as const;
export type StageName = (typeof stageNames)[number];

const StageOutcome = z.object({
  stage: z.enum(stageNames),
  outcome: z.enum(['passed', 'refused', 'not_reached']),
  words: z.string(),
});
export type StageOutcome = z.output<typeof StageOutcome>;

/** A permission that the agent holds for the action type, or a permit by hand that can be of it. */
const HeldPermission = z.object({
  permission: z.string(),
  /** Null for a permit by hand. */
  role: Named.nullable(),
  /** What grants it, in words. */
  by: z.string(),
  words: z.string(),
  cedar: z.array(z.string()),
  /** The tier at which it permits this; null when it does not. */
  tier,
  /** Whether it is the one that it is counted against. */
  counted: z.boolean(),
});
export type HeldPermission = z.output<typeof HeldPermission>;

export const Explained = z.object({
  /** All of it in one sentence. */
  sentence: z.string(),
  /** refused: not decided at all, as with wrong parameters or a full rate. */
  decision: z.enum(['allow', 'hold', 'deny', 'refused']),
  stage: z.enum(stageNames),
  tier,
  /** What raised the tier. */
  floors: z.array(Reason),
  reasons: z.array(Reason),
  stages: z.array(StageOutcome),
  agent: Named,
  actionType: z.string(),
  permissions: z.array(HeldPermission),
  forbids: z.array(z.object({ id: z.string(), words: z.string(), cedar: z.string() })),
  policyVersion: z.string(),
  at: instant,
});
export type Explained = z.output<typeof Explained>;

/** What was decided when an action was recorded. */
const Recorded = z.object({
  action: z.string(),
  decision: z.enum(['allow', 'hold', 'deny']),
  tier,
  status: z.string(),
  reasons: z.array(Reason),
  permissions: z.array(
    z.object({ id: z.string(), role: Named.nullable(), words: z.string().nullable() }),
  ),
  policyVersion: z.string(),
  /** The version of the policies that was the last one then. */
  version: z.object({ id: z.string(), number: z.number() }).nullable().default(null),
  at: instant,
});

export const ExplanationResult = z.object({
  recorded: Recorded.nullable(),
  /** Null when it cannot be decided anew, and why. */
  now: Explained.nullable(),
  unavailable: z.string(),
  /** Whether now is as it was recorded; null without the one or the other. */
  same: z.boolean().nullable(),
  /** Policy versions since then that speak of it. */
  versions: z.array(
    z.object({ id: z.string(), number: z.number(), at: instant, changes: z.array(z.string()) }),
  ),
});
export type ExplanationResult = z.output<typeof ExplanationResult>;

/** As it is kept: with the sentence for who is not shown the action's payload. */
export const KeptResult = ExplanationResult.extend({
  now: Explained.extend({ withheld: z.string().optional() }).nullable(),
});
export type KeptResult = z.output<typeof KeptResult>;

export const ExplanationRef = z.strictObject({ id: idSchema('xpl') });
export const Explanation = z.object({
  id: z.string(),
  status: z.enum(['queued', 'done', 'failed']),
  error: z.string(),
  result: ExplanationResult.nullable(),
  createdAt: instant,
});
export type Explanation = z.output<typeof Explanation>;
