import { binaryArray, BinaryArray, type Element, type ElementType } from '@/lib/infra/pg-binary';
import type { ClientBase } from '@/lib/infra/trail-db';
import type { TrailRecord } from './record';

interface Column {
  name: string;
  type: ElementType;
  read: (record: TrailRecord) => Element;
}

const text = (name: string, read: (record: TrailRecord) => string | null): Column => ({
  ...{ name, type: 'text', read },
});

const columns: readonly Column[] = [
  text('workspace_id', (record) => record.workspace),
  text('id', (record) => record.id),
  text('time', (record) => record.time),
  text('type', (record) => record.type),
  text('actor_type', (record) => record.actorType),
  text('actor_id', (record) => record.actorId),
  text('on_behalf_of', (record) => record.onBehalfOf),
  text('agent_id', (record) => record.agent),
  text('session_id', (record) => record.session),
  text('action_id', (record) => record.action),
  text('action_type', (record) => record.actionType),
  text('object_type', (record) => record.objectType),
  text('object_id', (record) => record.objectId),
  text('outcome', (record) => record.outcome),
  { name: 'tier', type: 'smallint', read: (record) => record.tier },
  text('classification', (record) => record.classification),
  text('summary', (record) => record.summary),
  { name: 'leaf_hash', type: 'bytea', read: (record) => record.leaf },
  text('body', (record) => record.body),
  { name: 'search', type: 'tsvector', read: (record) => record.search },
];

const names = ['idx', ...columns.map(({ name }) => name)];
const types = ['bigint', ...columns.map(({ type }) => type)];
/** Arrays side by side in a select are gone through as they are; in a from each would be stored first. */
const INSERT = `INSERT INTO events (${names.join(', ')})
  SELECT ${names.map((name) => (name === 'time' ? 'time::timestamptz' : name)).join(', ')}
    FROM (SELECT ${types.map((type, at) => `unnest($${at + 1}::${type}[]) AS ${names[at]}`).join(', ')}) AS given`;

/** Records as one array a column, all but their indexes. */
export class Rows {
  readonly #arrays = columns.map(({ type }) => new BinaryArray(type));

  add(record: TrailRecord): void {
    for (let at = 0; at < columns.length; at += 1) {
      this.#arrays[at]?.push(columns[at]?.read(record) ?? null);
    }
  }

  columns(): Buffer[] {
    return this.#arrays.map((array) => array.bytes());
  }
}

/** Inserts rows, each with its index in its log. */
export async function insertEvents(
  client: ClientBase,
  rows: readonly Buffer[],
  indexes: readonly number[],
): Promise<void> {
  await client.query({
    name: 'trail-insert-events',
    text: INSERT,
    values: [binaryArray('bigint', indexes), ...rows],
  });
}
