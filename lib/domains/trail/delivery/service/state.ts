import { newWebhookSecret } from '@/lib/infra/webhook';
import { clock } from '@/lib/kernel/clock';
import { permitted, verb } from '@/lib/kernel/verb';
import { mayManageSinks, mayPause, mayResume, mayRotate, mayUpdate } from '../policy';
import { changeSink, endFailures, loadSink } from '../repo';
import { sinkInput, sinkView, sinkWithSecret } from '../schema';
import { afresh, described, gone, sealed } from './manage';
import { viewSink } from './read';

/** How long messages carry a signature by the secret before the last rotation as well. */
const OVERLAP_MS = 24 * 3_600_000;

/** Stops delivery; the position stays. */
export const pauseSink = verb({
  name: 'trail.pause_sink',
  input: sinkInput,
  output: sinkView,
  permit: mayManageSinks,
  run: async ({ ctx, input: { id }, tx, event }) => {
    const before = await loadSink(tx, id);
    permitted(mayPause(ctx.actor, before));
    const row = await changeSink(tx, id, { ...afresh, state: 'paused' });
    if (!row) throw gone();
    await endFailures(tx, id, clock.now());
    event({
      type: 'trail.sink_paused',
      object: { type: 'trail_sink', id },
      data: { before: described(before), after: described(row) },
    });
    return viewSink(ctx, row);
  },
});

/** Goes on where delivery had stopped, at once. */
export const resumeSink = verb({
  name: 'trail.resume_sink',
  input: sinkInput,
  output: sinkView,
  permit: mayManageSinks,
  run: async ({ ctx, input: { id }, tx, event }) => {
    const before = await loadSink(tx, id);
    permitted(mayResume(ctx.actor, before));
    const row = await changeSink(tx, id, { ...afresh, state: 'active', nextTryAt: clock.now() });
    if (!row) throw gone();
    event({
      type: 'trail.sink_resumed',
      object: { type: 'trail_sink', id },
      data: { before: described(before), after: described(row) },
    });
    return viewSink(ctx, row);
  },
});

/** Ends delivery for good and erases the sink's secrets. */
export const retireSink = verb({
  name: 'trail.retire_sink',
  input: sinkInput,
  output: sinkView,
  permit: mayManageSinks,
  run: async ({ ctx, input: { id }, tx, event }) => {
    const before = await loadSink(tx, id);
    permitted(mayUpdate(ctx.actor, before));
    const erased = { secret: null, previousSecret: null, previousUntil: null };
    const row = await changeSink(tx, id, { ...afresh, ...erased, state: 'retired' });
    if (!row) throw gone();
    await endFailures(tx, id, clock.now());
    event({
      type: 'trail.sink_retired',
      object: { type: 'trail_sink', id },
      data: { before: described(before), after: described(row) },
    });
    return viewSink(ctx, row);
  },
});

/** Makes a new signing secret; for a day messages carry a signature by the old one as well. */
export const rotateSinkSecret = verb({
  name: 'trail.rotate_sink_secret',
  input: sinkInput,
  output: sinkWithSecret,
  permit: mayManageSinks,
  run: async ({ ctx, input: { id }, tx, event }) => {
    const before = await loadSink(tx, id);
    permitted(mayRotate(ctx.actor, before));
    const secret = newWebhookSecret();
    const previousUntil = new Date(clock.now().getTime() + OVERLAP_MS);
    const row = await changeSink(tx, id, {
      secret: await sealed(tx, ctx.workspace, id, secret),
      previousSecret: before.secret,
      previousUntil,
    });
    if (!row) throw gone();
    event({
      type: 'trail.sink_secret_rotated',
      object: { type: 'trail_sink', id },
      data: { name: row.name, previous_until: previousUntil.toISOString() },
    });
    return { sink: await viewSink(ctx, row), secret };
  },
});
