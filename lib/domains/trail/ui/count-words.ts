import { formatNumber } from '@/components/format';
import type { CountView } from '../schema';

/** "1,284 events", "more than 10,000 events" */
export function countWords(found: CountView | undefined): string {
  if (!found) return '…';
  if (found.capped) return `more than ${formatNumber(found.count)} events`;
  return `${formatNumber(found.count)} ${found.count === 1 ? 'event' : 'events'}`;
}
