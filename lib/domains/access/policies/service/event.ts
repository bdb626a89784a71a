import type { NewEvent } from '@/lib/kernel/event';
import type { Change } from '../diff';

/** A new version as an event: each change in words, with what stood before and stands after. */
export function publishedEvent(
  type: string,
  number: number,
  changes: readonly Change[],
  why: string,
  more: Record<string, unknown> = {},
): NewEvent {
  const side = (of: 'before' | 'after') =>
    Object.fromEntries(changes.map((change) => [change.path, change[of]]));
  return {
    type,
    object: { type: 'policy_version', id: String(number) },
    data: {
      ...more,
      reason: why,
      changes: changes.map(({ words }) => words),
      widens: changes.some(({ widens }) => widens),
      before: side('before'),
      after: side('after'),
    },
  };
}
