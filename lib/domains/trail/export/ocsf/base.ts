import { isIP } from 'node:net';
import { summaryOf } from '../../sequencer/record';

/** A trail event as its body has it, and where it stands in the log. */
export interface Recorded {
  index: number;
  /** Base64. */
  leafHash: string;
  event: Event;
}

interface Event {
  id: string;
  time: string;
  workspace: string;
  type: string;
  actor: { type: string; id: string; on_behalf_of?: string };
  agent?: string;
  session?: string;
  action?: string;
  object?: { type: string; id: string };
  outcome?: string;
  tier?: number;
  classification?: string;
  policy_version?: string;
  digest?: string;
  data?: Record<string, unknown>;
}

export type Attributes = Record<string, unknown>;

/** A table looked up by what an event says, which may be the name of anything. */
export function table<T>(entries: Record<string, T>): ReadonlyMap<string, T> {
  return new Map(Object.entries(entries));
}

const userTypes = table<{ type_id: number; type: string }>({
  member: { type_id: 1, type: 'User' },
  agent: { type_id: 4, type: 'Service' },
  job: { type_id: 3, type: 'System' },
});

export function userOf(kind: string, uid: string, more: Attributes = {}): Attributes {
  return { uid, ...(userTypes.get(kind) ?? { type_id: 99, type: kind }), ...more };
}

/** Who did it: the user an agent acted for, else whoever acted; the agent is the application. */
export function actorOf({ actor, session }: Event): Attributes {
  const user =
    actor.on_behalf_of === undefined
      ? userOf(actor.type, actor.id)
      : userOf('member', actor.on_behalf_of);
  return {
    user,
    ...(actor.type === 'agent' ? { app_uid: actor.id } : {}),
    ...(session === undefined ? {} : { session: { uid: session } }),
  };
}

/** Where it came from: the address where the event has one, else the actor itself. */
export function sourceOf({ actor, data }: Event): Attributes {
  const address = text(data?.['address'])?.replace(/^::ffff:/, '') ?? '';
  return {
    uid: actor.id,
    name: actor.type,
    ...(isIP(address) > 0 ? { ip: address } : {}),
  };
}

export function resourcesOf({ object }: Event): Attributes {
  return object === undefined ? {} : { resources: [{ uid: object.id, type: object.type }] };
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A member of the event's data, or of what a change left or took away. */
export function changed(event: Event, name: string): unknown {
  for (const state of [event.data?.['after'], event.data?.['before']]) {
    if (typeof state === 'object' && state !== null && name in state) {
      return (state as Record<string, unknown>)[name];
    }
  }
  return event.data?.[name];
}

/** The part of an event's type after its first dot, in words. */
export function wordOf(event: Event): string {
  return event.type.slice(event.type.indexOf('.') + 1).replaceAll(/[._]/g, ' ');
}

export function messageOf(event: Event): string {
  return summaryOf(event.data ?? {}) || event.type;
}

const confidentiality = table<{ confidentiality_id: number; confidentiality: string }>({
  Public: { confidentiality_id: 1, confidentiality: 'Not Confidential' },
  Confidential: { confidentiality_id: 2, confidentiality: 'Confidential' },
  Restricted: { confidentiality_id: 6, confidentiality: 'Restricted' },
});

/** What OCSF asks of every event, with all that has no place in it under `unmapped`. */
export function commonOf(recorded: Recorded, profiles: readonly string[]): Attributes {
  const { index, leafHash } = recorded;
  const { id, time, workspace, type, actor: _, ...rest } = recorded.event;
  const { classification, action, session, data } = rest;
  const reason = text(data?.['reason'])?.slice(0, 1_000).toWellFormed();
  const related = action ?? session;
  const used = [...profiles, ...(classification === undefined ? [] : ['data_classification'])];
  return {
    time: Date.parse(time),
    message: messageOf(recorded.event),
    ...(reason === undefined ? {} : { status_detail: reason }),
    ...(rest.outcome === undefined ? {} : { status_code: rest.outcome }),
    metadata: {
      version: '1.8.0',
      product: { uid: 'countersign', name: 'Countersign', vendor_name: 'Countersign' },
      uid: id,
      event_code: type,
      log_name: 'trail',
      original_time: time,
      sequence: index,
      tenant_uid: workspace,
      ...(related === undefined ? {} : { correlation_uid: related }),
      ...(used.length > 0 ? { profiles: used } : {}),
      ...(classification === undefined
        ? {}
        : {
            data_classifications: [
              confidentiality.get(classification) ?? {
                confidentiality_id: 99,
                confidentiality: classification,
              },
            ],
          }),
    },
    unmapped: { index, leaf_hash: leafHash, ...rest },
  };
}
