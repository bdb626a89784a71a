import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { createdKey, toPage } from '@/lib/kernel/page';
import { conflict, Problem } from '@/lib/kernel/problem';
import { query, verb } from '@/lib/kernel/verb';
import { mayReadPayload } from '../../payload/policy';
import { mayExport } from '../../policy';
import { exportJob } from '../job';
import {
  cancelUnfinished,
  countUnfinished,
  insertExport,
  loadExport,
  newestExports,
  viewExport,
} from '../records';
import {
  createExportInput,
  exportPage,
  exportView,
  listExportsInput,
  oneExportInput,
} from '../schema';

/** Each reads the whole of what it exports, so a workspace has few at a time. */
const MOST_UNFINISHED = 5;

/** Asks for a file. A job makes it; the record says how far it is. */
export const createExport = verb({
  name: 'trail.create_export',
  input: createExportInput,
  output: exportView,
  permit: mayExport,
  run: async ({ ctx, input, tx, event, after }) => {
    if ((await countUnfinished(tx)) >= MOST_UNFINISHED) {
      throw new Problem({
        status: 429,
        code: 'too_many_exports',
        title: 'Too many exports',
        detail: `${MOST_UNFINISHED} exports are being made. Wait until one is ready, or cancel one.`,
        headers: { 'Retry-After': '30' },
      });
    }
    const row = await insertExport(tx, {
      id: newId('exp'),
      workspaceId: ctx.workspace,
      format: input.format,
      filters: input.filters,
      findsProtected: mayReadPayload(ctx.actor).allowed,
      createdBy: ctx.actor.id,
      createdAt: clock.now(),
    });
    event({
      type: 'trail.export_created',
      object: { type: 'export', id: row.id },
      data: { format: input.format, filters: input.filters },
    });
    after(() => exportJob.enqueue(ctx.workspace, { id: row.id }));
    return viewExport(row, ctx.actor);
  },
});

export const listExports = query({
  name: 'trail.list_exports',
  input: listExportsInput,
  output: exportPage,
  permit: mayExport,
  run: async ({ ctx, input: { cursor, limit }, tx }) => {
    const rows = await newestExports(tx, { cursor, take: limit + 1 });
    return toPage(rows, limit, createdKey, (row) => viewExport(row, ctx.actor));
  },
});

export const getExport = query({
  name: 'trail.get_export',
  input: oneExportInput,
  output: exportView,
  permit: mayExport,
  run: async ({ ctx, input, tx }) => viewExport(await loadExport(tx, input.id), ctx.actor),
});

/** Ends an export that is not made yet; whoever writes it finds out and takes its file away. */
export const cancelExport = verb({
  name: 'trail.cancel_export',
  input: oneExportInput,
  output: exportView,
  permit: mayExport,
  run: async ({ ctx, input, tx, event }) => {
    const before = await loadExport(tx, input.id);
    const row = await cancelUnfinished(tx, before.id, clock.now());
    if (!row) throw conflict('export_ended', 'The export has ended already.');
    event({
      type: 'trail.export_cancelled',
      object: { type: 'export', id: row.id },
      outcome: 'cancelled',
      data: { rows: Number(before.rowsDone) },
    });
    return viewExport(row, ctx.actor);
  },
});
