import { randomUUID } from 'node:crypto';
import { listen } from '@/lib/infra/listen';
import { logger } from '@/lib/infra/logger';
import { deliverTo } from './deliver';
import { logSize } from './log';
import { dueSinks } from './repo';

const TICK_MS = 2_000;
/** What is announced within this goes together, so that a busy trail is not delivered event by event. */
const GATHER_MS = 100;
const MOST_AT_ONCE = 12;

/**
 * Delivers to the sinks of every workspace, each by itself: woken when a trail grows, and by a
 * clock for what is to be tried again. Any number of processes may do so. With `only`, to one
 * workspace's.
 */
export function startDelivery(only?: string): { stop: () => Promise<void> } {
  const owner = randomUUID();
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  const grown = new Set<string>();
  let everything = true;
  let looking: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const deliver = async (workspace: string, id: string): Promise<void> => {
    try {
      await deliverTo(workspace, id, { owner, signal: stopping.signal });
      // It may have grown while this one ended.
      grown.add(workspace);
    } catch (error) {
      logger.warn({ err: error, workspace, sink: id }, 'delivery of the trail is put off');
    } finally {
      running.delete(id);
      if (grown.size > 0 || everything) soon();
    }
  };

  const look = async (): Promise<void> => {
    const wanted = everything ? undefined : new Set(grown);
    everything = false;
    grown.clear();
    const due = await dueSinks();
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
      if (sink.position < (await size)) running.set(sink.id, deliver(sink.workspace, sink.id));
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
