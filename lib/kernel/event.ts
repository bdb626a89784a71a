import type { Tx } from '@/lib/infra/db';
import { clock } from './clock';
import type { Context } from './context';
import { type EventActor, eventActor } from './actor';
import { newId } from './ids';

export type Outcome =
  | 'allow'
  | 'hold'
  | 'deny'
  | 'succeeded'
  | 'failed'
  | 'unknown'
  | 'approved'
  | 'rejected'
  | 'expired'
  | 'cancelled'
  | 'refused';

/** What a verb says of its deed; the kernel adds id, time, workspace and actor. */
export interface NewEvent {
  /** Past tense, dotted: `agent.suspended`. */
  type: string;
  object?: { type: string; id: string };
  /** The agent it is about, when the actor is someone else. */
  agent?: string;
  session?: string;
  action?: string;
  outcome?: Outcome;
  tier?: number;
  classification?: string;
  policy_version?: string;
  digest?: string;
  /** Never a secret. For a change made by a person: { before, after }. */
  data?: Record<string, unknown>;
}

/** A trail event as it is hashed and exported (interfaces.md, "Trail event"). */
export interface TrailEvent extends NewEvent {
  id: string;
  time: string;
  workspace: string;
  actor: EventActor;
}

export function makeEvent(ctx: Context, event: NewEvent): TrailEvent {
  return {
    id: newId('evt'),
    time: clock.now().toISOString(),
    workspace: ctx.workspace,
    actor: eventActor(ctx.actor),
    ...event,
  };
}

/**
 * The event as the outbox holds it: JSON text. Throws, and the deed with it, on a NUL or half
 * a surrogate pair, which the trail has no form for.
 */
export function eventText(event: TrailEvent): string {
  const text = JSON.stringify(event);
  if (!isKeepable(text)) {
    throw new Error(`${event.type} holds a NUL or half a surrogate pair and cannot be recorded`);
  }
  return text;
}

const UNKEEPABLE = /\\u(?:0000|d[89a-f])/i;

/** Whether JSON text with no escape but the necessary ones, as JSON.stringify writes it, can be kept. */
export function isKeepable(text: string): boolean {
  if (!text.includes('\\u')) return true;
  // A backslash that was itself escaped escapes nothing.
  return !UNKEEPABLE.test(text.replaceAll('\\\\', ''));
}

/** Appends events to the outbox in the deed's own transaction. */
export async function appendEvents(tx: Tx, events: readonly TrailEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.outbox.createMany({
    data: events.map((event) => ({
      id: event.id,
      workspaceId: event.workspace,
      event: eventText(event),
    })),
  });
}
