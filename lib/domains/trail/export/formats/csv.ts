import type { CopyBatch } from '@/lib/infra/copy';
import type { Format } from './tally';

/** With these a cell begins that a spreadsheet may run, also in the wide forms of Asian keyboards. */
const FORMULA = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
const STARTS = FORMULA.map((character) => character.codePointAt(0)).join(', ');

/** An apostrophe in front makes such a cell text. `ascii` is the code point of the first character. */
const cell = (column: string) =>
  `CASE WHEN ascii(${column}) IN (${STARTS}) THEN '''' || ${column} ELSE ${column} END`;

const columns: readonly (readonly [string, string])[] = [
  ['index', 'idx'],
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
  ['tier', 'tier'],
  ['classification', cell('classification')],
  ['summary', cell('summary')],
  ['leaf_hash', `encode(leaf_hash, 'base64')`],
  // An object, so it begins with a brace.
  ['event', 'body'],
];

/** The columns of a row, for PostgreSQL to write as CSV. */
export const csvColumns = columns.map(([, sql]) => sql).join(', ');
const HEADER = `${columns.map(([name]) => name).join(',')}\r\n`;

/** RFC 4180, with a header. */
export const csv: Format = async function* (source, tally) {
  yield Buffer.from(HEADER);
  for await (const batch of source.copy(csvColumns, 'csv')) {
    tally.rows += batch.ends.length;
    yield withLineEnds(batch);
  }
};

const [CR, LF] = [13, 10];

/** The server ends a row with LF alone, where RFC 4180 asks for CR LF. */
function withLineEnds({ bytes, ends }: CopyBatch): Buffer {
  const out = Buffer.allocUnsafe(bytes.length + ends.length);
  let at = 0;
  let start = 0;
  for (const end of ends) {
    at += bytes.copy(out, at, start, end - 1);
    out[at] = CR;
    out[at + 1] = LF;
    at += 2;
    start = end;
  }
  return out;
}
