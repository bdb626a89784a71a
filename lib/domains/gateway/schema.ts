import { z } from 'zod';
import { idSchema } from '@/lib/kernel/ids';
import { Needs } from './signed/schema';
import { actionStatuses } from './state';

/** Largest request and largest answer of a tool, in bytes. */
export const MAX_BYTES = 1024 * 1024;

const name = z.string().min(1, 'must not be empty').max(200);
const sentence = z.string().min(1, 'must not be empty').max(2_000);
const scalar = z.union([z.string().max(1_000), z.number(), z.boolean()]);
const openObject = z.record(z.string().min(1).max(200), z.unknown());

/** What a session may be told in one object: all claims of a token with its groups, and no documents. */
const TOLD = { characters: 16_000, values: 300, levels: 5 };
export const toldAtMost = 'at most 16,000 characters of JSON, 300 members and items, and 5 levels';

export function isTold(told: object): boolean {
  let values = 0;
  const fits = (value: unknown, level: number): boolean => {
    if (typeof value !== 'object' || value === null) return true;
    const members = Object.values(value);
    values += members.length;
    if (level > TOLD.levels || values > TOLD.values) return false;
    return members.every((member) => fits(member, level + 1));
  };
  return fits(told, 1) && JSON.stringify(told).length <= TOLD.characters;
}

/**
 * POST /v1/sessions. Each of its objects is kept in memory and shown with what is held, so each
 * has at most 16,000 characters of JSON, 300 members and items, and 5 levels.
 */
export const SessionRequest = z.strictObject({
  /** Who started it: `{ type, id, … }` as the agent's side knows them. */
  initiator: openObject.refine(isTold, `must have ${toldAtMost}`).describe(toldAtMost),
  /** How they were authenticated. */
  auth_context: openObject.refine(isTold, `must have ${toldAtMost}`).describe(toldAtMost),
  /** Bound to the session and compared with parameters by rules, such as customer_id. */
  attributes: z
    .record(name, scalar)
    .refine(isTold, `must have ${toldAtMost}`)
    .describe(toldAtMost)
    .default({}),
});
export type SessionRequest = z.output<typeof SessionRequest>;

export const SessionAnswer = z.object({
  id: z.string(),
  /** Belongs nowhere but in the agent's instructions; seen in an action it betrays a leak. */
  canary: z.string(),
  expires_at: z.iso.datetime(),
});

export const Evidence = z.strictObject({
  title: name,
  source: z.string().max(200).default(''),
  ref: z.string().max(200).default(''),
  content: z.unknown().optional(),
});

/** POST /v1/actions. */
export const ActionRequest = z.strictObject({
  session: idSchema('ses'),
  /** The action type's key, such as refunds.create. */
  action: name,
  parameters: z.record(z.string(), z.unknown()),
  summary: sentence,
  why: sentence,
  evidence: z.array(Evidence).max(50).default([]),
  /** Text from outside that led to this. */
  untrusted: z.array(z.string().max(100_000)).max(50).default([]),
});
export type ActionRequest = z.output<typeof ActionRequest>;

export const IdempotencyKey = z
  .string('send an Idempotency-Key header')
  .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 printable characters without spaces');

export const Reason = z.object({ code: z.string(), message: z.string() });
export type Reason = z.output<typeof Reason>;

/** What an approver wants to know of a held action; the agent answers it once. */
export const OpenQuestion = z.object({
  id: z.string(),
  text: z.string(),
  asked_at: z.iso.datetime(),
});
export type OpenQuestion = z.output<typeof OpenQuestion>;

/** POST /v1/actions/{id}/answer. */
export const AnswerRequest = z.strictObject({
  question: idSchema('qst'),
  /** Shown to every approver from now on, without personal data. */
  answer: z.string().trim().min(1, 'must not be empty').max(4_000),
});
export type AnswerRequest = z.output<typeof AnswerRequest>;

