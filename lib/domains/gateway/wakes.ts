import { LRUCache } from 'lru-cache';

/** Long polls waiting for a held action to move on. */
export class Wakes {
  /** Questions that this process has told their agents of. */
  readonly #told = new LRUCache<string, true>({ max: 10_000 });
  readonly #subscriptions = new Map<string, Set<Subscription>>();
  #closed = false;

  /** Subscribe before looking, or what happens between is missed; close it afterwards. */
  subscribe(action: string): Subscription {
    const all = this.#subscriptions.get(action) ?? new Set();
    this.#subscriptions.set(action, all);
    const subscription = new Subscription(() => {
      all.delete(subscription);
      if (all.size === 0 && this.#subscriptions.get(action) === all) {
        this.#subscriptions.delete(action);
      }
    });
    all.add(subscription);
    return subscription;
  }

  /** Whether the process is stopping: nobody should wait on. */
  get closed(): boolean {
    return this.#closed;
  }

  isTold(question: string): boolean {
    return this.#told.has(question);
  }

  tell(question: string): void {
    this.#told.set(question, true);
  }

  wake(action: string): void {
    for (const subscription of this.#subscriptions.get(action) ?? []) subscription.wake();
  }

  wakeAll(): void {
    for (const action of this.#subscriptions.keys()) this.wake(action);
  }

  close(): void {
    this.#closed = true;
    this.wakeAll();
  }
}

export class Subscription {
  readonly close: () => void;
  #woken = false;
  #resolve: (() => void) | undefined;

  constructor(close: () => void) {
    this.close = close;
  }

  /** Resolves at the next announcement, at one that came since the last wait, or after `ms`. */
  async wait(ms: number): Promise<void> {
    if (!this.#woken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#resolve = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#woken = false;
    this.#resolve = undefined;
  }

  wake(): void {
    this.#woken = true;
    this.#resolve?.();
  }
}
