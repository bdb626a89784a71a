import { isDataError, type Pool } from '@/lib/infra/pg';
import { logger } from '@/lib/infra/logger';
import { binaryArray } from '@/lib/infra/pg-binary';
import { type Problem, unavailable } from '@/lib/kernel/problem';

/** What one statement writes, by number and by characters of text, which are about its bytes. */
const MAX_BATCH = 256;
const MAX_BATCH_SIZE = 8 * 1024 * 1024;

/** An event as JSON text; one that is `of` an action is written only if that was. */
export interface WrittenEvent {
  id: string;
  of: string | null;
  text: string;
}

/** How an action ended; `result` and `error` are JSON text. */
export interface WrittenOutcome {
  status: string;
  result: string | null;
  error: string | null;
  /** ISO time. */
  at: string;
}

/** What one request has to write; `action` and `approval` are rows as JSON text. */
export interface Write {
  /** Id of the action that is new or has ended; events alone need none. */
  id?: string | undefined;
  /** Orders a batch, so that two processes' batches never wait for each other crosswise. */
  key?: string;
  action?: string;
  approval?: string;
  outcome?: WrittenOutcome;
  events: readonly WrittenEvent[];
}

interface Waiting {
  write: Write;
  /** Characters of its text. */
  size: number;
  /** When trying again ends, on the clock of performance.now(). */
  until: number;
  /** False when the action was already there, or was no longer running. */
  resolve: (written: boolean) => void;
  reject: (problem: Problem) => void;
}

interface Queue {
  waiting: Waiting[];
  /** What waits or is being written, by number and by characters of text. */
  writes: number;
  size: number;
  busy: boolean;
  /** Set while only outcomes wait, for the next decision to take them along. */
  timer: NodeJS.Timeout | undefined;
}

/** What may wait before decisions are turned away. */
const MOST_QUEUED = { writes: 5_000, size: 64 * 1024 * 1024 };
/**
 * A workspace that has less than this part of it waiting is not turned away for what the others
 * have, until twice of it waits altogether.
 */
const OWN_PART = 1 / 16;
const OUTCOME_PATIENCE_MS = 60_000;
const RETRY_MS = 250;
/** How long an outcome waits for a decision whose commit it can share. */
const COMPANY_MS = 5;

/** What the recorder reports of itself. */
export interface RecorderObserver {
  committed: (size: number, seconds: number) => void;
  failed: (size: number) => void;
}

/**
 * Group commit. Whatever a workspace has queued while the previous commit is in flight is
 * written by one statement. A decision, for which someone waits before anything runs, is
 * written with all of its turn of the event loop; an outcome has happened and waits a moment
 * for the next decision, so that an action costs one commit and never makes another's decision
 * wait for a commit of outcomes alone. `record` resolves once the commit has returned.
 */
export class Recorder {
  readonly #pool: Pool;
  readonly #most: typeof MOST_QUEUED;
  readonly #observer: RecorderObserver;
  readonly #queues = new Map<string, Queue>();
  /** Where the rows of running actions lie that this process recorded, until they have ended. */
  readonly #places = new Map<string, string>();
  #queued = 0;
  #size = 0;
  #draining = false;
  readonly #idle: (() => void)[] = [];

  constructor(pool: Pool, observer: RecorderObserver, most: Partial<typeof MOST_QUEUED> = {}) {
    this.#pool = pool;
    this.#observer = observer;
    this.#most = { ...MOST_QUEUED, ...most };
  }

  get queued(): number {
    return this.#queued;
  }

  /** Throws 503 when the queue is full or the commit failed: then nothing may run. */
  record(workspace: string, write: Write): Promise<boolean> {
    if (this.#isFull(1) && (this.#isFull(2) || !this.#hasLittle(workspace))) {
      return Promise.reject(overloaded());
    }
    return this.#enqueue(workspace, write, 0);
  }

