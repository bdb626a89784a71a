import type { Format } from './tally';

// A spreadsheet would run a cell that begins like a formula, so such a cell gets an apostrophe.
const cell = (column: string) =>
  `coalesce('"' || replace(CASE WHEN ${column} ~ '^[=+@\\t\\r\\n-]' THEN '''' || ${column} ELSE ${column} END, '"', '""') || '"', '')`;

/** As the server writes each, so that a row leaves it as the text it is in the file. */
const columns: readonly (readonly [string, string])[] = [
  ['index', 'idx::text'],
  ['id', cell('id')],
  ['time', `to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`],
  ['type', cell('type')],
  ['actor_type', cell('actor_type')],
  ['actor', cell('actor_id')],
  ['on_behalf_of', cell('on_behalf_of')],
  ['agent', cell('agent_id')],
  ['session', cell('session_id')],
  ['action', cell('action_id')],
  ['action_type', cell('action_type')],
  ['object_type', cell('object_type')],
  ['object', cell('object_id')],
  ['outcome', cell('outcome')],
  ['tier', `coalesce(tier::text, '')`],
  ['classification', cell('classification')],
  ['summary', cell('summary')],
  ['leaf_hash', `encode(leaf_hash, 'base64')`],
  ['event', cell('body')],
];

const ROW = `${columns.map(([, sql]) => sql).join(` || ',' || `)} || E'\\r\\n'`;
const HEADER = `${columns.map(([name]) => name).join(',')}\r\n`;

/** RFC 4180, with a header. */
export const csv: Format = async function* (source, tally) {
  yield Buffer.from(HEADER);
  for await (const rows of source.copy(ROW)) {
    tally.rows += rows.length;
    yield Buffer.concat(rows.map(([row]) => row as Buffer));
  }
};
