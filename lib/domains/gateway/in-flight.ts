import { conflict, Problem } from '@/lib/kernel/problem';
import type { ActionRow } from './action';

/** An action as answered, and when its row in the database says the same. */
export interface Proposed {
  row: ActionRow;
  settled?: Promise<unknown>;
}

interface Running {
  requestHash: string;
  row: Promise<ActionRow>;
}

/** Proposals under way in this process, by agent and idempotency key: the second waits for the first. */
export class InFlight {
  readonly #running = new Map<string, Running>();
  readonly #settling = new Map<string, ActionRow>();

  /**
   * The row of what runs under this key, once `admit` has let in who joins it; `work` itself
   * when nothing does. Throws 409 when the same key came with another body.
   */
  once(
    agent: string,
    key: string,
    requestHash: string,
    work: () => Promise<Proposed>,
    admit: () => Promise<unknown>,
  ): Promise<ActionRow> {
    const id = `${agent} ${key}`;
    const running = this.#running.get(id);
    if (running) {
      const anew = () => this.once(agent, key, requestHash, work, admit);
      return join(running, requestHash, admit, anew);
    }
    const row = this.#follow(id, work);
    this.#running.set(id, { requestHash, row });
    return row;
  }

  /** An action that has ended and whose outcome is on its way to the database. */
  settling(id: string): ActionRow | undefined {
    return this.#settling.get(id);
  }

  /** Resolves once all under way here are answered; how each ended is queued for its record then. */
  async answered(): Promise<void> {
    await Promise.allSettled([...this.#running.values()].map(({ row }) => row));
  }

  async #follow(id: string, work: () => Promise<Proposed>): Promise<ActionRow> {
    let settled: Promise<unknown> | undefined;
    try {
      const proposed = await work();
      settled = proposed.settled;
      if (settled) {
        const { row } = proposed;
        this.#settling.set(row.id, row);
        // Recording it has logged its own failure; either way it is not on its way any more.
        void settled
          .catch(() => undefined)
          .then(() => {
            this.#settling.delete(row.id);
            this.#running.delete(id);
          });
      }
      return proposed.row;
    } finally {
      if (!settled) this.#running.delete(id);
    }
  }
}

async function join(
  running: Running,
  requestHash: string,
  admit: () => Promise<unknown>,
  anew: () => Promise<ActionRow>,
): Promise<ActionRow> {
  await admit();
  if (running.requestHash !== requestHash) throw idempotencyConflict();
  try {
    return await running.row;
  } catch (error) {
    // That the token of who came first is refused says nothing of this one's.
    if (error instanceof Problem && error.status === 401) return anew();
    throw error;
  }
}

export function idempotencyConflict(): Problem {
  return conflict(
    'idempotency_conflict',
    'This Idempotency-Key was used for another request. Use a new key for a new action.',
  );
}
