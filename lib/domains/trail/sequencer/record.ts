import { z } from 'zod';
import { canonicalJson } from '@/lib/kernel/canonical';
import { isKeepable } from '@/lib/kernel/event';
import { leafHash } from '../merkle';
import type { NeededKey } from '../payload/fields';
import type { PayloadKey, PayloadKeys } from '../payload/keys';
import { neededKey, protect, sealedMembers } from '../payload/seal';
import { wordHash } from '../payload/words';
import { lexeme, lexemesOf } from '../search/lexemes';
import { textVector, words } from '../search/words';
import { canFit, fits, shortened } from './fit';

/** More words of one payload are not searchable. */
const HASHED_WORDS = 5_000;

/** A row of the control database's outbox. */
export interface OutboxRow {
  id: string;
  workspace_id: string;
  /** The event as JSON text. */
  event: string;
  created_at: Date;
}

/** What the trail keeps of an event beside its index. */
export interface TrailRecord extends EventColumns {
  body: string;
  leaf: Buffer;
  /** A tsvector in its binary form. */
  search: Buffer;
  /** Why the outbox row did not hold a trail event, when it did not. */
  malformed?: string;
}

/** The columns that searching needs; all of them are taken from the event. */
export interface EventColumns {
  workspace: string;
  id: string;
  time: string;
  type: string;
  actorType: string;
  actorId: string;
  onBehalfOf: string | null;
  agent: string | null;
  session: string | null;
  action: string | null;
  actionType: string | null;
  objectType: string | null;
  objectId: string | null;
  outcome: string | null;
  tier: number | null;
  classification: string | null;
  summary: string;
}

const name = z.string().min(1).max(300);
/** Members that it does not name are not looked at: the event is taken as it came. */
const envelope = z.object({
  id: name,
  time: z.iso.datetime({ precision: 3 }),
  workspace: name,
  type: name,
  actor: z.object({ type: name, id: name, on_behalf_of: name.optional() }),
  object: z.object({ type: name, id: name }).optional(),
  agent: name.optional(),
  session: name.optional(),
  action: name.optional(),
  outcome: name.optional(),
  tier: z.int().min(0).max(99).optional(),
  classification: name.optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});

export type Envelope = z.output<typeof envelope> & Record<string, unknown>;

/** An outbox row as it was read, before anything of it is sealed. */
export interface Read {
  event: Envelope;
  malformed?: string;
}

/** Reads an outbox row. One that holds no trail event is taken as it is, inside one. */
export function readRow(row: OutboxRow): Read {
  const event = valueOf(row.event);
  const read = readEnvelope(event, row);
  if (typeof read !== 'string') return { event: read };
  const wrapper: Envelope = {
    id: row.id,
    time: row.created_at.toISOString(),
    workspace: row.workspace_id,
    type: 'trail.malformed_event_recorded',
    actor: { type: 'job', id: 'trail.sequencer' },
    ...classOf(event),
    // What it is cannot be told, so all of it counts as payload.
    data: { reason: read, event },
  };
  return { event: wrapper, malformed: read };
}

/** What the text says; the text itself where that is nothing, or nothing that can be kept. */
function valueOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isKeepable(text) ? value : text;
  } catch {
    return text;
  }
}

/** What it says of itself; text that says nothing is of the highest class, for it may be of any. */
function classOf(event: unknown): { classification?: string } {
  if (typeof event === 'string') return { classification: 'Restricted' };
  const said = name.safeParse(member(event, 'classification'));
  return said.success ? { classification: said.data } : {};
}

/** The key that a row's event is sealed with. */
export function keyOf({ event }: Read): NeededKey | undefined {
  return neededKey(event);
}

/**
 * The trail's record of an event: its payload sealed or masked, then its canonical form. Of one
 * too long for an entry bundle the longest members are left out, all but size and digest; its
 * words are found all the same.
 */
export function recordOf({ event, malformed }: Read, keys: PayloadKeys): TrailRecord {
  const { data, hidden, key } = protect(event, keys);
  const shown: Envelope = data === event.data ? event : { ...event, data };
  const columns = columnsOf(shown);
  const whole = canonicalJson(shown);
  const body = fits(whole) ? whole : canonicalJson(shortened(event, shown, keys));
  const lexemes = [...lexemesOf(columns), ...hashesOf(hidden, key && keys(key))];
  return {
    ...columns,
    body,
    leaf: leafHash(body),
    search: textVector(searchable(shown), lexemes),
    ...(malformed === undefined ? {} : { malformed }),
  };
}

