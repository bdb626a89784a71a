import { z } from 'zod';
import { Ability } from '@/lib/kernel/ability';
import { idSchema } from '@/lib/kernel/ids';
import { eventItem, filters, inOrder, order } from '../schema';

export const facetNames = [
  'type',
  'agent',
  'actor',
  'action_type',
  'outcome',
  'tier',
  'classification',
] as const;
export type FacetName = (typeof facetNames)[number];

/** Counted over the newest matches when it says a number, over all of them without. */
const counted = { exact: z.boolean(), over: z.number().optional() };

const facet = z.array(z.object({ value: z.string(), count: z.number() }));
export const facetsView = z.object({
  facets: z.object({
    type: facet,
    agent: facet,
    actor: facet,
    action_type: facet,
    outcome: facet,
    tier: facet,
    classification: facet,
  }),
  ...counted,
});
export type FacetsView = z.output<typeof facetsView>;

export const histogramView = z.object({
  from: z.string(),
  to: z.string(),
  buckets: z.array(
    z.object({
      at: z.string(),
      count: z.number(),
      parts: z.object({ allow: z.number(), hold: z.number(), deny: z.number() }),
    }),
  ),
  ...counted,
  /** Where not all were counted: older bars were not, and the one that begins here in part only. */
  counted_from: z.string().optional(),
});
export type HistogramView = z.output<typeof histogramView>;

const name = z.string().trim().min(1).max(80);

export const createSearchInput = z.strictObject({
  name,
  filters: z
    .strictObject(filters)
    .refine(inOrder, order)
    .refine(
      (given) => Object.values(given).some((value) => value !== undefined && value !== ''),
      'must narrow the trail by something',
    ),
  /** Whether everyone who may search the trail sees it. */
  shared: z.boolean().default(false),
});
export const savedInput = z.strictObject({ id: idSchema('sav') });
export const savedSearchView = z.object({
  id: z.string(),
  name: z.string(),
  filters: z.record(z.string(), z.string()),
  shared: z.boolean(),
  member: z.string(),
  own: z.boolean(),
  created_at: z.string(),
  can: z.object({ delete: Ability }),
});
export type SavedSearchView = z.output<typeof savedSearchView>;
export const savedSearches = z.object({ items: z.array(savedSearchView) });

export const sessionInput = z.strictObject({ session: idSchema('ses') });
export const sessionView = z.object({
  session: z.string(),
  /** In the order of the log. */
  items: z.array(eventItem),
  /** True when there are more; the search by session has them all. */
  cut: z.boolean(),
});
export type SessionView = z.output<typeof sessionView>;