  #isFull(times: number): boolean {
    const { writes, size } = this.#most;
    return this.#queued >= writes * times || this.#size >= size * times;
  }

  #hasLittle(workspace: string): boolean {
    const { writes = 0, size = 0 } = this.#queues.get(workspace) ?? {};
    return writes < this.#most.writes * OWN_PART && size < this.#most.size * OWN_PART;
  }

  /** As `record`, for what has already happened: not turned away, and tried for a minute. */
  recordOutcome(workspace: string, write: Write): Promise<boolean> {
    return this.#enqueue(workspace, write, performance.now() + OUTCOME_PATIENCE_MS);
  }

  /** Resolves when everything queued so far has been written or refused; tries nothing again. */
  drain(): Promise<void> {
    this.#draining = true;
    if (this.#queued === 0) return Promise.resolve();
    for (const [workspace, queue] of this.#queues) this.#next(workspace, queue, true);
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #enqueue(workspace: string, write: Write, until: number): Promise<boolean> {
    let queue = this.#queues.get(workspace);
    if (!queue) {
      queue = { waiting: [], writes: 0, size: 0, busy: false, timer: undefined };
      this.#queues.set(workspace, queue);
    }
    const mine = queue;
    const size = sizeOf(write);
    this.#queued += 1;
    this.#size += size;
    mine.writes += 1;
    mine.size += size;
    return new Promise((resolve, reject) => {
      mine.waiting.push({ write, size, until, resolve, reject });
      this.#next(workspace, mine, until === 0);
    });
  }

  /** Has what waits written, unless a commit is in flight; what is not `urgent` waits for company. */
  #next(workspace: string, queue: Queue, urgent: boolean): void {
    if (queue.busy) return;
    if (urgent || this.#draining) {
      queue.busy = true;
      // What is enqueued in the rest of this turn shares the commit.
      process.nextTick(() => void this.#work(workspace, queue));
    } else {
      queue.timer ??= setTimeout(() => void this.#work(workspace, queue), COMPANY_MS);
    }
  }

  async #work(workspace: string, queue: Queue): Promise<void> {
    clearTimeout(queue.timer);
    queue.timer = undefined;
    queue.busy = true;
    const batch = takeBatch(queue.waiting);
    const again = await this.#commit(workspace, batch);
    const [writes, size] = [batch.length - again.length, total(batch) - total(again)];
    this.#queued -= writes;
    this.#size -= size;
    queue.writes -= writes;
    queue.size -= size;
    if (again.length > 0) {
      queue.waiting.unshift(...again);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    queue.busy = false;
    if (queue.waiting.length === 0) this.#queues.delete(workspace);
    else this.#next(workspace, queue, queue.waiting.some(isDecision));
    if (this.#queued === 0) for (const resolve of this.#idle.splice(0)) setImmediate(resolve);
  }

  /** Writes a batch and tells who waits for it; returns what is to be tried again. */
  async #commit(workspace: string, batch: Waiting[]): Promise<Waiting[]> {
    const started = performance.now();
    try {
      const written = await this.#write(workspace, batch);
      this.#observer.committed(batch.length, (performance.now() - started) / 1000);
      // Told once the next batch is on its way: the database works while what was recorded runs.
      setImmediate(() => {
        for (const { write, resolve } of batch)
          resolve(write.id === undefined || written.has(write.id));
      });
      return [];
    } catch (error) {
      const refused = isDataError(error);
      if (batch.length > 1 && refused) {
        // One write that the database refuses must not take its neighbours along.
        const again = [];
        for (const one of batch) again.push(...(await this.#commit(workspace, [one])));
        return again;
      }
      this.#observer.failed(batch.length);
      logger.error({ err: error, workspace, size: batch.length }, 'a commit failed');
      const now = performance.now();
      const patient = (one: Waiting) => !refused && !this.#draining && now < one.until;
      const problem = unavailable(
        'not_recorded',
        'It could not be recorded, so nothing was done. Try again with the same Idempotency-Key.',
        error,
      );
      for (const one of batch) {
        if (patient(one)) continue;
        if (one.write.id) this.#places.delete(one.write.id);
        one.reject(problem);
      }
      return batch.filter(patient);
    }
  }

  async #write(workspace: string, batch: readonly Waiting[]): Promise<ReadonlySet<string>> {
    const writes = batch.map(({ write }) => write);
    const { rows } = await this.#pool.query<Recorded>(recordQuery(workspace, writes, this.#places));
    const [recorded] = rows;
    for (const { id, outcome } of writes) if (id && outcome) this.#places.delete(id);
    for (const [id, place] of Object.entries(recorded?.running ?? {})) this.#places.set(id, place);
    return new Set(recorded?.written);
  }
}

interface Recorded {
  /** Ids of the actions that are new or have ended. */
  written: string[];
  /** Where the rows of those lie that run now; null when there is none. */
  running: Record<string, string> | null;
}

/**
 * The statement that writes them: rows as JSON, outcomes and events as an array a column. An
 * outcome whose row's place is known is written there, any other to the row that its id finds.
 */
export function recordQuery(
  workspace: string,
  writes: readonly Write[],
  places: ReadonlyMap<string, string> = nowhere,
) {
  const actions = writes.filter(({ action }) => action);
  if (actions.length > 1) actions.sort((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1));
  const ended = writes.flatMap(({ id, outcome }) => (id && outcome ? { id, ...outcome } : []));
  const known = ended.some(({ id }) => places.has(id));
  const outcomes = (pick: (one: WrittenOutcome & { id: string }) => string | null) =>
    ended.length === 0 ? null : binaryArray('text', ended.map(pick));
  const events = writes.flatMap((write) => write.events);
  return {
    name: 'gateway-record',
    text: `SELECT written, running
           FROM gateway_record($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    values: [
      workspace,
      list(actions.map(({ action }) => action)),
      list(writes.map(({ approval }) => approval)),
      outcomes(({ id }) => id),
      known ? outcomes(({ id }) => places.get(id) ?? null) : null,
      outcomes(({ status }) => status),
      outcomes(({ result }) => result),
      outcomes(({ error }) => error),
      outcomes(({ at }) => at),
      binaryArray(
        'text',
        events.map(({ id }) => id),
      ),
      binaryArray(
        'text',
        events.map(({ of }) => of),
      ),
      binaryArray(
        'text',
        events.map(({ text }) => text),
      ),
    ],
  };
}

function sizeOf({ action = '', approval = '', outcome, events }: Write): number {
  let size = action.length + approval.length;
  if (outcome) size += (outcome.result?.length ?? 0) + (outcome.error?.length ?? 0);
  for (const { text } of events) size += text.length;
  return size;
}

function total(batch: readonly Waiting[]): number {
  return batch.reduce((sum, { size }) => sum + size, 0);
}

/** Takes from what waits as much as one statement writes; one write in any case. */
function takeBatch(waiting: Waiting[]): Waiting[] {
  let size = 0;
  const end = waiting.findIndex((one, at) => {
    size += one.size;
    return at === MAX_BATCH || (at > 0 && size > MAX_BATCH_SIZE);
  });
  return waiting.splice(0, end < 0 ? waiting.length : end);
}

function isDecision({ until }: Waiting): boolean {
  return until === 0;
}

const nowhere: ReadonlyMap<string, string> = new Map();

function list(items: readonly (string | undefined)[]): string | null {
  const present = items.filter((item) => item !== undefined);
  return present.length === 0 ? null : `[${present.join(',')}]`;
}

function overloaded(): Problem {
  return unavailable('overloaded', 'Too much is waiting to be recorded. Try again shortly.');
}
