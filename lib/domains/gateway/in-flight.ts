import { conflict, type Problem } from '@/lib/kernel/problem';
import type { ActionRow } from './action';

interface Running {
  requestHash: string;
  row: Promise<ActionRow>;
}

/** Proposals under way in this process, by agent and idempotency key: the second waits for the first. */
export class InFlight {
  readonly #running = new Map<string, Running>();

  /** Throws 409 when the same key came with another body. */
  once(
    agent: string,
    key: string,
    requestHash: string,
    work: () => Promise<ActionRow>,
  ): Promise<ActionRow> {
    const id = `${agent} ${key}`;
    const running = this.#running.get(id);
    if (running) {
      if (running.requestHash !== requestHash) return Promise.reject(idempotencyConflict());
      return running.row;
    }
    const row = work().finally(() => this.#running.delete(id));
    this.#running.set(id, { requestHash, row });
    return row;
  }
}

export function idempotencyConflict(): Problem {
  return conflict(
    'idempotency_conflict',
    'This Idempotency-Key was used for another request. Use a new key for a new action.',
  );
}
