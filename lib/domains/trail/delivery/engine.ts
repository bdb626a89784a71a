import { randomUUID } from 'node:crypto';
import { listen } from '@/lib/infra/listen';
import { logger } from '@/lib/infra/logger';
import { clock } from '@/lib/kernel/clock';
import { deliverTo } from './deliver';
import { logSize } from './log';
import { dueSinks } from './repo';

const TICK_MS = 2_000;
/** What is announced within this goes together, so that a busy trail is not delivered event by event. */
const GATHER_MS = 100;
const MOST_AT_ONCE = 12;
/** Of one workspace, so that others have room beside receivers that are slow. */
const MOST_OF_ONE = 3;
/** Batches until a sink's slot goes to one that has waited longer; fewer where they take long. */
const BATCHES_A_TURN = 4;
/** A turn that lasts longer is over with the batch at hand, and makes its sink a slow one until it has a shorter one. */
const SLOW_MS = 5_000;
/** Of slow ones, however many workspaces they are of, so that the others find a slot free. */
const MOST_SLOW = 8;

/**
 * Delivers to the sinks of every workspace, each by itself: woken when a trail grows, and by a
 * clock for what is to be tried again. Any number of processes may do so. With `only`, to one
 * workspace's.
 */
export function startDelivery(only?: string): { stop: () => Promise<void> } {
  const owner = randomUUID();
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  /** How many of each workspace run. */
  const ofOne = new Map<string, number>();
  /** Workspaces with sinks that wait for others of theirs. */
  const crowded = new Set<string>();
  /** When each sink had its last turn, counted and not timed. */
  const turns = new Map<string, number>();
  /** Those whose last turn was long. */
  const slow = new Set<string>();
  let turn = 0;
  const grown = new Set<string>();
  let everything = true;
  let looking: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const deliver = async (workspace: string, id: string): Promise<void> => {
    turns.set(id, (turn += 1));
    ofOne.set(workspace, (ofOne.get(workspace) ?? 0) + 1);
    const began = clock.now().getTime();
    const isLong = () => clock.now().getTime() - began > SLOW_MS;
    try {
      const courier = { owner, signal: stopping.signal, batches: BATCHES_A_TURN, isLong };
      await deliverTo(workspace, id, courier);
      // It may have grown while this one ended.
      grown.add(workspace);
    } catch (error) {
      logger.warn({ err: error, workspace, sink: id }, 'delivery of the trail is put off');
    } finally {
      running.delete(id);
      if (isLong()) slow.add(id);
      else slow.delete(id);
      const left = (ofOne.get(workspace) ?? 1) - 1;
      if (left > 0) ofOne.set(workspace, left);
      else ofOne.delete(workspace);
      if (crowded.delete(workspace)) grown.add(workspace);
      if (grown.size > 0 || everything) soon();
    }
  };

  const slowOnes = () => [...running.keys()].filter((id) => slow.has(id)).length;

  const look = async (): Promise<void> => {
    const wanted = everything ? undefined : new Set(grown);
    everything = false;
    grown.clear();
    const due = (await dueSinks()).toSorted(
      (a, b) => (turns.get(a.id) ?? 0) - (turns.get(b.id) ?? 0),
    );
    const sizes = new Map<string, Promise<number>>();
    for (const sink of due) {
      if (stopping.signal.aborted) return;
      if (running.size >= MOST_AT_ONCE) {
        everything = true;
        return;
      }
      if (only !== undefined && sink.workspace !== only) continue;
      if (running.has(sink.id) || (wanted && !wanted.has(sink.workspace))) continue;
      const size = sizes.get(sink.workspace) ?? logSize(sink.workspace);
      sizes.set(sink.workspace, size);
      if (sink.position >= (await size)) continue;
      // The next tick looks again.
      if (slow.has(sink.id) && slowOnes() >= MOST_SLOW) continue;
      if ((ofOne.get(sink.workspace) ?? 0) >= MOST_OF_ONE) crowded.add(sink.workspace);
      else running.set(sink.id, deliver(sink.workspace, sink.id));
    }
  };

  const begin = (): void => {
    timer = undefined;
    if (looking || stopping.signal.aborted) return;
    looking = look()
      .catch((error: unknown) => {
        everything = true;
        logger.warn({ err: error }, 'delivery of the trail cannot look for work');
      })
      .finally(() => {
        looking = undefined;
        if (grown.size > 0) soon();
      });
  };
  const soon = (): void => {
    if (!stopping.signal.aborted) timer ??= setTimeout(begin, GATHER_MS);
  };
  const wake = (workspace?: string): void => {
    if (workspace === undefined) everything = true;
    else grown.add(workspace);
    soon();
  };

  const unlisten = listen({
    channel: 'countersign_changes',
    onMessage: (payload) => {
      const [workspace = '', table = ''] = payload.split(':');
      if (table === 'trail') wake(workspace);
    },
    onReconnect: () => wake(),
  });
  const tick = setInterval(() => wake(), TICK_MS);
  wake();

  return {
    stop: async () => {
      stopping.abort();
      clearInterval(tick);
      clearTimeout(timer);
      await unlisten();
      await looking;
      await Promise.all(running.values());
    },
  };
}