export const ActionAnswer = z.object({
  id: z.string(),
  status: z.enum(actionStatuses),
  decision: z.enum(['allow', 'hold', 'deny']),
  tier: z.number().int().min(1).max(3).optional(),
  /** What the tool answered. */
  result: z.unknown().optional(),
  error: z
    .object({ code: z.string(), message: z.string(), status: z.number().optional() })
    .optional(),
  reasons: z.array(Reason).optional(),
  /** What the agent is asked while its action waits; POST /v1/actions/{id}/answer answers it. */
  question: OpenQuestion.optional(),
  /** What it ran or runs with, where a person approved less than was proposed. */
  parameters: z.record(z.string(), z.unknown()).optional(),
  /** When a held action stops waiting for a person. */
  expires_at: z.iso.datetime().optional(),
  policy_version: z.string(),
  /** Of what was proposed. */
  digest: z.string(),
});
export type ActionAnswer = z.output<typeof ActionAnswer>;

/** Seconds that GET /v1/actions/{id} may wait. */
export const LONGEST_WAIT = 60;
const seconds = `must be 0 to ${LONGEST_WAIT} seconds`;

export const WaitQuery = z.strictObject({
  wait: z.coerce
    .number(seconds)
    .int('must be whole seconds')
    .min(0, seconds)
    .max(LONGEST_WAIT, seconds)
    .default(0),
});

export const ProblemAnswer = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  decision: z.literal('deny').optional(),
  reasons: z.array(Reason).optional(),
});

/** 403 and 502 of POST /v1/actions: where there is an action, all that is told of it. */
export const ActionProblem = ProblemAnswer.extend({
  ...ActionAnswer.omit({ status: true }).partial().shape,
  /** The action's; `status` is that of the answer. */
  action_status: z.enum(['denied', 'failed', 'unknown']).optional(),
});
export type ActionProblem = z.output<typeof ActionProblem>;

/** Another gateway that asked for an approval, and runs what is approved by itself. */
export const AskedBy = z.object({
  type: z.enum(['member', 'agent']),
  /** Whose access token it asked with. */
  id: z.string(),
  name: z.string(),
  /** What it calls itself; nobody has checked that. */
  client: z.string().nullable(),
  /** Until when the approval is wanted. */
  until: z.iso.datetime().nullable(),
  emergency: z.boolean(),
});
export type AskedBy = z.output<typeof AskedBy>;

/** What an approver is shown of a held action: frozen when it was held, but for the last two members. */
export const Display = z.object({
  sentence: z.string(),
  summary: z.string(),
  why: z.string(),
  evidence: z.array(Evidence),
  untrusted: z.array(z.string()),
  parameters: z.record(z.string(), z.unknown()),
  action_type: z.object({
    key: z.string(),
    title: z.string(),
    tool: z.string(),
    effects: z.array(z.string()),
    reversibility: z.string(),
    classification: z.string(),
  }),
  /** Absent where Countersign does not run it itself. */
  request: z.object({ method: z.string(), url: z.string(), digest: z.string() }).optional(),
  agent: z.object({ id: z.string(), name: z.string(), sponsor_id: z.string().nullable() }),
  on_behalf_of: z.string().nullable(),
  /** Absent where Countersign runs it itself. */
  asked_by: AskedBy.optional(),
  session: z.object({
    id: z.string(),
    initiator: z.record(z.string(), z.unknown()),
    attributes: z.record(z.string(), z.unknown()),
  }),
  tier: z.number(),
  reasons: z.array(Reason),
  permissions: z.array(z.string()),
  /** The ladder that set the tier, and where this action's amount stands on it. */
  ladder: z
    .object({
      parameter: z.string(),
      autonomous: z.number(),
      supervised: z.number(),
      gated: z.number(),
    })
    .nullable(),
  amount: z.object({ parameter: z.string(), value: z.number() }).nullable(),
  policy_version: z.string(),
  digest: z.string(),
  /** Whose signatures it takes, so that each of them is bound to it. */
  needs: Needs.optional(),
  /** What the agent has answered since. */
  answers: z
    .array(
      z.object({
        question: z.string(),
        answer: z.string(),
        /** A member's id. */
        asked_by: z.string(),
        asked_at: z.iso.datetime(),
        answered_at: z.iso.datetime(),
      }),
    )
    .optional(),
  /** What it would run with instead of what was proposed, since an approver made it smaller. */
  narrowed: z
    .object({
      sentence: z.string(),
      parameters: z.record(z.string(), z.unknown()),
      /** A member's id. */
      by: z.string(),
      at: z.iso.datetime(),
    })
    .optional(),
});
export type Display = z.output<typeof Display>;
