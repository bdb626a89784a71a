import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** What is written down about a started product, so that it can be stopped even when its starter was killed. */
export type Started = { pid: number; root: string };

/** Where the running product is written down. */
export const STARTED_FILE = join(import.meta.dirname, '../../test-results/product.json');

/** Whether the process, or with a negative id any process of the group, is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself meanwhile.
  }
}

/** Waits until none of the process group is left, at most `seconds`. */
async function hasEnded(group: number, seconds: number): Promise<boolean> {
  for (let left = seconds * 10; left > 0 && isAlive(-group); left -= 1) await wait(100);
  return !isAlive(-group);
}

/** The PostgreSQL servers whose data lies below `folder`, found by their lock files. */
function postmasters(folder: string): number[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('postmaster.pid'))
    .map((name) => Number(readFileSync(join(folder, name), 'utf8').split('\n')[0]))
    .filter((pid) => pid > 1 && isAlive(pid));
}

/** What is written down about the product that runs now. */
export function readStarted(): Started {
  return JSON.parse(readFileSync(STARTED_FILE, 'utf8')) as Started;
}

/** Stops all processes of the product, politely and then firmly; its data stays. */
export async function stopProcesses({ pid }: Started): Promise<void> {
  // Only the supervisor hears the polite signal: it stops the others in order.
  signal(pid, 'SIGTERM');
  if (!(await hasEnded(pid, 30))) signal(-pid, 'SIGKILL');
}

/** Stops what was started, by this run or an earlier one, with its database, and removes its data. */
export async function stopLeftovers(): Promise<void> {
  if (!existsSync(STARTED_FILE)) return;
  const started = readStarted();
  await stopProcesses(started);
  const { root } = started;
  if (root.startsWith(tmpdir()) && existsSync(root)) {
    for (const server of postmasters(root)) signal(server, 'SIGQUIT');
    rmSync(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
  rmSync(STARTED_FILE, { force: true });
}