/** The words of what is sealed, each as its keyed hash. */
function hashesOf(hidden: readonly unknown[], key: PayloadKey | null | undefined): string[] {
  if (!key) return [];
  const texts: string[] = [];
  for (const value of hidden) collect(value, texts, 0);
  return [...new Set(texts.flatMap(words))]
    .slice(0, HASHED_WORDS)
    .map((word) => lexeme('word', wordHash(key, word)));
}

function readEnvelope(event: unknown, row: OutboxRow): Envelope | string {
  const parsed = envelope.safeParse(event);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not an event'}`;
  }
  if (parsed.data.id !== row.id) return 'id: is not that of its outbox row';
  if (parsed.data.workspace !== row.workspace_id) return 'workspace: is not that of its outbox row';
  const year = new Date(parsed.data.time).getUTCFullYear();
  if (year < 2000 || year > 2199) return 'time: is outside the years the trail keeps';
  if (!canFit(event as Envelope, row.event))
    return 'data: is too long, even without what is longest';
  // As it came: parsing leaves out what has an odd name, and the trail leaves out nothing.
  return event as Envelope;
}

/**
 * The columns that are the event's own members, word for word; a verification compares them
 * with what is stored. What is only inferred (a summary, the agent behind an actor) is left
 * out, because another version may infer it otherwise and nothing would have been tampered with.
 */
export function verbatimColumns(body: string): Partial<EventColumns> {
  const event = envelope.parse(JSON.parse(body));
  return {
    id: event.id,
    time: event.time,
    type: event.type,
    actorType: event.actor.type,
    actorId: event.actor.id,
    onBehalfOf: event.actor.on_behalf_of ?? null,
    objectType: event.object?.type ?? null,
    objectId: event.object?.id ?? null,
    outcome: event.outcome ?? null,
    tier: event.tier ?? null,
    classification: event.classification ?? null,
    ...(event.agent === undefined ? {} : { agent: event.agent }),
    ...(event.session === undefined ? {} : { session: event.session }),
    ...(event.action === undefined ? {} : { action: event.action }),
    ...(event.object?.type === 'action_type' ? { actionType: event.object.id } : {}),
  };
}

function columnsOf(event: Envelope): EventColumns {
  const data = event.data ?? {};
  return {
    workspace: event.workspace,
    id: event.id,
    time: event.time,
    type: event.type,
    actorType: event.actor.type,
    actorId: event.actor.id,
    onBehalfOf: event.actor.on_behalf_of ?? null,
    agent:
      event.agent ??
      (event.actor.type === 'agent' ? event.actor.id : null) ??
      (event.object?.type === 'agent' ? event.object.id : null),
    session: event.session ?? (event.object?.type === 'session' ? event.object.id : null),
    action: event.action ?? (event.object?.type === 'action' ? event.object.id : null),
    actionType:
      event.object?.type === 'action_type'
        ? event.object.id
        : (shortText(data['action_type']) ?? null),
    objectType: event.object?.type ?? null,
    objectId: event.object?.id ?? null,
    outcome: event.outcome ?? null,
    tier: event.tier ?? null,
    classification: event.classification ?? null,
    summary: summaryOf(data),
  };
}

const SUMMARY = 280;

/** One line for lists: what the event says of itself in words. */
export function summaryOf(data: Record<string, unknown>): string {
  const [reason] = Array.isArray(data['reasons']) ? data['reasons'] : [];
  const said = [
    data['sentence'],
    data['summary'],
    data['reason'],
    member(reason, 'message'),
    data['detail'],
    data['error'],
    member(data['error'], 'message'),
    data['name'],
    member(data['after'], 'name') ?? member(data['before'], 'name'),
  ];
  const line = said.find((value) => typeof value === 'string' && value !== '');
  // Cut by characters, not by halves of them.
  if (typeof line !== 'string') return '';
  return line.length <= SUMMARY
    ? line.toWellFormed()
    : Array.from(line.slice(0, 2 * SUMMARY))
        .slice(0, SUMMARY)
        .join('')
        .toWellFormed();
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function shortText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 300 ? value : undefined;
}

/** Every word someone may look for: the values under data, however deep, and what the event names. */
function searchable(event: Envelope): string[] {
  const texts = [event.object?.id ?? '', event.object?.type === 'action_type' ? '' : event.type];
  const sealed = sealedMembers(event);
  for (const [name, value] of Object.entries(event.data ?? {})) {
    if (!sealed.has(name)) collect(value, texts, 1);
  }
  return texts;
}

function collect(value: unknown, into: string[], depth: number): void {
  if (typeof value === 'string') into.push(value);
  else if (typeof value === 'number') into.push(String(value));
  else if (typeof value === 'object' && value !== null && depth < 32 && into.length < 20_000) {
    for (const member of Object.values(value)) collect(member, into, depth + 1);
  }
}
