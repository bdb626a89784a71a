import type { RateFilters } from '../queries';

/** What is asked for where the address says nothing. */
export const allRates: Readonly<Record<keyof RateFilters, string>> = {
  days: '30',
  agent: '',
  action_type: '',
};

/** The same rates narrowed to one agent or action type; what else they are filtered by stays. */
export function rateHref(
  filters: RateFilters,
  param: 'agent' | 'action_type',
  value: string,
): string {
  const params = new URLSearchParams({ view: 'rates' });
  for (const [key, chosen] of Object.entries({ ...filters, [param]: value })) {
    if (chosen !== allRates[key as keyof RateFilters]) params.set(key, chosen);
  }
  return `/reviews?${params}`;
}
