import { z } from 'zod';
import { Ability } from '@/lib/kernel/ability';
import { idSchema } from '@/lib/kernel/ids';
import { pageInput } from '@/lib/kernel/page-input';
import { Sampling } from './sampling/setting';

export const verdicts = ['correct', 'wrong', 'unsure'] as const;
export const Verdict = z.enum(verdicts);
export type Verdict = z.output<typeof Verdict>;

/** Why it was wrong, or why nobody can tell. */
export const reasonCodes = [
  'not_asked_for',
  'wrong_target',
  'wrong_content',
  'against_rules',
  'weak_evidence',
  'too_little_shown',
  'other',
] as const;
export const ReasonCode = z.enum(reasonCodes);
export type ReasonCode = z.output<typeof ReasonCode>;

export const origins = ['daily', 'hand', 'break_glass'] as const;

const day = z.iso.date('must be a day such as 2026-11-21');
const instant = z.iso.datetime();
const note = z.string().trim().max(2_000).default('');
const person = z.object({ id: z.string(), name: z.string() });

// ---- samples ----

export const SampleId = idSchema('smp');
export const SampleRef = z.strictObject({ id: SampleId });
export const ListSamples = z.strictObject({
  ...pageInput,
  day: day.optional(),
  open: z.stringbool().optional(),
  /** Assigned to whoever asks, and not reviewed yet. */
  mine: z.stringbool().optional(),
});
export const GiveVerdict = z.strictObject({
  id: SampleId,
  verdict: Verdict,
  reason: ReasonCode.optional(),
  note,
});
/** Draws from a day by hand, beside what the daily job draws when the day has closed. */
export const DrawSample = z.strictObject({
  day,
  size: z.number().int().min(1).max(200).default(10),
});

export const Review = z.object({
  by: person,
  at: instant,
  verdict: Verdict,
  reason: ReasonCode.nullable(),
  note: z.string(),
});
export type Review = z.output<typeof Review>;

export const Sample = z.object({
  id: z.string(),
  day: z.string(),
  origin: z.enum(origins),
  /** Whether its outcome came after the draw of its own day. */
  late: z.boolean(),
  due_at: instant,
  escalated_at: instant.nullable(),
  /** Null until all its reviews are in; of two the worse. */
  verdict: Verdict.nullable(),
  note: z.string().nullable(),
  reviewed_by: person.nullable(),
  reviewed_at: instant.nullable(),
  /** How many reviews it gets, and how many are in. */
  wanted: z.number(),
  given: z.number(),
  /** All of them when all are in; until then the reader's own at most. */
  reviews: z.array(Review),
  assigned_to: z.array(person),
  /** Whether it is assigned to the reader, who has not reviewed it. */
  mine: z.boolean(),
  finding: z.object({ id: z.string(), status: z.enum(['open', 'closed']) }).nullable(),
  action: z.object({
    id: z.string(),
    type: z.string(),
    agent: person,
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
    created_at: instant,
  }),
  /** Without `see_payload` its action is as it would be with its payload erased. */
  can: z.object({ review: Ability, see_payload: Ability }),
});
export type Sample = z.output<typeof Sample>;

export const ReviewDay = z.object({
  day: z.string(),
  /** Tier-2 actions that ran that day; null until the day's draw. */
  population: z.number().nullable(),
  /** Those of them whose outcome came after the draw of their own day. */
  late: z.number(),
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
  mine: z.number(),
  findings: z.number(),
  /** Two blind reviews each: how many pairs in 90 days, and their Cohen's kappa. */
  agreement: z.object({ pairs: z.number(), kappa: z.number().nullable() }),
  can: z.object({ draw: Ability }),
});
export type ReviewSummary = z.output<typeof ReviewSummary>;

// ---- settings ----

