import type { Tx } from '@/lib/infra/db';
import { isCertificates } from '@/lib/infra/syslog';
import { newWebhookSecret } from '@/lib/infra/webhook';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { conflict, invalid } from '@/lib/kernel/problem';
import { permitted, verb } from '@/lib/kernel/verb';
import { logSize } from '../log';
import { mayManageSinks, mayUpdate } from '../policy';
import {
  calm,
  changeSink,
  countSinks,
  dataKeyOf,
  insertSink,
  loadSink,
  type SinkRow,
} from '../repo';
import {
  createSinkInput,
  sinkTarget,
  sinkView,
  type SinkTarget,
  sinkWithSecret,
  updateSinkInput,
} from '../schema';
import { sealSinkSecret } from '../secrets';
import { viewSink } from './read';

/** Each is one more reader of the trail and one more place where its events are. */
const MOST_SINKS = 20;

/** Adds a sink; the secret a webhook is signed with is in this answer only. */
export const createSink = verb({
  name: 'trail.create_sink',
  input: createSinkInput,
  output: sinkWithSecret,
  permit: mayManageSinks,
  run: async ({ ctx, input, tx, event }) => {
    const { name, target, format, from } = input;
    assertTarget(target);
    if ((await countSinks(tx)) >= MOST_SINKS) {
      throw conflict('too_many_sinks', `There are ${MOST_SINKS} sinks. Retire one first.`);
    }
    const id = newId('snk');
    const made = target.kind === 'webhook' ? newWebhookSecret() : undefined;
    const secret = made ?? input.secretAccessKey;
    const position = from === 'now' ? await logSize(ctx.workspace) : 0;
    const now = clock.now();
    const row = await insertSink(tx, {
      ...{ id, name, format, target, kind: target.kind, workspaceId: ctx.workspace },
      secret: secret === undefined ? null : await sealed(tx, ctx.workspace, id, secret),
      position: BigInt(position),
      ...{ nextTryAt: now, createdBy: ctx.actor.id, createdAt: now, updatedAt: now },
    });
    event({
      type: 'trail.sink_created',
      object: { type: 'trail_sink', id },
      data: { after: described(row), from },
    });
    const sink = await viewSink(ctx, row);
    return { sink, ...(made === undefined ? {} : { secret: made }) };
  },
});

/** Changes what a sink is called, where it delivers to, or at which event it goes on. */
export const updateSink = verb({
  name: 'trail.update_sink',
  input: updateSinkInput,
  output: sinkView,
  permit: mayManageSinks,
  run: async ({ ctx, input, tx, event }) => {
    const { id, name, target, format, secretAccessKey, position } = input;
    const before = await loadSink(tx, id);
    permitted(mayUpdate(ctx.actor, before));
    if (target && target.kind !== before.kind) {
      throw invalid([{ field: 'target.kind', message: 'stays. Add another sink instead' }]);
    }
    if (target) assertTarget(target);
    if (secretAccessKey !== undefined && before.kind !== 'bucket') {
      throw invalid([{ field: 'secretAccessKey', message: 'belongs to a bucket only' }]);
    }
    const size = position === undefined ? 0 : await logSize(ctx.workspace);
    if (position !== undefined && position > size) {
      throw invalid([
        { field: 'position', message: `must be at most ${size}, where the trail ends` },
      ]);
    }
    const secret =
      secretAccessKey === undefined
        ? undefined
        : await sealed(tx, ctx.workspace, id, secretAccessKey);
    const row = await changeSink(tx, id, {
      ...(name === undefined ? {} : { name }),
      ...(target === undefined ? {} : { target }),
      ...(format === undefined ? {} : { format }),
      ...(secret === undefined ? {} : { secret }),
      ...(position === undefined ? {} : { position: BigInt(position), pendingEnd: null }),
      // What it was waiting for may be mended now.
      nextTryAt: clock.now(),
    });
    if (!row) throw gone();
    event({
      type: 'trail.sink_updated',
      object: { type: 'trail_sink', id },
      data: {
        before: described(before),
        after: described(row),
        ...(secret === undefined ? {} : { secret_replaced: true }),
      },
    });
    return viewSink(ctx, row);
  },
});

export function assertTarget(target: SinkTarget): void {
  if (target.kind !== 'syslog' || target.ca === null || isCertificates(target.ca)) return;
  throw invalid([{ field: 'target.ca', message: 'must be certificates in PEM that can be read' }]);
}

export async function sealed(
  tx: Tx,
  workspace: string,
  id: string,
  secret: string,
): Promise<Uint8Array<ArrayBuffer>> {
  return sealSinkSecret(await dataKeyOf(tx, workspace), workspace, id, secret);
}

export function gone() {
  return conflict('retired', 'The sink is retired. Add another one instead.');
}

/** What an event says of a sink. */
export function described(row: SinkRow): Record<string, unknown> {
  const { name, kind, format, position, state } = row;
  const target = sinkTarget.parse(row.target);
  return { name, kind, format, target, state, position: Number(position) };
}

/** A person has looked at it: whatever failed is begun anew. */
export const afresh = { ...calm, reason: '', pendingEnd: null };
