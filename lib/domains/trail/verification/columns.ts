import type { RawRow } from '@/lib/infra/copy-each';
import { type EventColumns, verbatimColumns } from '../sequencer/record';

/** What a verification reads of an event, in the order of the row's fields. */
const fields = [
  'idx',
  'time',
  'tier',
  'leaf_hash',
  'body',
  'id',
  'type',
  'actor_type',
  'actor_id',
  'on_behalf_of',
  'agent_id',
  'session_id',
  'action_id',
  'action_type',
  'object_type',
  'object_id',
  'outcome',
  'classification',
] as const;

export const FIELDS: string = fields.join(', ');
const at = Object.fromEntries(fields.map((name, place) => [name, place])) as Record<
  (typeof fields)[number],
  number
>;
export const IDX = at.idx;
export const LEAF_HASH = at.leaf_hash;
export const BODY = at.body;
export const ID = at.id;
export const TYPE = at.type;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const DAY_MS = 86_400_000;
// Binary timestamps count microseconds from 2000-01-01.
const EPOCH_MS = 946_684_800_000;

const bytes = (text: string) => Buffer.from(text);
const lit = {
  start: bytes('{'),
  action: bytes('"action":"'),
  actor: bytes('"actor":{"id":"'),
  onBehalfOf: bytes(',"on_behalf_of":"'),
  actorType: bytes(',"type":"'),
  agent: bytes(',"agent":"'),
  classification: bytes(',"classification":"'),
  data: bytes(',"data":'),
  digest: bytes(',"digest":'),
  id: bytes(',"id":"'),
  object: bytes(',"object":{"id":"'),
  objectType: bytes(',"type":"'),
  outcome: bytes(',"outcome":"'),
  policyVersion: bytes(',"policy_version":"'),
  session: bytes(',"session":"'),
  tier: bytes(',"tier":'),
  time: bytes(',"time":"'),
  type: bytes(',"type":"'),
  workspace: bytes(',"workspace":"'),
  quote: bytes('"'),
  quoteComma: bytes('",'),
  quoteBrace: bytes('"}'),
  none: bytes(''),
};
const actionTypeName = bytes('action_type');

function ms(row: RawRow): number {
  return row.bigint(at.time) / 1_000 + EPOCH_MS;
}

/**
 * Compares the columns with the event they were taken from. Canonical JSON has its members in
 * one order and one spelling, so the columns say which bytes the event must begin and end
 * with, and nothing needs to be parsed. An event of another shape is parsed after all.
 *
 * Use: `differing(row)`, the name of the first column that differs, or undefined.
 */
export class ColumnCheck {
  readonly #workspace: Buffer;
  #bytes: Buffer = Buffer.alloc(0);
  #from = 0;
  #to = 0;
  #day = Number.NaN;
  #dayText: Buffer = lit.none;

  constructor(workspace: string) {
    this.#workspace = bytes(workspace);
  }

  differing(row: RawRow): string | undefined {
    return this.#spelledOut(row) ? undefined : slowly(row);
  }

