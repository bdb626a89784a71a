import { z } from 'zod';
import { Ability } from '@/lib/kernel/ability';
import { kinds } from './kinds';

const person = z.object({ id: z.string(), name: z.string() });

/** How a planted request ended: rejected or asked about; approved; or by the clock. */
export const outcomes = ['caught', 'missed', 'expired'] as const;
/** What a person did with it. */
export const answers = ['approved', 'rejected', 'asked', 'broke_glass', 'granted'] as const;
export type PlantedAnswer = (typeof answers)[number];

/** What is said of a planted request once it has ended, and never before. */
export const Revealed = z.object({
  kind: z.enum(kinds),
  /** The one parameter that was changed, to what, and what the evidence tells of. */
  parameter: z.string(),
  planted: z.union([z.string(), z.number()]),
  right: z.union([z.string(), z.number()]),
  outcome: z.enum(outcomes),
  answer: z.enum(answers).nullable(),
  decided_by: person.nullable(),
  /** False for the admin who had it planted, and where nobody decided it. */
  counted: z.boolean(),
  revealed_at: z.iso.datetime(),
});
export type Revealed = z.output<typeof Revealed>;

/** What is stored of what is wrong. */
export const StoredWrong = Revealed.pick({ parameter: true, planted: true, right: true });

/** Revealed ones of late, in numbers: those that wait are not there. */
export const PlantedCounts = z.object({
  days: z.number(),
  /** So many of 100 held actions are planted beside them; 0 is none. */
  per_100: z.number(),
  caught: z.number(),
  missed: z.number(),
  expired: z.number(),
  /** Why nothing was planted when something was drawn or asked for last; null when it was. */
  nothing: z.object({ why: z.string(), at: z.iso.datetime() }).nullable(),
  can: z.object({ plant: Ability }),
});
export type PlantedCounts = z.output<typeof PlantedCounts>;

export const PlantNow = z.strictObject({});
export const Planting = z.object({ asked_at: z.iso.datetime() });
