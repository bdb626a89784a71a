/** Entities of declared types as they are stored, read together with whatever they lead to. */
import { conformRecord, type Declared, Mismatch } from '@/lib/domains/access/server';
import type { CedarValueJson, EntityJson } from '@/lib/infra/cedar';
import type { Client } from '@/lib/infra/pg';

export interface Uid {
  type: string;
  id: string;
}

interface Row extends Uid {
  properties: Record<string, unknown>;
  parents: Uid[];
}

export interface Stored {
  row: Row;
  json: EntityJson;
  /** What of it is not as declared: then it decides nothing. */
  wrong: string | undefined;
}

/** What a request may bring in at most. */
const MAX_ENTITIES = 5_000;

export class Entities {
  readonly #declared: Declared;
  readonly #client: Client;
  readonly #known = new Map<string, Stored | undefined>();
  /** More was to be read than one request may. */
  overflow = false;

  constructor(declared: Declared, client: Client) {
    this.#declared = declared;
    this.#client = client;
  }

  get(uid: Uid): Stored | undefined {
    return this.#known.get(keyOf(uid));
  }

  /** Reads these, and whatever they are in or refer to. */
  async load(uids: Iterable<Uid>): Promise<void> {
    let wanted = this.#missing(uids);
    while (wanted.length > 0) {
      if (this.#known.size + wanted.length > MAX_ENTITIES) {
        this.overflow = true;
        return;
      }
      const { rows } = await this.#client.query<Row>({
        name: 'authzen-entities',
        text: `SELECT e.type, e.id, e.properties, e.parents FROM entities e
          JOIN unnest($1::text[], $2::text[]) AS w(type, id) ON e.type = w.type AND e.id = w.id`,
        values: [wanted.map(({ type }) => type), wanted.map(({ id }) => id)],
      });
      for (const uid of wanted) this.#known.set(keyOf(uid), undefined);
      wanted = this.#missing(this.add(rows));
    }
  }

  /** Takes rows that were read already; returns what they lead to. */
  add(rows: readonly Row[]): Uid[] {
    return rows.flatMap((row) => {
      const stored = this.#read(row);
      this.#known.set(keyOf(row), stored);
      return [...row.parents, ...referred(stored.json.attrs)];
    });
  }

  /** Stored entities of a type after an id, in the order of ids. */
  async page(type: string, after: string, limit: number): Promise<Uid[]> {
    const { rows } = await this.#client.query<Row>({
      name: 'authzen-page',
      text: `SELECT type, id, properties, parents FROM entities
        WHERE type = $1 AND id > $2 ORDER BY id LIMIT $3`,
      values: [type, after, limit],
    });
    await this.load(this.add(rows));
    return rows.map(({ id }) => ({ type, id }));
  }

  /** These and all that they lead to, as far as it is stored. */
  closure(roots: Iterable<EntityJson>): Stored['json'][] {
    const found = new Map<string, EntityJson>();
    const open = [...roots];
    for (const json of open) {
      const uid = json.uid as Uid;
      if (found.has(keyOf(uid))) continue;
      found.set(keyOf(uid), json);
      for (const next of [...(json.parents as Uid[]), ...referred(json.attrs)]) {
        const stored = this.get(next);
        if (stored) open.push(stored.json);
      }
    }
    return [...found.values()];
  }

  #missing(uids: Iterable<Uid>): Uid[] {
    const missing = new Map<string, Uid>();
    for (const uid of uids) {
      const key = keyOf(uid);
      if (!this.#known.has(key) && this.#declared.entityTypes.has(uid.type)) missing.set(key, uid);
    }
    return [...missing.values()];
  }

  #read(row: Row): Stored {
    const uid = { type: row.type, id: row.id };
    const attributes = this.#declared.entityTypes.get(row.type)?.attributes ?? {};
    try {
      const attrs = conformRecord(this.#declared, attributes, row.properties, '');
      return { row, json: { uid, attrs, parents: row.parents }, wrong: undefined };
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      return { row, json: { uid, attrs: {}, parents: row.parents }, wrong: error.message };
    }
  }
}

export function keyOf({ type, id }: Uid): string {
  return `${type}::${id}`;
}

/** Entities that a value names. */
export function referred(value: CedarValueJson): Uid[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('__entity' in value) return [value['__entity'] as unknown as Uid];
  return Object.values(value).flatMap((each) => referred(each as CedarValueJson));
}
