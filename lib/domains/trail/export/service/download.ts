import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Context } from '@/lib/kernel/context';
import { conflict, Problem } from '@/lib/kernel/problem';
import { type Operation, verb } from '@/lib/kernel/verb';
import { mayExport } from '../../policy';
import { readPart, sizeOf } from '../files';
import { mayDownload } from '../policy';
import { stretchOf } from '../range';
import { type ExportRow, loadExport } from '../records';
import { downloadInput } from '../schema';
import { fileHeaders } from './stream';

const part = z.object({
  row: z.custom<ExportRow>(),
  size: z.number(),
  /** Undefined for the whole file. */
  stretch: z.object({ start: z.number(), end: z.number() }).optional(),
});

/** Says that it is downloaded, and which part of it, before a byte leaves. */
const record = verb({
  name: 'trail.download_export',
  input: downloadInput,
  output: part,
  permit: mayExport,
  run: async ({ ctx, input, tx, event }) => {
    const row = await loadExport(tx, input.id);
    const size = await availableSize(ctx, row);
    // A part of a file that has changed would not fit to what the reader has of it.
    const same = input['if-range'] === undefined || input['if-range'] === tagOf(row);
    const stretch = same ? stretchOf(input.range, size) : undefined;
    if (stretch === 'unsatisfiable') throw outside(size);
    event({
      type: 'trail.export_downloaded',
      object: { type: 'export', id: row.id },
      data: {
        format: row.format,
        sha256: row.sha256,
        ...(stretch ? { first_byte: stretch.start, last_byte: stretch.end } : {}),
      },
    });
    return { row, size, stretch };
  },
});

async function availableSize(ctx: Context, row: ExportRow): Promise<number> {
  const verdict = mayDownload(ctx.actor, row.state);
  if (!verdict.allowed) {
    if (row.state === 'expired') throw gone(verdict.reason);
    throw conflict('export_not_ready', verdict.reason);
  }
  const size = await sizeOf(ctx.workspace, row.file ?? '');
  if (size === undefined)
    throw gone('Its file is no longer in the data directory. Start it again.');
  return size;
}

function gone(detail: string): Problem {
  return new Problem({ status: 410, code: 'export_gone', title: 'Gone', detail });
}

function outside(size: number): Problem {
  return new Problem({
    status: 416,
    code: 'range_not_satisfiable',
    title: 'Range not satisfiable',
    detail: `The file has ${size} bytes. Ask for a range within them.`,
    headers: { 'Content-Range': `bytes */${size}` },
  });
}

function tagOf(row: ExportRow): string {
  return `"${row.sha256}"`;
}

async function perform(ctx: Context, raw: unknown): Promise<Response> {
  const { row, size, stretch } = await record(ctx, raw);
  const { start, end } = stretch ?? { start: 0, end: size - 1 };
  const headers = {
    ...fileHeaders(row.format, row.createdAt),
    'accept-ranges': 'bytes',
    'content-length': String(end - start + 1),
    etag: tagOf(row),
    'repr-digest': `sha-256=:${Buffer.from(row.sha256 ?? '', 'hex').toString('base64')}:`,
    ...(stretch ? { 'content-range': `bytes ${start}-${end}/${size}` } : {}),
    'x-request-id': ctx.requestId,
  };
  const body = size === 0 ? null : readPart(ctx.workspace, row.file ?? '', start, end);
  return new Response(body && (Readable.toWeb(body) as ReadableStream<Uint8Array>), {
    status: stretch ? 206 : 200,
    headers,
  });
}

/** A finished file, or the part of it that a resumed download lacks. */
export const downloadExport: Operation = Object.assign(perform, {
  kind: 'verb' as const,
  operation: 'trail.download_export',
  input: downloadInput,
  output: z.unknown(),
});
