import { eventText, type TrailEvent } from './event';

/** The statement that appends one event in the transaction at hand. */
export function outboxInsert(event: TrailEvent) {
  return {
    name: 'outbox-insert',
    text: 'INSERT INTO outbox (id, workspace_id, event) VALUES ($1, $2, $3)',
    values: [event.id, event.workspace, eventText(event)],
  };
}
