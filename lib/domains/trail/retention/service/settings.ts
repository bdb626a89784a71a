import { clock } from '@/lib/kernel/clock';
import { query, verb } from '@/lib/kernel/verb';
import { nothing } from '../../schema';
import { searchEngine } from '../../search/engines';
import { expiredClasses, type Periods, retentionClasses } from '../classes';
import { mayPlaceHold, maySeeRetention, maySetRetention } from '../policy';
import { periods as periodsSchema, retentionView, updateRetentionInput } from '../schema';
import { lastRemovals, readSetting, savePeriods } from '../settings';
import { readUsage } from '../trail';

const DAY_MS = 86_400_000;
const MEASURED_DAYS = 30;
const DAYS_A_MONTH = 365.25 / 12;
const SHOWN_REMOVALS = 12;

async function forecastOf(workspace: string, periods: Periods) {
  const now = clock.now();
  const usage = await readUsage(workspace, new Date(now.getTime() - MEASURED_DAYS * DAY_MS));
  const bytes = usage.eventBytes;
  const first = await searchEngine().firstTime(workspace);
  // What is younger than 30 days is divided by its own age; of less than a day nothing is projected.
  const observedMs = Math.min(
    MEASURED_DAYS * DAY_MS,
    Math.max(0, now.getTime() - (first ?? now).getTime()),
  );
  const days = Math.max(1, observedMs / DAY_MS);
  const forecast = retentionClasses.map((name) => {
    const perDay = (usage.recent.get(name) ?? 0) / days;
    const own = usage.stored.filter((one) => one.class === name);
    const events = own.reduce((sum, one) => sum + one.events, 0);
    const atEnd = Math.round(perDay * periods[name] * DAYS_A_MONTH);
    const past = own
      .filter(({ month }) => expiredClasses(month, periods, now).includes(name))
      .reduce((sum, one) => sum + one.events, 0);
    return {
      class: name,
      months: periods[name],
      ...{ events_a_day: perDay, bytes_a_day: perDay * bytes },
      ...{ events, bytes: events * bytes },
      ...{ events_at_end: atEnd, bytes_at_end: atEnd * bytes },
      past,
    };
  });
  return { event_bytes: bytes, observed_ms: observedMs, forecast };
}

export const getRetention = query({
  name: 'trail.retention',
  input: nothing,
  output: retentionView,
  permit: maySeeRetention,
  run: async ({ ctx, tx }) => {
    const setting = await readSetting(tx);
    const removals = await lastRemovals(tx, SHOWN_REMOVALS);
    return {
      periods: setting.periods,
      updated_by: setting.updatedBy,
      updated_at: setting.updatedAt?.toISOString() ?? null,
      ...(await forecastOf(ctx.workspace, setting.periods)),
      removals: removals.map(({ classes, createdAt, events, finishedAt, id, month }) => ({
        ...{ id, month, classes, events: Number(events) },
        at: (finishedAt ?? createdAt).toISOString(),
      })),
      can: { edit: maySetRetention(ctx.actor), place: mayPlaceHold(ctx.actor) },
    };
  },
});

/** Sets how long each named class is kept. What is past a shorter period goes with the next daily run. */
export const updateRetention = verb({
  name: 'trail.update_retention',
  input: updateRetentionInput,
  output: periodsSchema,
  permit: maySetRetention,
  run: async ({ ctx, input, tx, event }) => {
    const { periods: before } = await readSetting(tx);
    const after: Periods = {
      decisions: input.decisions ?? before.decisions,
      sessions: input.sessions ?? before.sessions,
      administration: input.administration ?? before.administration,
      reads: input.reads ?? before.reads,
    };
    await savePeriods(tx, ctx.workspace, after, ctx.actor.id);
    event({
      type: 'trail.retention_updated',
      object: { type: 'trail', id: ctx.workspace },
      data: { before, after },
    });
    return after;
  },
});
