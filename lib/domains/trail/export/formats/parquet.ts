import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import { type CopyRow, copyRows } from '@/lib/infra/copy';
import { canonicalJson } from '@/lib/kernel/canonical';
import type { Source } from '../source';
import { indexOf, take, type Format } from './tally';

/** A row group is written at once, so it is bounded by rows and by bytes. */
const GROUP_ROWS = 1_250;
const GROUP_BYTES = 1_000_000;

interface Column {
  element: SchemaElement;
  /** The expression whose binary form `read` takes. */
  sql: string;
  read: (field: Buffer) => unknown;
}

const long = (field: Buffer): bigint => field.readBigInt64BE(0);
const bytes = (field: Buffer): Uint8Array => field;

const text = (name: string, sql = name, optional = true): Column => ({
  element: {
    name,
    type: 'BYTE_ARRAY',
    converted_type: 'UTF8',
    repetition_type: optional ? 'OPTIONAL' : 'REQUIRED',
  },
  sql,
  read: bytes,
});

const columns: readonly Column[] = [
  {
    element: { name: 'index', type: 'INT64', repetition_type: 'REQUIRED' },
    sql: 'idx',
    read: long,
  },
  text('id', 'id', false),
  {
    element: {
      name: 'time',
      type: 'INT64',
      converted_type: 'TIMESTAMP_MILLIS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
      repetition_type: 'REQUIRED',
    },
    sql: '(extract(epoch FROM time) * 1000)::bigint',
    read: long,
  },
  text('type', 'type', false),
  text('actor_type', 'actor_type', false),
  text('actor', 'actor_id', false),
  text('on_behalf_of'),
  text('agent', 'agent_id'),
  text('session', 'session_id'),
  text('action', 'action_id'),
  text('action_type'),
  text('object_type'),
  text('object', 'object_id'),
  text('outcome'),
  {
    element: { name: 'tier', type: 'INT32', repetition_type: 'OPTIONAL' },
    sql: 'tier::int',
    read: (field) => field.readInt32BE(0),
  },
  text('classification'),
  text('summary', 'summary', false),
  text('leaf_hash', `encode(leaf_hash, 'base64')`, false),
  text('event', 'body', false),
];

const SELECTED = columns.map(({ sql }) => sql).join(', ');
const SCHEMA: SchemaElement[] = [
  { name: 'root', num_children: columns.length },
  ...columns.map(({ element }) => element),
];

/** Apache Parquet with typed columns, Snappy; the footer names the filters and the signed checkpoint. */
export const parquet: Format = async function* (source, tally) {
  const out = new ByteWriter();
  const file = new ParquetWriter({
    writer: out,
    schema: SCHEMA,
    createdBy: 'countersign',
    kvMetadata: metadata(source),
  });
  const taken = () => {
    const chunk = Buffer.from(out.getBytes());
    out.index = 0;
    return chunk;
  };
  let group: CopyRow[] = [];
  let size = 0;
  const write = () => {
    // Pages are this small because a page is compressed without a pause.
    file.write({ columnData: columnsOf(group), rowGroupSize: group.length, pageSize: 256 * 1024 });
    group = [];
    size = 0;
    return taken();
  };
  for await (const rows of copyRows(source.copy(SELECTED))) {
    for (const row of rows) {
      take(tally, indexOf(row[0] as Buffer));
      size += row.at(-1)?.length ?? 0;
      group.push(row);
      if (group.length >= GROUP_ROWS || size >= GROUP_BYTES) yield write();
    }
  }
  if (group.length > 0) yield write();
  file.finish();
  yield taken();
};

function columnsOf(rows: readonly CopyRow[]) {
  return columns.map(({ element, read }, at) => ({
    name: element.name,
    // Kept for every group until the end: as text they would hold on to the bytes they were read from.
    statistics: read !== bytes,
    offsetIndex: false,
    data: rows.map((row) => {
      const field = row[at];
      return field ? read(field) : undefined;
    }),
  }));
}

function metadata(source: Source) {
  return [
    { key: 'countersign.workspace', value: source.workspace },
    { key: 'countersign.filters', value: canonicalJson(source.filters) },
    { key: 'countersign.checkpoint', value: source.checkpoint },
  ];
}
