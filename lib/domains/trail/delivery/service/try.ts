import { inWorkspace } from '@/lib/infra/db';
import { canonicalJson } from '@/lib/kernel/canonical';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { eventActor } from '@/lib/kernel/actor';
import { newId } from '@/lib/kernel/ids';
import { type Operation, permitted, verb } from '@/lib/kernel/verb';
import { destinationOf } from '../deliver';
import { mayManageSinks, mayUpdate } from '../policy';
import { loadSink } from '../repo';
import { type SinkFormat, sinkInput, testView, type TestView } from '../schema';
import { send } from '../transport';

const TIMEOUT_MS = 10_000;
const TEST = 'trail.sink_tested';

/** Records that a test is sent, before it leaves. */
const record = verb({
  name: 'trail.test_sink',
  input: sinkInput,
  output: sinkInput,
  permit: mayManageSinks,
  run: async ({ ctx, input, tx, event }) => {
    const sink = await loadSink(tx, input.id);
    permitted(mayUpdate(ctx.actor, sink));
    const data = { name: sink.name, kind: sink.kind };
    event({ type: TEST, object: { type: 'trail_sink', id: sink.id }, data });
    return input;
  },
});

async function perform(ctx: Context, raw: unknown): Promise<TestView> {
  const { id } = await record(ctx, raw);
  const { to, format } = await inWorkspace(
    ctx.workspace,
    async (tx) => {
      const sink = await loadSink(tx, id);
      const to = await destinationOf(tx, sink, clock.now());
      return { to, format: sink.format as SinkFormat };
    },
    { readOnly: true },
  );
  const time = clock.now().toISOString();
  const event = {
    idx: 0,
    id: newId('evt'),
    time,
    type: 'trail.delivery_test',
    outcome: null,
    leaf: '',
  };
  const body = canonicalJson({
    id: event.id,
    time,
    workspace: ctx.workspace,
    type: event.type,
    actor: eventActor(ctx.actor),
    object: { type: 'trail_sink', id },
    data: { test: true },
  });
  const sent = await send(
    to,
    {
      workspace: ctx.workspace,
      first: 0,
      last: 0,
      events: [{ ...event, body }],
      format,
      test: event.id,
    },
    { timeoutMs: TIMEOUT_MS },
  );
  return { delivered: sent.delivered, status: sent.status, error: sent.error ?? null };
}

/** Sends one test event, which no trail has, signed like the rest; says what was answered. */
export const testSink: Operation<typeof sinkInput, typeof testView> = Object.assign(perform, {
  kind: 'verb' as const,
  operation: 'trail.test_sink',
  input: sinkInput,
  output: testView,
});
