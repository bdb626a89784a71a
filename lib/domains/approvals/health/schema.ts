import { z } from 'zod';

const person = z.object({ id: z.string(), name: z.string() });

export const ApproverHealth = z.object({
  id: z.string(),
  member: person,
  /** Signatures given, of them approving; those by grants are left out. */
  signatures: z.number(),
  approved: z.number(),
  /** Decisions: a batch is one. */
  decisions: z.number(),
  batches: z.number(),
  /** Decisions for which no card was opened, batches among them. */
  unopened: z.number(),
  /** From the opening of the card to the signature, where one was opened. */
  median_seconds: z.number().nullable(),
  p90_seconds: z.number().nullable(),
  /** The most approving decisions in a row. */
  longest_streak: z.number(),
  /** Decisions between 22 and 6 o'clock in the workspace's time zone. */
  at_night: z.number(),
  /** Planted requests that they decided in the last 90 days. */
  planted: z.object({ seen: z.number(), caught: z.number(), missed: z.number() }),
  /** Set while their signature takes one more beside it. */
  raised: z.object({ since: z.iso.datetime(), until: z.iso.datetime() }).nullable(),
  /** Days on which they were found to sign without reading, the last first. */
  alerts: z.array(z.object({ day: z.string(), in_a_row: z.number(), median_seconds: z.number() })),
});
export type ApproverHealth = z.output<typeof ApproverHealth>;

export const ApproversHealth = z.object({
  items: z.array(ApproverHealth),
  next: z.null(),
  days: z.number(),
  /** Whether everyone is shown, or the reader alone. */
  everyone: z.boolean(),
  thresholds: z.object({ in_a_row: z.number(), median_seconds: z.number() }),
});
export type ApproversHealth = z.output<typeof ApproversHealth>;

const seconds = z.object({ median: z.number(), p90: z.number() });

export const GroupLoad = z.object({
  id: z.string(),
  /** null: any approver. */
  group: person.nullable(),
  /** Members who can sign in it. */
  approvers: z.number(),
  /** Held actions that wait for its signature, and since when. */
  pending: z.number(),
  oldest: z.iso.datetime().nullable(),
  /** Of what was held in the last 30 days. */
  decided: z.number(),
  wait_seconds: seconds.nullable(),
  /** From the opening of a card to the signature. */
  decision_seconds: seconds.nullable(),
  /** As many numbers as there are days: decisions on each. */
  daily: z.array(z.number()),
});
export type GroupLoad = z.output<typeof GroupLoad>;

export const Load = z.object({
  items: z.array(GroupLoad),
  next: z.null(),
  /** The days of `daily`, YYYY-MM-DD in the workspace's time zone, oldest first. */
  days: z.array(z.string()),
});
export type Load = z.output<typeof Load>;