  /** True only when every column is the event's own; false says nothing. */
  #spelledOut(row: RawRow): boolean {
    this.#bytes = row.bytes;
    this.#from = row.start(BODY);
    this.#to = this.#from + row.length(BODY);
    return this.#end(row) && this.#beginning(row) && this.#actionType(row);
  }

  /** From `id` to the end, backwards. */
  #end(row: RawRow): boolean {
    const workspace = this.#workspace;
    return (
      this.#takeLast(lit.quoteBrace) &&
      this.#takeLast(workspace) &&
      this.#takeLast(lit.workspace) &&
      this.#lastMember(row, at.type, lit.type) &&
      this.#time(row) &&
      this.#tier(row) &&
      this.#inferredSession(row) &&
      this.#policyVersion() &&
      (row.isNull(at.outcome) || this.#lastMember(row, at.outcome, lit.outcome)) &&
      this.#object(row) &&
      this.#lastMember(row, at.id, lit.id)
    );
  }

  /** From the start to `data`, or to where the end begins. */
  #beginning(row: RawRow): boolean {
    if (!this.#takeFirst(lit.start)) return false;
    if (this.#takeFirst(lit.action) && !this.#firstValue(row, at.action_id, lit.quoteComma))
      return false;
    if (!(this.#takeFirst(lit.actor) && this.#firstValue(row, at.actor_id, lit.quote)))
      return false;
    if (!row.isNull(at.on_behalf_of)) {
      if (!this.#takeFirst(lit.onBehalfOf)) return false;
      if (!this.#firstValue(row, at.on_behalf_of, lit.quote)) return false;
    }
    if (!this.#takeFirst(lit.actorType)) return false;
    if (!this.#firstValue(row, at.actor_type, lit.quoteBrace)) return false;
    if (this.#takeFirst(lit.agent) && !this.#firstValue(row, at.agent_id, lit.quote)) return false;
    if (!row.isNull(at.classification)) {
      if (!this.#takeFirst(lit.classification)) return false;
      if (!this.#firstValue(row, at.classification, lit.quote)) return false;
    }
    return this.#from === this.#to || this.#isFirst(lit.data) || this.#isFirst(lit.digest);
  }

  #actionType(row: RawRow): boolean {
    if (row.isNull(at.object_type) || !row.view(at.object_type).equals(actionTypeName)) return true;
    return !row.isNull(at.action_type) && row.view(at.action_type).equals(row.view(at.object_id));
  }

  #time(row: RawRow): boolean {
    const time = ms(row);
    const day = Math.floor(time / DAY_MS);
    if (day !== this.#day) {
      if (!Number.isFinite(new Date(time).getTime())) return false;
      this.#day = day;
      this.#dayText = bytes(new Date(day * DAY_MS).toISOString().slice(0, 11));
    }
    // "…T22:16:35.123Z"
    if (!this.#takeLast(lit.quote)) return false;
    const end = this.#to;
    const start = end - 13;
    const digit = (place: number) => (this.#bytes[start + place] ?? 0) - 0x30;
    const rest =
      ((digit(0) * 10 + digit(1)) * 60 + digit(3) * 10 + digit(4)) * 60_000 +
      (digit(6) * 10 + digit(7)) * 1_000 +
      (digit(9) * 100 + digit(10) * 10 + digit(11));
    if (rest !== time - day * DAY_MS || this.#bytes[end - 1] !== 0x5a) return false;
    this.#to = start;
    return this.#takeLast(this.#dayText) && this.#takeLast(lit.time);
  }

  #tier(row: RawRow): boolean {
    if (row.isNull(at.tier)) return true;
    const tier = row.bytes.readInt16BE(row.start(at.tier));
    if (tier < 0 || tier > 9 || this.#bytes[this.#to - 1] !== 0x30 + tier) return false;
    this.#to -= 1;
    return this.#takeLast(lit.tier);
  }

  /** A session may be known from elsewhere; then the event has no such member of its own. */
  #inferredSession(row: RawRow): boolean {
    if (row.isNull(at.session_id)) return true;
    const before = this.#to;
    if (!this.#lastMember(row, at.session_id, lit.session)) this.#to = before;
    return true;
  }

  #policyVersion(): boolean {
    const before = this.#to;
    if (!this.#takeLast(lit.quote)) return true;
    while (this.#to > this.#from && this.#bytes[this.#to - 1] !== QUOTE) this.#to -= 1;
    // The quote that opens the value belongs to its name.
    if (!this.#takeLast(lit.policyVersion)) this.#to = before;
    return true;
  }

  #object(row: RawRow): boolean {
    if (row.isNull(at.object_type)) return row.isNull(at.object_id);
    return (
      this.#takeLast(lit.quoteBrace) &&
      this.#takeLastValue(row, at.object_type) &&
      this.#takeLast(lit.objectType) &&
      this.#takeLast(lit.quote) &&
      this.#takeLastValue(row, at.object_id) &&
      this.#takeLast(lit.object)
    );
  }

  #lastMember(row: RawRow, field: number, name: Buffer): boolean {
    return this.#takeLast(lit.quote) && this.#takeLastValue(row, field) && this.#takeLast(name);
  }

  #firstValue(row: RawRow, field: number, after: Buffer): boolean {
    const length = row.length(field);
    if (!this.#sameAs(row, field, this.#from)) return false;
    this.#from += length;
    return this.#takeFirst(after);
  }

  #takeLastValue(row: RawRow, field: number): boolean {
    const start = this.#to - row.length(field);
    if (!this.#sameAs(row, field, start)) return false;
    this.#to = start;
    return true;
  }

  /** What would have to be escaped is never the same. */
  #sameAs(row: RawRow, field: number, start: number): boolean {
    const length = row.length(field);
    const from = row.start(field);
    const all = this.#bytes;
    if (length < 0 || start < this.#from || start + length > this.#to) return false;
    for (let n = 0; n < length; n += 1) {
      const byte = all[from + n];
      if (byte !== all[start + n] || byte === QUOTE || byte === BACKSLASH) return false;
    }
    return true;
  }

  #takeLast(wanted: Buffer): boolean {
    const start = this.#to - wanted.length;
    if (start < this.#from || !this.#isAt(start, wanted)) return false;
    this.#to = start;
    return true;
  }

  #takeFirst(wanted: Buffer): boolean {
    if (!this.#isFirst(wanted)) return false;
    this.#from += wanted.length;
    return true;
  }

  #isFirst(wanted: Buffer): boolean {
    return this.#from + wanted.length <= this.#to && this.#isAt(this.#from, wanted);
  }

  #isAt(start: number, wanted: Buffer): boolean {
    for (let n = 0; n < wanted.length; n += 1) {
      if (this.#bytes[start + n] !== wanted[n]) return false;
    }
    return true;
  }
}

const columnOf: Record<
  Exclude<keyof EventColumns, 'workspace' | 'time' | 'summary' | 'tier'>,
  number
> = {
  id: at.id,
  type: at.type,
  actorType: at.actor_type,
  actorId: at.actor_id,
  onBehalfOf: at.on_behalf_of,
  agent: at.agent_id,
  session: at.session_id,
  action: at.action_id,
  actionType: at.action_type,
  objectType: at.object_type,
  objectId: at.object_id,
  outcome: at.outcome,
  classification: at.classification,
};

function slowly(row: RawRow): string | undefined {
  const columns = readColumns(row.text(BODY) ?? '');
  if (!columns) return 'body';
  for (const [key, field] of Object.entries(columnOf)) {
    const wanted = columns[key as keyof typeof columnOf];
    if (wanted !== undefined && wanted !== row.text(field)) return fields[field];
  }
  const tier = row.isNull(at.tier) ? null : row.bytes.readInt16BE(row.start(at.tier));
  if (tier !== columns.tier) return 'tier';
  const time = new Date(ms(row));
  return Number.isFinite(time.getTime()) && time.toISOString() === columns.time
    ? undefined
    : 'time';
}

function readColumns(body: string): Partial<EventColumns> | undefined {
  try {
    return verbatimColumns(body);
  } catch {
    // Whoever changed body and hash together need not have left an event behind.
    return undefined;
  }
}