/** Sampling, and when the evidence is strong enough to propose another tier. */
export const ReviewSettings = Sampling.extend({
  /** Wrong verdicts for certain above this share: more of it should wait for a person. */
  raiseAbove: z.number().min(0.01).max(0.9),
  /** Wrong verdicts for certain below this share: less of it need be looked at. */
  lowerBelow: z.number().min(0.001).max(0.2),
  /** Fewer verdicts than that lower nothing. */
  enough: z.number().int().min(20).max(10_000),
});
export type ReviewSettings = z.output<typeof ReviewSettings>;
export const UpdateReviewSettings = ReviewSettings.partial();
export const ReviewSettingsView = z.object({
  settings: ReviewSettings,
  can: z.object({ update: Ability }),
});
export type ReviewSettingsView = z.output<typeof ReviewSettingsView>;

// ---- what the verdicts say ----

export const ReadRates = z.strictObject({
  days: z.coerce.number().int().min(1).max(365).default(30),
  agent: idSchema('agt').optional(),
  action_type: z.string().min(1).max(200).optional(),
});
/**
 * The share of wrong actions among all that ran, told from the verdicts that were correct or wrong,
 * each weighing as many actions as it stands for; with its 95 % interval (weighted.ts).
 */
const Rate = z.object({
  /** Null while nothing is reviewed. */
  rate: z.number().nullable(),
  reviewed: z.number(),
  wrong: z.number(),
  unsure: z.number(),
  /** How many actions that ran the reviewed ones stand for. */
  population: z.number(),
  low: z.number(),
  high: z.number(),
});
export type Rate = z.output<typeof Rate>;
const NamedRate = Rate.extend({ key: z.string(), name: z.string() });
export type NamedRate = z.output<typeof NamedRate>;
export const Proposal = Rate.extend({
  permission: z.string(),
  role: z.string(),
  action_type: z.string(),
  /** raise: more of it waits for a person. lower: less of it is looked at. */
  move: z.enum(['raise', 'lower']),
  why: z.string(),
});
export type Proposal = z.output<typeof Proposal>;
export const ReviewRates = z.object({
  all: Rate,
  by_day: z.array(Rate.extend({ day: z.string() })),
  by_agent: z.array(NamedRate),
  by_action_type: z.array(NamedRate),
  proposals: z.array(Proposal),
  can: z.object({ draft: Ability }),
});
export type ReviewRates = z.output<typeof ReviewRates>;
export const DraftProposal = z.strictObject({
  id: idSchema('prm'),
  move: z.enum(['raise', 'lower']),
});
export const DraftMade = z.object({ draft: z.string() });

// ---- findings ----

export const FindingId = idSchema('rfd');
export const FindingRef = z.strictObject({ id: FindingId });
export const ListFindings = z.strictObject({
  ...pageInput,
  status: z.enum(['open', 'closed']).default('open'),
});
export const followUps = ['correct', 'tighten', 'probation', 'isolate'] as const;
export const FollowUpKind = z.enum(followUps);
export type FollowUpKind = z.output<typeof FollowUpKind>;
export const FollowUp = z
  .strictObject({ id: FindingId, do: FollowUpKind, note })
  .refine((input) => (input.do !== 'correct' && input.do !== 'isolate') || input.note.length >= 3, {
    path: ['note'],
    message: 'say what was done, or why',
  });
export const CloseFinding = z.strictObject({ id: FindingId, note });
export const ReviewFinding = z.object({
  id: z.string(),
  status: z.enum(['open', 'closed']),
  opened_by: person,
  opened_at: instant,
  closed_by: person.nullable(),
  closed_at: instant.nullable(),
  close_note: z.string(),
  /** The wrong verdict that opened it. */
  sample: z.object({
    id: z.string(),
    day: z.string(),
    reason: ReasonCode.nullable(),
    note: z.string(),
  }),
  action: z.object({
    id: z.string(),
    type: z.string(),
    summary: z.string(),
    agent: z.object({ id: z.string(), name: z.string(), state: z.string() }),
  }),
  follow_ups: z.array(
    z.object({
      id: z.string(),
      kind: FollowUpKind,
      note: z.string(),
      draft: z.string().nullable(),
      by: person,
      at: instant,
    }),
  ),
  can: z.object({
    correct: Ability,
    tighten: Ability,
    probation: Ability,
    isolate: Ability,
    close: Ability,
  }),
});
export type ReviewFinding = z.output<typeof ReviewFinding>;
