import { z } from 'zod';
import { logger } from '@/lib/infra/logger';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { Problem } from '@/lib/kernel/problem';
import { type Operation, verb } from '@/lib/kernel/verb';
import { mayExport } from '../policy';
import { openReading, streamEvents } from '../repo';
import { exportInput, type exportFormats } from '../schema';

/** Each holds a connection for as long as its reader takes. */
const MOST_AT_ONCE = 4;
/** A reader that takes nothing for this long is given up. */
const STALL_MS = 120_000;

const TYPES: Record<(typeof exportFormats)[number], string> = {
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
};

/** Canonical JSON of `{event, index}`: the event's own bytes stand in it unchanged. */
const NDJSON = `'{"event":' || body || ',"index":' || idx || '}'`;

// A spreadsheet would run a cell that begins like a formula, so such a cell gets an apostrophe.
const cell = (column: string) =>
  `coalesce('"' || replace(CASE WHEN ${column} ~ '^[=+@\\t\\r-]' THEN '''' || ${column} ELSE ${column} END, '"', '""') || '"', '')`;

const CSV_COLUMNS: readonly (readonly [string, string])[] = [
  ['index', 'idx::text'],
  ['id', 'id'],
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
const CSV = CSV_COLUMNS.map(([, sql]) => sql).join(` || ',' || `);
const CSV_HEADER = CSV_COLUMNS.map(([name]) => name).join(',');

/** Records that the trail is exported, with what was asked for, before any of it leaves. */
const record = verb({
  name: 'trail.export',
  input: exportInput,
  output: exportInput,
  permit: mayExport,
  run: async ({ ctx, input, event }) => {
    const { format, ...filters } = input;
    event({
      type: 'trail.exported',
      object: { type: 'trail', id: ctx.workspace },
      data: { format, filters },
    });
    return input;
  },
});

let open = 0;

async function perform(ctx: Context, raw: unknown): Promise<Response> {
  const { format, ...filters } = await record(ctx, raw);
  if (open >= MOST_AT_ONCE) {
    throw new Problem({
      status: 429,
      code: 'too_many_exports',
      title: 'Too many exports',
      detail: `${MOST_AT_ONCE} exports are under way. Try again when one has ended.`,
      headers: { 'Retry-After': '10' },
    });
  }
  open += 1;
  const reading = await openReading(ctx.workspace).catch((error: unknown) => {
    open -= 1;
    throw error;
  });
  const newline = format === 'csv' ? '\r\n' : '\n';
  const batches = streamEvents(
    reading.client,
    ctx.workspace,
    filters,
    format === 'csv' ? CSV : NDJSON,
  );
  const end = async () => {
    open -= 1;
    await reading.close();
  };
  const stamp = clock.now().toISOString().slice(0, 19).replaceAll(':', '');
  return new Response(
    streamOf(batches, format === 'csv' ? CSV_HEADER + newline : '', newline, end),
    {
      headers: {
        'content-type': TYPES[format],
        'content-disposition': `attachment; filename="trail-${stamp}.${format}"`,
        'cache-control': 'no-store',
        'x-request-id': ctx.requestId,
      },
    },
  );
}

/** One batch is read for each that is taken, so a slow reader holds back the database and not the memory. */
function streamOf(
  batches: AsyncGenerator<string[]>,
  head: string,
  newline: string,
  end: () => Promise<void>,
): ReadableStream<Uint8Array> {
  const text = new TextEncoder();
  let over = false;
  const finish = async () => {
    if (over) return;
    over = true;
    clearTimeout(stall);
    await end();
  };
  let stall: NodeJS.Timeout | undefined;
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        if (head !== '') controller.enqueue(text.encode(head));
      },
      pull: async (controller) => {
        clearTimeout(stall);
        try {
          const { value, done } = await batches.next();
          // The reader may have left while the database was asked.
          if (over) return;
          if (done) {
            await finish();
            controller.close();
            return;
          }
          controller.enqueue(text.encode(value.join(newline) + newline));
          stall = setTimeout(() => {
            controller.error(new Error('the reader of an export took nothing for too long'));
            void finish();
          }, STALL_MS);
        } catch (error) {
          if (over) return;
          logger.error({ err: error }, 'an export was cut off');
          await finish();
          // The connection is cut, so that half a file does not look like a whole one.
          controller.error(error);
        }
      },
      cancel: finish,
    },
    { highWaterMark: 1 },
  );
}

/** Streams what matches the filters, oldest first, as NDJSON or CSV. */
export const exportTrail: Operation = Object.assign(perform, {
  kind: 'verb' as const,
  operation: 'trail.export',
  input: exportInput,
  output: z.unknown(),
});
