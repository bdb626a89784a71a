import { plural } from '@/components/format';

/** They are counted in lists that are loaded by pages of so many. */
const PAGE = 50;

/** "3 held actions"; where the last page is full there may be another, so "50 or more". */
export function countWords(value: number | undefined, one: string): string {
  if (value === undefined) return `its ${one}s`;
  if (value > 0 && value % PAGE === 0) return `${value} or more ${one}s`;
  return plural(value, one);
}
