import { inWorkspace, type Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { jobContext } from '@/lib/kernel/context';
import { appendEvents, makeEvent, type NewEvent } from '@/lib/kernel/event';
import { type LogEvent, logSize, readFrom } from './log';
import {
  advance,
  beginBatch,
  dataKeyOf,
  endFailures,
  failed,
  lockSink,
  noteFailure,
  release,
  type SinkRow,
  takeSink,
} from './repo';
import { type SinkFormat, sinkTarget } from './schema';
import { openSinkSecret } from './secrets';
import { type Destination, LIMITS, send, type Sent } from './transport';

const SEND_TIMEOUT_MS = 15_000;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;
const RATE_MINUTES = 60;
/** A batch that was settled is sent as it was, whatever the bounds are now. */
const NO_LIMITS = { rows: Number.MAX_SAFE_INTEGER, bytes: Number.MAX_SAFE_INTEGER };

/** Who delivers, and until when. */
export interface Courier {
  owner: string;
  signal: AbortSignal;
  /** After so many the rest is left to the next turn; without, all that waits is delivered. */
  batches?: number;
  /** Whether the turn has lasted so long that it is over with the batch at hand. */
  isLong?: () => boolean;
}

/**
 * Delivers to one sink what waits for it, batch by batch in the log's order, until nothing
 * waits, a batch fails or the courier's turn is over. A batch counts once its receiver has said so and the position has
 * moved past it; whoever dies in between leaves it to be sent again.
 */
export async function deliverTo(workspace: string, id: string, courier: Courier): Promise<void> {
  const within = <T>(work: (tx: Tx) => Promise<T>) => inWorkspace(workspace, work);
  let sink = await within((tx) => takeSink(tx, id, courier.owner, clock.now()));
  let rows: number | undefined;
  for (let left = courier.batches ?? Number.POSITIVE_INFINITY; sink; left -= 1) {
    const held: SinkRow = sink;
    let next: Date | undefined;
    try {
      const outcome = await deliverBatch(held, rows, courier.signal);
      sink = outcome.sink;
      rows = outcome.rows ?? rows;
      next = outcome.waitUntil;
    } catch (error) {
      await within((tx) => release(tx, held));
      throw error;
    }
    // Between batches, so that someone's change is heeded at once.
    const over = courier.signal.aborted || left <= 1 || courier.isLong?.();
    if (!sink || sink.state !== 'active' || over) {
      await within((tx) => release(tx, held, next));
      return;
    }
  }
}

/** Without `sink` there is nothing more to do for now. */
interface Outcome {
  sink?: SinkRow | undefined;
  waitUntil?: Date | undefined;
  /** How many events the receiver may have room for. */
  rows?: number;
}

async function deliverBatch(
  sink: SinkRow,
  rows: number | undefined,
  signal: AbortSignal,
): Promise<Outcome> {
  const { workspaceId: workspace } = sink;
  const target = sinkTarget.parse(sink.target);
  const from = Number(sink.position);
  const settled = sink.pendingEnd === null ? null : Number(sink.pendingEnd);
  const usual = LIMITS[target.kind];
  const limits = settled === null ? { ...usual, rows: rows ?? usual.rows } : NO_LIMITS;
  const events = await readFrom(workspace, from, settled, limits);
  const [first, last] = [events[0], events.at(-1)];
  if (!first || !last) return { sink: await passRemoved(sink, settled) };
  const full = settled !== null || isFull(events, limits);
  if (target.kind === 'bucket' && !full) {
    const due = new Date(Date.parse(first.time) + target.everySeconds * 1_000);
    if (due > clock.now()) return { waitUntil: due };
  }
  const end = settled ?? last.idx + 1;
  const to = await inWorkspace(workspace, async (tx) => {
    const begun = await beginBatch(tx, sink, end, clock.now());
    return begun ? destinationOf(tx, sink, clock.now()) : undefined;
  });
  if (!to) return {};
  const format = sink.format as SinkFormat;
  const batch = { workspace, first: first.idx, last: last.idx, events, format };
  const sent = await send(to, batch, { timeoutMs: SEND_TIMEOUT_MS, signal });
  if (!sent.delivered) {
    if (signal.aborted) return {};
    if (sent.tooLarge && end - from > 1) return halve(sink, end);
    await recordFailure(sink, sent);
    return {};
  }
  const moved = await recordDelivery(sink, events, end);
  return full ? { sink: moved } : {};
}

/** The first half of a batch that the receiver has no room for. */
async function halve(sink: SinkRow, end: number): Promise<Outcome> {
  const rows = Math.ceil((end - Number(sink.position)) / 2);
  const half = Number(sink.position) + rows;
  const begun = await inWorkspace(sink.workspaceId, (tx) =>
    beginBatch(tx, sink, half, clock.now()),
  );
  return begun ? { sink: { ...sink, pendingEnd: BigInt(half) }, rows } : {};
}

function isFull(events: readonly LogEvent[], limits: { rows: number; bytes: number }): boolean {
  const bytes = events.reduce((sum, event) => sum + Buffer.byteLength(event.body), 0);
  return events.length >= limits.rows || bytes > limits.bytes;
}

/** Moves on past what retention has removed; without `sink` there is nothing yet. */
async function passRemoved(sink: SinkRow, settled: number | null): Promise<SinkRow | undefined> {
  const from = Number(sink.position);
  const end = settled ?? (await logSize(sink.workspaceId));
  if (from >= end) return undefined;
  // What was signed by then can be seen by now, so that nothing new is passed over.
  const events = await readFrom(sink.workspaceId, from, end, { rows: 1, bytes: 0 });
  return events.length > 0 ? sink : recordDelivery(sink, [], end);
}

/** With its secrets in the clear; what is in nobody's hands any more is not signed with. */
export async function destinationOf(tx: Tx, sink: SinkRow, now: Date): Promise<Destination> {
  const key = await dataKeyOf(tx, sink.workspaceId);
  const previous = sink.previousUntil && sink.previousUntil > now ? sink.previousSecret : null;
  const sealed = [sink.secret, previous].filter((each) => each !== null);
  return {
    id: sink.id,
    target: sinkTarget.parse(sink.target),
    secrets: sealed.map((each) => openSinkSecret(key, sink.workspaceId, sink.id, each)),
  };
}

function recordDelivery(
  sink: SinkRow,
  events: readonly LogEvent[],
  end: number,
): Promise<SinkRow | undefined> {
  const now = clock.now();
  return inWorkspace(sink.workspaceId, async (tx) => {
    // Whether anyone was told of a failure may have changed since the batch began.
    const before = sink.failingSince ? await lockSink(tx, sink.id) : sink;
    const recent = counted(recentOf(sink), now, events.length);
    const row = await advance(tx, sink, { end, events: events.length, recent }, now);
    if (!row) return undefined;
    if (before.failingSince) await endFailures(tx, sink.id, now);
    const said: NewEvent[] = [];
    if (before.alertedAt) {
      const since = before.failingSince?.toISOString();
      const data = { since, attempts: before.attempts };
      said.push(about(sink, 'trail.delivery_recovered', 'succeeded', data));
    }
    const missing = end - Number(sink.position) - events.length;
    if (missing > 0) {
      const error = `${missing} events had been removed from the trail before they were delivered.`;
      const { workspaceId, position, id: sinkId } = sink;
      await noteFailure(tx, { workspaceId, sinkId, beganAt: now, endedAt: now, position, error });
      const data = { from: Number(position), to: end - 1, events: missing };
      said.push(about(sink, 'trail.delivery_gap', 'failed', data));
    }
    await say(tx, sink, said);
    return row;
  });
}

async function recordFailure(sink: SinkRow, sent: Sent): Promise<void> {
  const now = clock.now();
  const wait = Math.max(delay(sink.attempts), sent.retryAfterMs ?? 0);
  const error = sent.error ?? 'Delivery failed.';
  const paused = sent.gone ? `${error} Nothing is sent until someone resumes it.` : undefined;
  await inWorkspace(sink.workspaceId, async (tx) => {
    const row = await failed(
      tx,
      sink,
      {
        error,
        next: new Date(now.getTime() + wait),
        ...(paused === undefined ? {} : { paused }),
      },
      now,
    );
    if (row && paused !== undefined) {
      await say(tx, sink, [about(sink, 'trail.sink_paused', 'failed', { reason: paused })]);
    }
  });
}

/** Twice as long each time, between half of it and all of it, so that sinks do not fail in step. */
function delay(attempts: number): number {
  const whole = Math.min(FIRST_DELAY_MS * 2 ** Math.min(attempts, 20), LONGEST_DELAY_MS);
  return whole * (0.5 + Math.random() / 2);
}

/** An event about a sink, without anything secret of it. */
export function about(
  sink: SinkRow,
  type: string,
  outcome: 'failed' | 'succeeded',
  data: Record<string, unknown>,
): NewEvent {
  const object = { type: 'trail_sink', id: sink.id };
  return { type, object, outcome, data: { name: sink.name, kind: sink.kind, ...data } };
}

async function say(tx: Tx, sink: SinkRow, events: readonly NewEvent[]): Promise<void> {
  const ctx = jobContext(sink.workspaceId, 'trail.deliver');
  await appendEvents(
    tx,
    events.map((event) => makeEvent(ctx, event)),
  );
}

/** `[epoch minute, events]`, newest last. */
export type Minute = [number, number];

export function recentOf(sink: SinkRow): Minute[] {
  return sink.recent as Minute[];
}

function counted(recent: readonly Minute[], now: Date, events: number): Minute[] {
  const minute = Math.floor(now.getTime() / 60_000);
  const before = recent.at(-1)?.[0] === minute ? (recent.at(-1)?.[1] ?? 0) : 0;
  const older = recent.filter(([at]) => at > minute - RATE_MINUTES && at !== minute);
  return [...older, [minute, before + events]];
}
