import { z } from 'zod';
import { Ability } from '@/lib/kernel/ability';
import { idSchema } from '@/lib/kernel/ids';
import { filters, inOrder, order } from '../schema';
import { retentionClasses } from './classes';

const months = z
  .int('must be a whole number of months')
  .min(1, 'must be at least one month')
  .max(1_200, 'must be at most 1,200 months');

export const periods = z.object({
  decisions: months,
  sessions: months,
  administration: months,
  reads: months,
});

/** Classes not named stay as they are. */
export const updateRetentionInput = z
  .strictObject(periods.partial().shape)
  .refine((given) => Object.values(given).some((value) => value !== undefined), {
    path: ['decisions'],
    message: 'give the months of at least one class',
  });

const forecast = z.object({
  class: z.enum(retentionClasses),
  months: z.number(),
  /** Over the time observed; of less than a day, what came in it. */
  events_a_day: z.number(),
  bytes_a_day: z.number(),
  /** What is kept now. */
  events: z.number(),
  bytes: z.number(),
  /** What will be kept once a whole period has gone by at this pace. */
  events_at_end: z.number(),
  bytes_at_end: z.number(),
  /** Events of months that are past the period now; holds may keep some. */
  past: z.number(),
});

export const retentionView = z.object({
  periods,
  updated_by: z.string().nullable(),
  updated_at: z.string().nullable(),
  /** Bytes of an event with its indexes; an estimate while there is little to measure. */
  event_bytes: z.number(),
  /** What the pace rests on: the last 30 days, or the age of the log when that is less. */
  observed_ms: z.number(),
  forecast: z.array(forecast),
  /** The last removals, newest first. */
  removals: z.array(
    z.object({
      id: z.string(),
      month: z.string(),
      classes: z.array(z.string()),
      events: z.number(),
      at: z.string(),
    }),
  ),
  can: z.object({ edit: Ability, place: Ability }),
});
export type RetentionView = z.output<typeof retentionView>;

/** What a hold keeps: the filters of a search, at least one of them. */
const holdFilters = z
  .strictObject(filters)
  .refine(inOrder, order)
  .refine((given) => Object.values(given).some((value) => value !== undefined), {
    path: [],
    message: 'must narrow by something; name a time to hold everything in it',
  });

const reason = z.string().trim().min(3, 'must say why').max(1_000);

export const placeHoldInput = z.strictObject({
  filters: holdFilters,
  reason,
  /** The member who answers for it. */
  owner: idSchema('mbr'),
});
export const liftHoldInput = z.strictObject({ id: idSchema('lgh'), reason });
export const holdsInput = z.strictObject({});

export const holdView = z.object({
  id: z.string(),
  filters: z.record(z.string(), z.string()),
  reason: z.string(),
  owner: z.string(),
  placed_by: z.string(),
  placed_at: z.string(),
  lifted_by: z.string().nullable(),
  lifted_at: z.string().nullable(),
  lift_reason: z.string().nullable(),
  can: z.object({ lift: Ability }),
});
export type HoldView = z.output<typeof holdView>;
/** Active ones first, newest first; the last hundred of those that were lifted. */
export const holdsView = z.object({ items: z.array(holdView) });
