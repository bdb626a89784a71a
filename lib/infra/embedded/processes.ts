/** What the operating system says about processes: alive, the same one as before, at work in a folder. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const linux = process.platform === 'linux';

/** Whether a process with this id runs, whoever owns it. */
export function isAlive(pid: number): boolean {
  return exists(pid) && !isZombie(pid);
}

/** Whether the id is in use, if only by a process that has ended and that nobody has waited for. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isZombie(pid: number): boolean {
  return linux && statFields(pid)?.[0] === 'Z';
}

/** The fields of /proc/<pid>/stat after the command's name, which may itself hold spaces. */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/**
 * Names a process so that a later one with the same id is told apart: ids are reused,
 * and soon so in containers and after a reboot. Undefined when none runs.
 */
export function identityOf(pid: number): string | undefined {
  if (!isAlive(pid)) return undefined;
  if (linux) {
    const startTime = statFields(pid)?.[19];
    return (
      startTime && `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${startTime}`
    );
  }
  return ps(pid, 'lstart');
}

/** The id of the process that a process belongs to, and that one's command line. */
export function parentOf(pid: number): { pid: number; command: string } | undefined {
  const parent = Number(linux ? statFields(pid)?.[1] : ps(pid, 'ppid'));
  if (!parent) return undefined;
  return { pid: parent, command: (linux ? readCommand(parent) : ps(parent, 'command')) ?? '' };
}

function readCommand(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return undefined;
  }
}

function ps(pid: number, field: string): string | undefined {
  try {
    return (
      execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' }).trim() ||
      undefined
    );
  } catch {
    return undefined;
  }
}

/**
 * The ids of PostgreSQL processes at work in `cluster`: the server and what it forked.
 * `candidate` is the id in its lock file, the only one that is looked at without /proc.
 */
export function postgresProcesses(cluster: string, candidate: number | undefined): number[] {
  if (!linux) return candidate && ps(candidate, 'command')?.includes(cluster) ? [candidate] : [];
  const folder = realpathSync(cluster);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => worksIn(pid, folder) && readComm(pid) === 'postgres');
}

function worksIn(pid: number, folder: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === folder;
  } catch {
    return false;
  }
}

function readComm(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

/** Sends a signal; that the process is gone already is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Polls until `done` or the time is over; gives whether it was done. */
export async function waitUntil(
  done: () => boolean | Promise<boolean>,
  milliseconds: number,
): Promise<boolean> {
  const end = Date.now() + milliseconds;
  while (!(await done())) {
    if (Date.now() > end) return false;
    await delay(25);
  }
  return true;
}
