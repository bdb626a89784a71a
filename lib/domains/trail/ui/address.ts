import type { UrlFilters } from '../queries';
import { filters as rules, hasWord, inOrder } from '../schema';

/** What was typed is refused by the search itself, which says why. */
const names = Object.keys(rules).filter((name) => name !== 'q') as (keyof UrlFilters)[];

/**
 * The filters of an address without those that no search knows, and the names of these. What has
 * no letter yet, as a phrase whose first quote is typed, narrows nothing until it has one.
 */
export function readFilters(given: UrlFilters): {
  filters: UrlFilters;
  ignored: (keyof UrlFilters)[];
} {
  const ignored = names.filter(
    (name) => given[name] !== '' && !rules[name].safeParse(given[name]).success,
  );
  const without = (left: readonly string[]) => {
    const entries = Object.entries(given).map(([name, value]) => [
      name,
      left.includes(name) ? '' : value,
    ]);
    return Object.fromEntries(entries) as UrlFilters;
  };
  const { from, to } = without(ignored);
  const instant = (text: string) => (text === '' ? undefined : new Date(text).toISOString());
  if (!inOrder({ from: instant(from), to: instant(to) })) ignored.push('to');
  const filters = without(ignored);
  return { filters: hasWord(filters.q) ? filters : { ...filters, q: '' }, ignored };
}
