import { text as textOf } from 'node:stream/consumers';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { afterAll, expect, it } from 'vitest';
import { copyOut } from '@/lib/infra/copy';
import { closeTrailDb, inTrail } from '@/lib/infra/trail-db';
import { ownerUrl } from '@/lib/infra/db-roles';
import { newId } from '@/lib/kernel/ids';
import { CsvRows, type CsvKind } from './formats/csv-rows';

afterAll(closeTrailDb);

const texts = [
  ...[
    '',
    ' ',
    'plain',
    'null',
    '\\N',
    '\\.',
    "'",
    "'=1",
    '"',
    '""',
    'a,b',
    ',',
    'a"b',
    '\n',
    'a\r\nb',
  ],
  ...['=1', '+1', '-1', '@a', '\t', '\r', '\na', '=a,"b"\n', ' =1', 'a=1', '-', '="'],
  ...[
    '＝1',
    '＋',
    '－1',
    '＠a"b',
    '＃1',
    '\uffff',
    'ｅ',
    '日本,',
    'ü',
    '🦊"',
    '\u0001\u001f\u007f',
    '\ufeff=1',
  ],
  ...['x'.repeat(70_000), '"'.repeat(50_000), `=${',"'.repeat(40_000)}`],
];
const numbers = ['0', '9', '10', '-1', '-99', '32767', '-32768', null];
const longs = ['0', '7', '10', '99', '100', '4294967295', '4294967296', '9007199254740991', null];
const times = [
  ...['2000-01-01T00:00:00Z', '2199-12-31T23:59:59.999Z', '2026-11-24T08:01:02.003Z'],
  ...['2026-11-24T08:01:59.999Z', '2026-11-24T08:02:00Z', '2024-02-29T12:00:00.05Z'],
  ...['1999-12-31T23:59:59.5Z', '1969-12-31T23:59:59.001Z', null],
];
/** With these a spreadsheet takes a cell for a formula. */
const STARTS = [...'=+-@\t\r\n＝＋－＠'].map((sign) => sign.codePointAt(0)).join(', ');
const guarded = `CASE WHEN ascii(value) IN (${STARTS}) THEN '''' || value ELSE value END`;

const cases: [CsvKind, string, (string | null)[], string][] = [
  ['text', 'text', [...texts, null], guarded],
  ['quoted', 'text', texts.filter((text) => text.includes('"')), 'value'],
  ['plain', 'text', ['YWJj+/==', 'a', null], 'value'],
  ['smallint', 'smallint', numbers, 'value'],
  ['bigint', 'bigint', longs, 'value'],
  [
    'time',
    'timestamptz(3)',
    times,
    `to_char(value AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  ],
];

it.each(cases)('writes %s as the server does', async (kind, type, values, sql) => {
  // Each beside an ordinary cell and another of its kind, in an order of their own.
  const rows = `(SELECT n, value::${type} AS value FROM unnest($1::text[]) WITH ORDINALITY AS given (value, n)) AS given`;
  const bytes: Buffer[] = [];
  await inTrail(newId('ws'), async (client) => {
    const writer = new CsvRows([kind, 'bigint', kind]);
    // In an array's text form, for COPY takes no parameters.
    const list = `{${values.map((value) => (value === null ? 'NULL' : `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`)).join(',')}}`;
    const batches = copyOut(
      client,
      `SELECT value, n, value FROM ${rows} ORDER BY n`,
      [list],
      writer,
    );
    let count = 0;
    for await (const batch of batches) {
      bytes.push(batch.bytes);
      count += batch.rows;
    }
    expect(count).toBe(values.length);
  });
  const owner = new pg.Client({ connectionString: ownerUrl('trail') });
  await owner.connect();
  try {
    await owner.query('CREATE TEMP TABLE given (n bigint, value text)');
    await owner.query(
      'INSERT INTO given SELECT n, value FROM unnest($1::text[]) WITH ORDINALITY AS a (value, n)',
      [values],
    );
    const expected = await textOf(
      owner.query(
        copyTo(
          `COPY (SELECT ${sql}, n, ${sql} FROM (SELECT n, value::${type} FROM given) AS typed ORDER BY n) TO STDOUT (FORMAT csv)`,
        ),
      ),
    );
    // The server ends a line with LF alone. Line by line, for a text of many lines is hard to compare.
    const ours = Buffer.concat(bytes).toString();
    expect(ours.replaceAll('\r\n', '\n')).toBe(expected.replaceAll('\r\n', '\n'));
    expect(ours.split('\r\n').length).toBeGreaterThan(values.length);
  } finally {
    await owner.end();
  }
});
