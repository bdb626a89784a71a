import { inTenant, type Listener, type Pool } from '@/lib/infra/pg';
import { logger } from '@/lib/infra/logger';
import { notFound, unavailable } from '@/lib/kernel/problem';
import { allParts, type Part, type Parts, partsChangedBy, readParts } from './rows';
import { buildSnapshot, type Snapshot } from './snapshot';

/** Longer than this without hearing of changes, and nothing is decided. */
const STALE_MS = 5_000;
const RETRY_MS = 200;
/** How long a request waits to hear something before it is refused. */
const HEAR_MS = 1_000;
/** A workspace is read again on request at most this often. */
const REREAD_MS = 250;

interface Entry {
  parts: Parts | undefined;
  snapshot: Snapshot | undefined;
  /** Announced as changed and not read again yet. */
  dirty: Set<Part>;
  /** When the oldest of them was announced. */
  dirtySince: number;
  /** When the oldest was announced of what is being read; undefined when nothing is. */
  readingSince: number | undefined;
  loading: Promise<void> | undefined;
  /** When it was last read again on request. */
  rereadAt: number;
}

/**
 * The snapshots of the workspaces that this process serves: loaded when first asked for, and
 * kept current by the announcements of `countersign_changes`.
 */
export class Snapshots {
  readonly #pool: Pool;
  readonly #listener: Pick<Listener, 'silentFor' | 'hear'>;
  /** Called with each snapshot that was loaded for the first time, before it is used. */
  readonly #onLoad: (snapshot: Snapshot) => Promise<void>;
  readonly #entries = new Map<string, Entry>();

  constructor(
    pool: Pool,
    listener: Pick<Listener, 'silentFor' | 'hear'>,
    onLoad: (snapshot: Snapshot) => Promise<void> = () => Promise.resolve(),
  ) {
    this.#pool = pool;
    this.#listener = listener;
    this.#onLoad = onLoad;
  }

  /** Whether this process hears of revocations. */
  isCurrent(): boolean {
    return this.#listener.silentFor() <= STALE_MS;
  }

  /**
   * The snapshot to decide with; a promise only when it is not loaded yet. Throws 503 when
   * it may lag behind what admins have changed.
   */
  get(workspace: string): Snapshot | Promise<Snapshot> {
    return this.isCurrent() ? this.#get(workspace) : this.#whenCurrent(workspace);
  }

  /** After a pause of this process itself, what was announced is waiting to be read. */
  async #whenCurrent(workspace: string): Promise<Snapshot> {
    await this.#listener.hear(HEAR_MS);
    this.#assertCurrent();
    return this.#get(workspace);
  }

  #get(workspace: string): Snapshot | Promise<Snapshot> {
    const entry = this.#entries.get(workspace);
    if (!entry?.snapshot) return this.#first(workspace);
    if (isStale(entry)) throw notCurrent();
    return entry.snapshot;
  }

  /** Notes a change; the parts concerned are read again at once. */
  changed(workspace: string, table: string): void {
    const entry = this.#entries.get(workspace);
    const parts = partsChangedBy(table);
    if (!entry || parts.length === 0) return;
    if (entry.dirty.size === 0) entry.dirtySince = performance.now();
    for (const part of parts) entry.dirty.add(part);
    this.#refresh(workspace, entry).catch(() => undefined);
  }

  /** The snapshot with these tables read again, unless they were a moment ago. */
  async reread(workspace: string, tables: readonly string[]): Promise<Snapshot> {
    const entry = this.#entries.get(workspace);
    const now = performance.now();
    if (entry && now - entry.rereadAt > REREAD_MS) {
      entry.rereadAt = now;
      for (const table of tables) this.changed(workspace, table);
    }
    await entry?.loading?.catch(() => undefined);
    return this.get(workspace);
  }

  /** Forgets everything: after a time of not hearing, nothing kept can be trusted. */
  clear(): void {
    this.#entries.clear();
  }

  async #first(workspace: string): Promise<Snapshot> {
    let entry = this.#entries.get(workspace);
    if (!entry) {
      entry = {
        parts: undefined,
        snapshot: undefined,
        dirty: new Set(allParts),
        dirtySince: performance.now(),
        readingSince: undefined,
        loading: undefined,
        rereadAt: 0,
      };
      this.#entries.set(workspace, entry);
    }
    await this.#refresh(workspace, entry).catch((error: unknown) => {
      if (this.#entries.get(workspace) === entry) this.#entries.delete(workspace);
      if (error instanceof Error && error.message === 'the workspace does not exist') {
        throw notFound('workspace');
      }
      throw unavailable(
        'not_ready',
        'The workspace could not be loaded. Try again shortly.',
        error,
      );
    });
    this.#assertCurrent();
    if (!entry.snapshot) throw notCurrent();
    return entry.snapshot;
  }

  #refresh(workspace: string, entry: Entry): Promise<void> {
    entry.loading ??= this.#load(workspace, entry).finally(() => {
      entry.loading = undefined;
      const forgotten = this.#entries.get(workspace) !== entry;
      if (forgotten || entry.dirty.size === 0 || !entry.snapshot) return;
      setTimeout(
        () => void this.#refresh(workspace, entry).catch(() => undefined),
        RETRY_MS,
      ).unref();
    });
    return entry.loading;
  }

  async #load(workspace: string, entry: Entry): Promise<void> {
    while (entry.dirty.size > 0) {
      const wanted = [...entry.dirty];
      // What is announced from here on is read once more.
      entry.dirty.clear();
      const since = entry.dirtySince;
      entry.readingSince = since;
      try {
        const read = await inTenant(this.#pool, workspace, (client) => readParts(client, wanted));
        const parts = { ...entry.parts, ...read } as Parts;
        const snapshot = buildSnapshot(parts);
        if (!entry.snapshot) await this.#onLoad(snapshot);
        entry.parts = parts;
        entry.snapshot = snapshot;
      } catch (error) {
        for (const part of wanted) entry.dirty.add(part);
        entry.dirtySince = since;
        logger.warn({ err: error, workspace }, 'a workspace could not be read');
        throw error;
      } finally {
        entry.readingSince = undefined;
      }
    }
  }

  #assertCurrent(): void {
    if (!this.isCurrent()) throw notCurrent();
  }
}

/** Whether it was announced too long ago that the snapshot is not what there is, and it was not read since. */
function isStale({ dirty, dirtySince, readingSince }: Entry): boolean {
  const since = readingSince ?? (dirty.size > 0 ? dirtySince : undefined);
  return since !== undefined && performance.now() - since > STALE_MS;
}

function notCurrent() {
  return unavailable(
    'not_current',
    'This gateway has not heard of changes for 5 seconds and decides nothing until it does. Try again shortly.',
  );
}
