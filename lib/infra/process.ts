/**
 * A worker's side of being supervised by workers/start.ts. Both do nothing in a process
 * that was started alone.
 *
 * Use: `reportReady()` once the worker does its work. `exitWithParent()` is already called
 * for every supervised process (lib/infra/supervised.ts is loaded before its script).
 */

/** Set in the environment of supervised children. */
export const SUPERVISED = 'COUNTERSIGN_SUPERVISED';

/** What a supervised child may tell its supervisor. */
export type ChildMessage = { ready: true } | { result: string | null };

/** Tells the supervisor that this process does its work now. */
export function reportReady(): void {
  tell({ ready: true });
}

/** Hands the supervisor what a run-to-end process was started to find out. */
export function reportResult(result: string | null): void {
  tell({ result });
}

function tell(message: ChildMessage): void {
  if (process.env[SUPERVISED] && process.send && process.connected) process.send(message);
}

/**
 * Ends this process when its supervisor is gone, even by kill -9: as by SIGTERM, so that
 * the worker's own handler finishes what is under way, and for certain after `limit` ms.
 */
export function exitWithParent(limit = 10_000): void {
  if (!process.env[SUPERVISED] || !process.send || process.listenerCount('disconnect') > 0) return;
  const leave = () => {
    setTimeout(() => process.exit(1), limit).unref();
    process.kill(process.pid, 'SIGTERM');
  };
  if (!process.connected) return leave();
  process.once('disconnect', leave);
  // Waiting for that is no reason to keep a finished process alive.
  process.channel?.unref();
}
