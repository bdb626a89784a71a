import { setTimeout as wait } from 'node:timers/promises';
import { logger } from '@/lib/infra/logger';
import { type ClientBase, connectAs } from '@/lib/infra/trail-db';
import { clock } from '@/lib/kernel/clock';
import { drainBatch, type Progress, tidyRefused } from './drain';
import { ensureMonths, newWriterState } from './writer';

/** Any constant will do, as long as every sequencer takes the same lock. */
export const LOCK = 0x6373_7365;

const LOCK_POLL_MS = 250;
const IDLE_MS = 200;
/** Between small batches, so that a trickle of events shares checkpoints. */
const BREATH_MS = 50;
const FIRST_BACK_OFF_MS = 100;
const LAST_BACK_OFF_MS = 5_000;
/** How often what was refused is tried again, and partitions are made ahead. */
const UPKEEP_MS = 60_000;

export interface SequencerOptions {
  signal: AbortSignal;
  /** Called once this process holds the lock for the first time, or knows that another one does. */
  onReady?: () => void;
}

/**
 * Sequences until the signal aborts. One process at a time works: the lock belongs to the
 * trail connection that writes, so losing the one is losing the other. When a database goes
 * away it tries again, later and later; nothing is lost meanwhile, the outbox holds.
 */
export async function runSequencer({ signal, onReady }: SequencerOptions): Promise<void> {
  let failures = 0;
  const ready = once(onReady);
  while (!signal.aborted) {
    const began = Date.now();
    try {
      await withConnections(signal, (outbox, trail) => sequence(outbox, trail, signal, ready));
    } catch (error) {
      if (signal.aborted) return;
      // A connection that worked for a while was no failure to connect.
      failures = Date.now() - began > 10_000 ? 1 : failures + 1;
      const delay = Math.min(LAST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(failures, 10));
      logger.error({ err: error, failures, delay }, 'the sequencer stopped; it starts again');
      await pause(delay * (0.75 + Math.random() / 2), signal);
    }
  }
}

/** Takes the lock, moves everything that waits in the outbox, and gives the lock back. */
export async function drainOutbox(): Promise<number> {
  const { signal } = new AbortController();
  let moved = 0;
  await withConnections(signal, async (outbox, trail) => {
    await takeLock(trail, signal);
    const progress: Progress = { writer: newWriterState(), stuck: new Map() };
    for (let more = true; more;) {
      const batch = await drainBatch(outbox, trail, progress);
      moved += batch.moved;
      more = batch.moved > 0;
    }
  });
  return moved;
}

async function withConnections(
  signal: AbortSignal,
  work: (outbox: ClientBase, trail: ClientBase) => Promise<void>,
): Promise<void> {
  const trail = await connectAs('countersign_trail_writer');
  try {
    const outbox = await connectAs('countersign_sequencer');
    try {
      // A connection lost while nothing is asked of it must be noticed too.
      const lost = Promise.race([trail.lost, outbox.lost]).then((error) => {
        if (!signal.aborted) throw error;
      });
      await Promise.race([work(outbox.client, trail.client), lost]);
    } finally {
      await outbox.client.end().catch(() => undefined);
    }
  } finally {
    await trail.client.end().catch(() => undefined);
  }
}

async function sequence(
  outbox: ClientBase,
  trail: ClientBase,
  signal: AbortSignal,
  ready: () => void,
): Promise<void> {
  const locked = await takeLock(trail, signal, () => {
    logger.info('another sequencer is at work; waiting to take over');
    ready();
  });
  if (!locked) return;
  logger.info('sequencing');
  const progress: Progress = { writer: newWriterState(), stuck: new Map() };
  let upkeep = 0;
  while (!signal.aborted) {
    if (Date.now() >= upkeep) {
      upkeep = Date.now() + UPKEEP_MS;
      if (progress.stuck.size > 0) {
        logger.error(
          { events: [...progress.stuck.keys()].slice(0, 20), stuck: progress.stuck.size },
          'events wait that the trail refused, and after a while their workspaces are refused new actions; outbox_refused has why',
        );
        progress.stuck.clear();
      }
      await tidyRefused(outbox);
      await makeAhead(trail, progress);
    }
    const batch = await drainBatch(outbox, trail, progress);
    ready();
    if (!batch.full) await pause(batch.moved > 0 ? BREATH_MS : IDLE_MS, signal);
  }
}

/** This month's partition and those of the next three. */
async function makeAhead(trail: ClientBase, progress: Progress): Promise<void> {
  const now = clock.now();
  const months = [0, 1, 2, 3].map((ahead) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1)).toISOString(),
  );
  await ensureMonths(trail, months, progress.writer.months);
}

async function takeLock(
  trail: ClientBase,
  signal: AbortSignal,
  waiting?: () => void,
): Promise<boolean> {
  const told = once(waiting);
  while (!signal.aborted) {
    const { rows } = await trail.query<{ taken: boolean }>(
      'SELECT pg_try_advisory_lock($1) AS taken',
      [LOCK],
    );
    if (rows[0]?.taken) return true;
    told();
    await pause(LOCK_POLL_MS, signal);
  }
  return false;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined);
}

function once(call: (() => void) | undefined): () => void {
  let called = false;
  return () => {
    if (!called) call?.();
    called = true;
  };
}
