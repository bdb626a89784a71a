import { z } from 'zod';
import { Ability } from '@/lib/kernel/ability';
import { idSchema } from '@/lib/kernel/ids';
import { pageInput } from '@/lib/kernel/page-input';

export const verdicts = ['correct', 'wrong', 'unsure'] as const;
export const Verdict = z.enum(verdicts);
export type Verdict = z.output<typeof Verdict>;

const day = z.iso.date('must be a day such as 2026-11-21');

export const SampleId = idSchema('smp');
export const SampleRef = z.strictObject({ id: SampleId });
export const ListSamples = z.strictObject({
  ...pageInput,
  day: day.optional(),
  open: z.stringbool().optional(),
});
export const GiveVerdict = z.strictObject({
  id: SampleId,
  verdict: Verdict,
  note: z.string().trim().max(2_000).default(''),
});
/** Draws from a day by hand, beside what the daily job draws when the day has closed. */
export const DrawSample = z.strictObject({
  day,
  size: z.number().int().min(1).max(200).default(10),
});

export const Sample = z.object({
  id: z.string(),
  day: z.string(),
  origin: z.enum(['daily', 'hand']),
  due_at: z.iso.datetime(),
  verdict: Verdict.nullable(),
  note: z.string().nullable(),
  reviewed_by: z.object({ id: z.string(), name: z.string() }).nullable(),
  reviewed_at: z.iso.datetime().nullable(),
  action: z.object({
    id: z.string(),
    type: z.string(),
    agent: z.object({ id: z.string(), name: z.string() }),
    session: z.string(),
    parameters: z.unknown(),
    summary: z.string(),
    why: z.string(),
    evidence: z.unknown(),
    untrusted: z.unknown(),
    classification: z.string().nullable(),
    tier: z.number(),
    status: z.string(),
    amount: z.number().nullable(),
    result: z.unknown(),
    error: z.unknown(),
    digest: z.string(),
    created_at: z.iso.datetime(),
  }),
  can: z.object({ review: Ability }),
});
export type Sample = z.output<typeof Sample>;

export const ReviewDay = z.object({
  day: z.string(),
  /** Tier-2 actions that ran that day; null until the day's draw. */
  population: z.number().nullable(),
  sampled: z.number(),
  reviewed: z.number(),
  correct: z.number(),
  wrong: z.number(),
  unsure: z.number(),
  /** Not reviewed although due. */
  overdue: z.number(),
});
export type ReviewDay = z.output<typeof ReviewDay>;
export const ReviewSummary = z.object({
  days: z.array(ReviewDay),
  open: z.number(),
  can: z.object({ draw: Ability }),
});
export type ReviewSummary = z.output<typeof ReviewSummary>;
