/**
 * A worker's side of being supervised by workers/start.ts. Both do nothing in a process
 * that was started alone.
 *
 * Use: `exitWithParent(stop)` first thing, `reportReady()` once the worker does its work.
 */

/** What a supervised child tells its supervisor. */
export type ChildMessage = { ready: true };

/** Tells the supervisor that this process does its work now. */
export function reportReady(): void {
  const message: ChildMessage = { ready: true };
  if (process.send && process.connected) process.send(message);
}

/**
 * Ends this process when its supervisor is gone, even by kill -9: `stop` may finish what
 * is under way, for at most `limit` milliseconds.
 */
export function exitWithParent(stop: () => void | Promise<void> = () => undefined, limit = 5_000): void {
  if (!process.send) return;
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), limit).unref();
    void Promise.resolve(stop()).finally(() => process.exit(0));
  });
  // Waiting for that is no reason to keep a finished process alive.
  process.channel?.unref();
}
