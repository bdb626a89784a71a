import { clock } from '@/lib/kernel/clock';
import { createdKey, toPage } from '@/lib/kernel/page';
import { query } from '@/lib/kernel/verb';
import type { Context } from '@/lib/kernel/context';
import { maySeeSinks } from '../policy';
import { listFailureRows, listSinkRows, loadSink, type SinkRow } from '../repo';
import {
  failurePage,
  listFailuresInput,
  listSinksInput,
  sinkInput,
  sinkPage,
  sinkView,
  type SinkView,
} from '../schema';
import { failureViewOf, lagsOf, sinkViewOf } from '../view';

/** One sink as its caller sees it, with how far it is behind. */
export async function viewSink(ctx: Context, row: SinkRow): Promise<SinkView> {
  const [lag = { behind: null, oldest: null }] = await lagsOf(ctx.workspace, [row]);
  return sinkViewOf(row, lag, ctx.actor, clock.now());
}

export const listSinks = query({
  name: 'trail.list_sinks',
  input: listSinksInput,
  output: sinkPage,
  permit: maySeeSinks,
  run: async ({ ctx, input: { cursor, limit, retired }, tx }) => {
    const rows = await listSinkRows(tx, { cursor, retired }, limit + 1);
    const lags = await lagsOf(ctx.workspace, rows);
    const lagOf = new Map(rows.map((row, at) => [row.id, lags[at]]));
    const now = clock.now();
    return toPage(rows, limit, createdKey, (row) =>
      sinkViewOf(row, lagOf.get(row.id) ?? { behind: null, oldest: null }, ctx.actor, now),
    );
  },
});

export const getSink = query({
  name: 'trail.get_sink',
  input: sinkInput,
  output: sinkView,
  permit: maySeeSinks,
  run: async ({ ctx, input, tx }) => viewSink(ctx, await loadSink(tx, input.id)),
});

export const listFailures = query({
  name: 'trail.list_sink_failures',
  input: listFailuresInput,
  output: failurePage,
  permit: maySeeSinks,
  run: async ({ input: { id, cursor, limit }, tx }) => {
    await loadSink(tx, id);
    const rows = await listFailureRows(tx, id, cursor, limit + 1);
    return toPage(rows, limit, (row) => [row.beganAt.toISOString(), row.id], failureViewOf);
  },
});
