import { env } from '@/lib/infra/env';
import type { Pool } from '@/lib/infra/pg';
import { unavailable } from '@/lib/kernel/problem';

const EVERY_MS = 1_000;

/** How far the trail is behind; looked at each second. Past the limit nothing new is accepted. */
export class Backlog {
  readonly #pool: Pool;
  readonly #limit = env().OUTBOX_LIMIT;
  readonly #maxAgeMs = env().OUTBOX_MAX_AGE_SECONDS * 1_000;
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  events = 0;
  ageMs = 0;

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

  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const { rows } = await this.#pool.query<{ events: string; age: number | null }>({
        name: 'outbox-backlog',
        text: `SELECT events, extract(epoch FROM now() - oldest)::float8 * 1000 AS age FROM outbox_backlog($1)`,
        values: [this.#limit],
      });
      this.events = Number(rows[0]?.events ?? 0);
      this.ageMs = rows[0]?.age ?? 0;
    } finally {
      this.#looking = false;
    }
  }

  get isBehind(): boolean {
    return this.events > this.#limit || this.ageMs > this.#maxAgeMs;
  }

  /** Throws 503 when the trail is too far behind to take on more. */
  assertNotBehind(): void {
    if (!this.isBehind) return;
    throw unavailable(
      'trail_behind',
      'The trail is too far behind to record more. Try again once it has caught up.',
    );
  }
}
