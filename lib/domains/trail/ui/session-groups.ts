import type { EventItem } from '../schema';

/** Events of one action, or those of the session itself that stand between actions. */
export interface SessionGroup {
  action?: string;
  events: EventItem[];
  /** What happened last before the group began. */
  before?: EventItem;
}

/** A session's events by action, each group where its first event is; all of them in the log's order. */
export function groupsOf(events: readonly EventItem[]): SessionGroup[] {
  const groups: SessionGroup[] = [];
  const byAction = new Map<string, SessionGroup>();
  let before: EventItem | undefined;
  for (const event of events) {
    const { action } = event;
    const last = groups.at(-1);
    const own =
      action === undefined ? (last?.action === undefined ? last : undefined) : byAction.get(action);
    if (own) own.events.push(event);
    else {
      const made: SessionGroup = {
        events: [event],
        ...(action === undefined ? {} : { action }),
        ...(before ? { before } : {}),
      };
      groups.push(made);
      if (action !== undefined) byAction.set(action, made);
    }
    before = event;
  }
  return groups;
}
