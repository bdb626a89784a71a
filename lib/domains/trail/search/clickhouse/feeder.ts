import { setTimeout as wait } from 'node:timers/promises';
import { ClickHouseFailure, hasClickHouse } from '@/lib/infra/clickhouse';
import { listen } from '@/lib/infra/listen';
import { logger } from '@/lib/infra/logger';
import { type ClientBase, connectAs } from '@/lib/infra/trail-db';
import { workspaceIds } from '@/lib/kernel/job';
import { checkCopy, feedWorkspace } from './feed';
import { prepareTables } from './tables';

/** Any constant will do, as long as every feeder takes the same lock and the sequencer another. */
const LOCK = 0x6373_6663;
const LOCK_POLL_MS = 2_000;
/** What is announced within this goes together, so that a busy trail makes few and large parts. */
const GATHER_MS = 250;
/** How often every workspace is looked at, announced or not. */
const ROUND_MS = 60_000;
/** How often a copy is compared with what it should have. */
const CHECKED_MS = 3_600_000;
const FIRST_BACK_OFF_MS = 500;
const LAST_BACK_OFF_MS = 30_000;

/**
 * Keeps the copy in ClickHouse up with the trail, where one is configured. One process at a
 * time does: the lock belongs to a connection to the trail. It only reads the trail, so when
 * ClickHouse is away nothing waits for it but itself, later and later. With `only`, one
 * workspace's.
 */
export function startFeed(only?: string): { stop: () => Promise<void> } {
  if (!hasClickHouse()) return { stop: async () => undefined };
  const stopping = new AbortController();
  const everyone = async () => (only === undefined ? await workspaceIds() : [only]);
  const work = new Waiting(everyone, stopping.signal);
  const unlisten = listen({
    channel: 'countersign_changes',
    onMessage: (payload) => {
      const [workspace = '', table = ''] = payload.split(':');
      if (table === 'trail' && (only === undefined || workspace === only)) work.add(workspace);
    },
    onReconnect: () => work.everything(),
  });
  const running = run(work, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await unlisten();
      await running;
    },
  };
}

/** The workspaces whose trails have grown. */
class Waiting {
  readonly #everyone: () => Promise<string[]>;
  readonly #signal: AbortSignal;
  #grown = new Set<string>();
  #round = 0;
  #wake: (() => void) | undefined;

  constructor(everyone: () => Promise<string[]>, signal: AbortSignal) {
    this.#everyone = everyone;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake?.());
  }

  add(workspace: string): void {
    this.#grown.add(workspace);
    this.#wake?.();
  }

  everything(): void {
    this.#round = 0;
    this.#wake?.();
  }

  /** Those that wait, once there are any, or all when their round has come. */
  async take(): Promise<string[]> {
    if (this.#grown.size === 0 && Date.now() < this.#round) {
      const over = new AbortController();
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([woken, pause(this.#round - Date.now(), over.signal)]);
      this.#wake = undefined;
      over.abort();
      await pause(GATHER_MS, this.#signal);
    }
    if (Date.now() >= this.#round) {
      for (const workspace of await this.#everyone()) this.#grown.add(workspace);
      this.#round = Date.now() + ROUND_MS;
    }
    const taken = [...this.#grown];
    this.#grown = new Set();
    return taken;
  }
}

async function run(work: Waiting, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const began = Date.now();
    try {
      await alone(signal, (held) => keepUp(work, held));
    } catch (error) {
      if (signal.aborted) return;
      failures = Date.now() - began > LAST_BACK_OFF_MS ? 1 : failures + 1;
      const delay = Math.min(LAST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(failures, 10));
      logger.warn({ err: error, failures, delay }, 'ClickHouse is not fed; it is tried again');
      work.everything();
      await pause(delay * (0.75 + Math.random() / 2), signal);
    }
  }
}

/** Works while this process holds the lock, and stops with the connection that holds it. */
async function alone(
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { client, lost } = await connectAs('countersign_trail_reader');
  const ended = new AbortController();
  const held = AbortSignal.any([signal, ended.signal]);
  const gone = lost.then((error) => {
    ended.abort();
    if (!signal.aborted) throw error;
  });
  gone.catch(() => undefined);
  try {
    await takeLock(client, held);
    if (!held.aborted) await work(held);
    // Only a lost connection ends the work before the process does.
    if (!signal.aborted) await gone;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function takeLock(client: ClientBase, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const text = 'SELECT pg_try_advisory_lock($1) AS taken';
    const { rows } = await client.query<{ taken: boolean }>(text, [LOCK]);
    if (rows[0]?.taken) return;
    await pause(LOCK_POLL_MS, signal);
  }
}

async function keepUp(work: Waiting, signal: AbortSignal): Promise<void> {
  await prepareTables();
  const checked = new Map<string, number>();
  while (!signal.aborted) {
    for (const workspace of await work.take()) {
      if (signal.aborted) return;
      try {
        if (Date.now() - (checked.get(workspace) ?? 0) > CHECKED_MS) {
          checked.set(workspace, Date.now());
          await checkCopy(workspace);
        }
        // A batch each in turn, so that a long log keeps nobody waiting.
        if (await feedWorkspace(workspace, signal)) work.add(workspace);
      } catch (error) {
        if (!(error instanceof ClickHouseFailure) || error.away) throw error;
        logger.error({ err: error, workspace }, 'ClickHouse refuses a part of the trail');
        // Its tables may be what is missing.
        await prepareTables();
      }
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined);
}
