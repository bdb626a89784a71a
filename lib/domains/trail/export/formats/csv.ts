import { CsvRows } from './csv-rows';
import type { Format } from './tally';

const columns = [
  ['index', 'idx', 'bigint'],
  ['id', 'id', 'text'],
  ['time', 'time', 'time'],
  ['type', 'type', 'text'],
  ['actor_type', 'actor_type', 'text'],
  ['actor', 'actor_id', 'text'],
  ['on_behalf_of', 'on_behalf_of', 'text'],
  ['agent', 'agent_id', 'text'],
  ['session', 'session_id', 'text'],
  ['action', 'action_id', 'text'],
  ['action_type', 'action_type', 'text'],
  ['object_type', 'object_type', 'text'],
  ['object', 'object_id', 'text'],
  ['outcome', 'outcome', 'text'],
  ['tier', 'tier', 'smallint'],
  ['classification', 'classification', 'text'],
  ['summary', 'summary', 'text'],
  // Base64 has none of the characters that a formula needs to do anything.
  ['leaf_hash', `encode(leaf_hash, 'base64')`, 'plain'],
  // An object, so it begins with a brace and has quotes.
  ['event', 'body', 'quoted'],
] as const;

const SELECTED = columns.map(([, sql]) => sql).join(', ');
const HEADER = `${columns.map(([name]) => name).join(',')}\r\n`;

/** RFC 4180, with a header. */
export const csv: Format = async function* (source, tally) {
  yield Buffer.from(HEADER);
  const rows = new CsvRows(columns.map(([, , kind]) => kind));
  for await (const batch of source.copy(SELECTED, rows)) {
    tally.rows += batch.rows;
    yield batch.bytes;
  }
};
