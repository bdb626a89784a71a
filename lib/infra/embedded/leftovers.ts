/**
 * What an earlier run may have left in a cluster: a server that outlived its supervisor,
 * or a lock file whose process id now belongs to something else.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { exists, parentOf, postgresProcesses, signal, waitUntil } from './processes';

/** A guard stops its server well within this once whoever started it is gone. */
const GUARD_LIMIT_MS = 30_000;

/** Leaves the cluster without any process at work in it, and without a misleading lock file. */
export async function clearLeftovers(
  cluster: string,
  say: (line: string) => void,
  guardLimit = GUARD_LIMIT_MS,
): Promise<void> {
  const lockFile = path.join(cluster, 'postmaster.pid');
  const pid = lockedBy(lockFile);
  const running = () => postgresProcesses(cluster, pid);
  if (pid !== undefined) {
    const runs = () => running().includes(pid);
    if (!(await leftByGuard(pid, runs, guardLimit)))
      throw new Error(
        `The databases in ${cluster} are in use by another Countersign (its PostgreSQL is process ${pid}). Stop that one first, or set COUNTERSIGN_DATA_DIR to a new folder.`,
      );
  }
  if (running().length > 0) await stopServer(pid, running, say);
  // PostgreSQL itself clears the file of a process that is gone. It cannot tell that one
  // with the same id is another program, or has ended, and would refuse to start.
  if (pid !== undefined && exists(pid)) rmSync(lockFile, { force: true });
}

/** While a guard watches the server, whoever started it may live, and then it is theirs. */
function leftByGuard(pid: number, runs: () => boolean, limit: number): Promise<boolean> {
  const guarded = () => runs() && parentOf(pid)?.command.includes('guard.mjs') === true;
  return waitUntil(() => !guarded(), limit);
}

async function stopServer(
  pid: number | undefined,
  running: () => number[],
  say: (line: string) => void,
): Promise<void> {
  const served = pid !== undefined && running().includes(pid);
  if (served) say('Stopping a PostgreSQL server that an earlier run left behind');
  // Sessions end by themselves once their server has; those that do not are killed.
  const steps: [NodeJS.Signals | undefined, number][] = served
    ? [
        ['SIGINT', 20_000],
        ['SIGQUIT', 5_000],
        ['SIGKILL', 5_000],
      ]
    : [
        [undefined, 3_000],
        ['SIGQUIT', 3_000],
        ['SIGKILL', 5_000],
      ];
  for (const [name, milliseconds] of steps) {
    const alive = running();
    const targets = name !== 'SIGKILL' && pid !== undefined && alive.includes(pid) ? [pid] : alive;
    if (name) for (const target of targets) signal(target, name);
    if (await waitUntil(() => running().length === 0, milliseconds)) return;
  }
  throw new Error(
    `A PostgreSQL server from an earlier run cannot be stopped (process ${running().join(', ')}).`,
  );
}

function lockedBy(lockFile: string): number | undefined {
  if (!existsSync(lockFile)) return undefined;
  const pid = Number(readFileSync(lockFile, 'utf8').split('\n', 1)[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}
