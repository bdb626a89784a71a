import { z } from 'zod';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { type Operation, verb } from '@/lib/kernel/verb';
import { withProtected } from '../../payload/terms';
import { mayExport } from '../../policy';
import type { Filters } from '../../schema';
import { kinds } from '../formats';
import { exportFormats, exportInput, type ExportFormat } from '../schema';
import { openStream } from '../stream';

/** Records that the trail is exported, with what was asked for, before any of it leaves. */
const record = verb({
  name: 'trail.export',
  input: exportInput,
  output: z.object({ format: z.enum(exportFormats), filters: z.custom<Filters>() }),
  permit: mayExport,
  run: async ({ ctx, input, tx, event }) => {
    const { format, ...filters } = input;
    event({
      type: 'trail.exported',
      object: { type: 'trail', id: ctx.workspace },
      data: { format, filters },
    });
    return { format, filters: await withProtected(tx, ctx.actor, filters) };
  },
});

async function perform(ctx: Context, raw: unknown): Promise<Response> {
  const { format, filters } = await record(ctx, raw);
  return new Response(await openStream(ctx.workspace, filters, format), {
    headers: {
      ...fileHeaders(format, clock.now()),
      'x-request-id': ctx.requestId,
    },
  });
}

/** What every answer that is an export says of itself. */
export function fileHeaders(format: ExportFormat, at: Date): Record<string, string> {
  const stamp = at.toISOString().slice(0, 19).replaceAll(':', '');
  const { type, extension } = kinds[format];
  return {
    'content-type': type,
    'content-disposition': `attachment; filename="trail-${stamp}.${extension}"`,
    // Packed on the way, a part of it would no longer be a part of the file.
    'cache-control': 'no-store, no-transform',
  };
}

/** Streams what matches the filters, oldest first, in the format asked for. */
export const exportTrail: Operation = Object.assign(perform, {
  kind: 'verb' as const,
  operation: 'trail.export',
  input: exportInput,
  output: z.unknown(),
});
