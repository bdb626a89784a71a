/** What an approver does before deciding: asks, makes smaller, looks at what it rests on. */
import { z } from 'zod';
import { Classification } from '@/lib/domains/classification';
import { Ability } from '@/lib/kernel/ability';
import { ApprovalId } from '../schema';
import { Sign } from './signs/schema';

export const AskAgent = z.strictObject({
  id: ApprovalId,
  question: z.string().trim().min(3, 'ask in a few words').max(1_000),
});

export const NarrowAction = z.strictObject({
  id: ApprovalId,
  /** What was on screen; it is no more when anything of it has changed. */
  display_digest: z.string().max(100),
  /** The numbers to make smaller, each below what was proposed; null takes an earlier one back. */
  parameters: z
    .record(z.string().min(1).max(200), z.number())
    .refine((given) => Object.keys(given).length > 0, 'must name at least one parameter')
    .nullable(),
});

const moment = z.iso.datetime();

/** What a claim rests on, as far as code can tell. */
export const Grounds = z.object({
  /**
   * read: exactly, or a part of, what the recorded action answered. differs: there is such an
   * action of this agent, and it answered something else. own: nothing that can be compared.
   */
  verdict: z.enum(['read', 'differs', 'own']),
  /** sha256:… over the canonical content; null when it is only named. */
  hash: z.string().nullable(),
  /** The recorded action that it names. */
  origin: z
    .object({
      action: z.string(),
      type: z.string(),
      tool: z.string().nullable(),
      at: moment,
      classification: Classification.nullable(),
      /** Parts of the answer that the agent did not get as they are. */
      redacted: z.array(z.object({ path: z.string(), handling: z.string() })),
      /** Whether it can be read again to see what has changed. */
      rereadable: z.boolean(),
    })
    .nullable(),
});
export type Grounds = z.output<typeof Grounds>;

/** Earlier amounts of the same agent and action type: the latest 2,000 of 30 days at most. */
export const Amounts = z.object({
  count: z.number(),
  median: z.number().nullable(),
  /** What 95 % of them stay under. */
  percentile95: z.number().nullable(),
  maximum: z.number().nullable(),
});
export type Amounts = z.output<typeof Amounts>;

export const ApprovalContext = z.object({
  /** For each piece of evidence, in its order. */
  evidence: z.array(Grounds),
  history: z.object({
    days: z.number(),
    /** Whether all of those days was looked through: an agent can have too much for that. */
    whole: z.boolean(),
    agent: Amounts.nullable(),
    /** Null when no customer is named. */
    customer: z.object({ id: z.string(), ...Amounts.shape }).nullable(),
  }),
  /** What is unusual about it, the warnings first; that there is none says nothing of it. */
  signs: z.array(Sign),
  /** The nearest amounts of the same agent and action type that people decided. */
  similar: z.array(
    z.object({
      id: z.string(),
      sentence: z.string(),
      amount: z.number().nullable(),
      status: z.string(),
      decision: z.string(),
      by: z.string(),
      at: moment,
      narrowed: z.boolean(),
    }),
  ),
  narrowable: z.array(z.object({ parameter: z.string(), value: z.number(), minimum: z.number() })),
  can: z.object({ narrow: Ability, ask: Ability, read_sources: Ability }),
});
export type ApprovalContext = z.output<typeof ApprovalContext>;

export const ReadAgain = z.object({
  items: z.array(
    z.object({
      /** The recorded read. */
      action: z.string(),
      type: z.string(),
      read_at: moment,
      changed: z.boolean(),
      before: z.unknown(),
      after: z.unknown(),
      /** Why there is nothing to compare. */
      error: z.string().nullable(),
    }),
  ),
});
export type ReadAgain = z.output<typeof ReadAgain>;
