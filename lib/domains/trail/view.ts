import type { EventRow } from './repo';
import type { EventItem } from './schema';
import { summaryOf } from './sequencer/record';

/** An event as lists show it. */
export function viewEvent(row: EventRow): EventItem {
  const event = (
    row.body === null ? { ...row.envelope, data_omitted: true } : JSON.parse(row.body)
  ) as Omit<EventItem, 'index' | 'summary'>;
  return {
    ...event,
    index: Number(row.idx),
    ...(row.agent_id === null ? {} : { agent: row.agent_id }),
    ...(row.action_type === null ? {} : { action_type: row.action_type }),
    // Said anew from the body, which is proved; the column only stands in for a long one.
    summary:
      row.body === null ? row.summary : summaryOf((event.data ?? {}) as Record<string, unknown>),
  } as EventItem;
}
