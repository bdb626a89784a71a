import { env } from '@/lib/infra/env';
import type { Pool } from '@/lib/infra/pg';
import { unavailable } from '@/lib/kernel/problem';

const EVERY_MS = 1_000;

/** Events of one workspace that the trail refused. */
interface Refused {
  events: number;
  ageMs: number;
}

/**
 * How far the trail is behind; looked at each second. Past the limit nothing new is accepted.
 * What the trail refused for its own sake counts for its own workspace only: that one's evidence
 * cannot be kept, and everyone else's can.
 */
export class Backlog {
  readonly #pool: Pool;
  readonly #limit = env().OUTBOX_LIMIT;
  readonly #maxAgeMs = env().OUTBOX_MAX_AGE_SECONDS * 1_000;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  events = 0;
  ageMs = 0;
  /** By workspace. */
  #refused: ReadonlyMap<string, Refused> = new Map();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async start(): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => void this.look().catch(() => undefined), EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Looks, or resolves with the look that is under way. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { rows } = await this.#pool.query<{ events: string; age: number | null }>({
      name: 'outbox-backlog',
      text: `SELECT events, extract(epoch FROM now() - oldest)::float8 * 1000 AS age FROM outbox_backlog($1)`,
      values: [this.#limit],
    });
    this.events = Number(rows[0]?.events ?? 0);
    this.ageMs = rows[0]?.age ?? 0;
    const refused = await this.#pool.query<{ workspace_id: string; events: string; age: number }>({
      name: 'outbox-refusals',
      text: `SELECT workspace_id, events, extract(epoch FROM now() - oldest)::float8 * 1000 AS age FROM outbox_refusals()`,
    });
    this.#refused = new Map(
      refused.rows.map((row) => [row.workspace_id, { events: Number(row.events), ageMs: row.age }]),
    );
  }

  get isBehind(): boolean {
    return this.#isTooMuch(this);
  }

  /** Of all workspaces. */
  get refused(): Refused {
    const all = [...this.#refused.values()];
    return {
      events: all.reduce((sum, { events }) => sum + events, 0),
      ageMs: Math.max(0, ...all.map(({ ageMs }) => ageMs)),
    };
  }

  #isTooMuch({ ageMs, events }: Refused): boolean {
    return events > this.#limit || ageMs > this.#maxAgeMs;
  }

  /** Throws 503 when the trail is too far behind to take on more of this workspace. */
  assertNotBehind(workspace: string): void {
    if (this.isBehind) {
      throw unavailable(
        'trail_behind',
        'The trail is too far behind to record more. Try again once it has caught up.',
      );
    }
    const refused = this.#refused.get(workspace);
    if (refused && this.#isTooMuch(refused)) {
      throw unavailable(
        'trail_refuses_events',
        'The trail has refused an event of this workspace, and nothing more is accepted for it until that is mended. Whoever operates Countersign finds the event and the reason in the log of the sequencer.',
      );
    }
  }
}
