import { z } from 'zod';

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
});
export type HistogramView = z.output<typeof histogramView>;
