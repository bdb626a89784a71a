import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** What is written down about a started product, so that it can be stopped even when its starter was killed. */
export type Started = {
  pid: number;
  root: string;
  /** The journeys' own key at its order service, once it has one. */
  orderKey?: string;
};

const FOLDER = join(import.meta.dirname, '../../test-results');

/** A file about one of the products, which a worker of that index has for itself. */
export function productFile(index: number, ending: string): string {
  return join(FOLDER, `product-${index}${ending}`);
}

/** Which of the products is this worker's own. */
export function ownIndex(): number {
  return Number(process.env['TEST_PARALLEL_INDEX'] ?? 0);
}

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

/** What is written down about this worker's product, or another one's. */
export function readStarted(index = ownIndex()): Started {
  const file = productFile(index, '.json');
  if (!existsSync(file)) throw new Error('no product: run the journeys with `npx playwright test`');
  return JSON.parse(readFileSync(file, 'utf8')) as Started;
}

/** The folder with the data of this worker's product. */
export function dataDir(): string {
  return join(readStarted().root, 'data');
}

/** Stops all processes of the product, politely and then firmly; its data stays. */
export async function stopProcesses({ pid }: Started): Promise<void> {
  // Only the supervisor hears the polite signal: it stops the others in order.
  signal(pid, 'SIGTERM');
  if (!(await hasEnded(pid, 30))) signal(-pid, 'SIGKILL');
}

/** Stops what was started, by this run or an earlier one, with its databases, and removes its data. */
export async function stopLeftovers(): Promise<void> {
  if (!existsSync(FOLDER)) return;
  const indexes = readdirSync(FOLDER).flatMap(
    (name) => /^product-(\d+)\.json$/.exec(name)?.[1] ?? [],
  );
  await Promise.all(indexes.map((index) => stopOne(Number(index))));
}

/** Stops the product of this index with its databases, and removes its data. */
export async function stopOne(index: number): Promise<void> {
  const started = readStarted(index);
  await stopProcesses(started);
  const { root } = started;
  if (root.startsWith(tmpdir()) && existsSync(root)) {
    for (const server of postmasters(root)) signal(server, 'SIGQUIT');
    rmSync(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
  rmSync(productFile(index, '.json'), { force: true });
}
