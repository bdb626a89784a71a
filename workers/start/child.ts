/**
 * One supervised process. Contract with its script: it is ready when `ready.url` answers
 * 2xx, or when it calls `reportReady()` of lib/infra/process.ts ('message'), or as soon as
 * it runs ('running'); it stops on SIGTERM; it ends with the supervisor (arranged for it).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChildMessage } from '@/lib/infra/process';
import { LogFile, say, StartError } from './terminal';

export const root = path.resolve(import.meta.dirname, '../..');

export type ChildSpec = {
  name: string;
  /** Relative to the repository; TypeScript is translated as it is read. */
  script: string;
  nodeArgs?: string[];
  args?: string[];
  env: NodeJS.ProcessEnv;
  ready: { url: string } | 'message' | 'running';
};

const READY_LIMIT_MS = 120_000;
/** Ends this often before it was ever ready: it will not become so by itself. */
const FIRST_TRIES = 3;
/** Once it has been ready this long it works, and an end is no failure to start. */
const HEALTHY_AFTER_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const STOP_LIMIT_MS = 15_000;

/** What is built has the second in it (scripts/programs.ts). */
const fromSource = ['--import', 'tsx', '--import', './lib/infra/supervised.ts'];

/** Starts a script as the supervisor starts all of them: output in its log, in a process group of its own. */
export function launch(spec: Omit<ChildSpec, 'ready'>, log: LogFile): ChildProcess {
  const child = spawn(
    process.execPath,
    [
      // What a dependency is to change one day is no news to who runs it.
      '--disable-warning=DeprecationWarning',
      ...(spec.nodeArgs ?? []),
      ...(spec.script.endsWith('.ts') ? fromSource : []),
      spec.script,
      ...(spec.args ?? []),
    ],
    // Ctrl-C in the terminal reaches only the supervisor, which stops its children in order.
    { cwd: root, env: spec.env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true },
  );
  if (child.stdout) log.follow(child.stdout, false);
  if (child.stderr) log.follow(child.stderr, true);
  return child;
}

/** Runs a script to its end; gives what it reported, or throws with its last lines. */
export async function runToEnd(
  spec: Omit<ChildSpec, 'ready'>,
  dataDir: string,
  stop: AbortSignal,
): Promise<string | null> {
  const log = new LogFile(dataDir, spec.name);
  const child = launch(spec, log);
  killOn(stop, child);
  let result: string | null = null;
  child.on('message', (message: ChildMessage) => {
    if ('result' in message) result = message.result;
  });
  const code = await new Promise<number>((resolve) =>
    child.once('close', (status) => resolve(status ?? 1)),
  );
  log.close();
  if (code !== 0)
    throw new StartError(
      `${spec.name} failed (code ${code}). Its log is ${log.file}\n${log.tail()}`,
    );
  return result;
}

/** Keeps one process running until `stop()`. */
export class Child {
  readonly spec: ChildSpec;
  readonly #log: LogFile;
  #process: ChildProcess | undefined;
  #stopping = false;
  #wasReady = false;
  #failures = 0;
  #readyAt: number | undefined;
  #wake = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(spec: ChildSpec, dataDir: string) {
    this.spec = spec;
    this.#log = new LogFile(dataDir, spec.name);
  }

  /** Starts the process, and again whenever it ends; resolves when it is first ready. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#loop = this.#keepRunning(resolve, reject);
    });
  }

  async #keepRunning(onReady: () => void, onFailure: (error: Error) => void): Promise<void> {
    while (!this.#stopping) {
      this.#readyAt = undefined;
      const child = launch(this.spec, this.#log);
      this.#process = child;
      const ended = new Promise<string>((resolve) => {
        child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
        child.once('error', (error) => resolve(error.message));
      });
      const gone = new AbortController();
      void this.#untilReady(child, gone.signal).then((ready) => {
        if (ready) {
          if (this.#wasReady) say(`${this.spec.name} is back`);
          this.#wasReady = true;
          this.#readyAt = Date.now();
          onReady();
        } else if (!gone.signal.aborted && !this.#wasReady) {
          onFailure(this.#failed(`was not ready after ${READY_LIMIT_MS / 1000} s`));
        }
      });
      const how = await ended;
      gone.abort();
      // What it started itself must not live on beside its successor.
      killGroup(child);
      if (this.#stopping) return;
      const worked = Date.now() - (this.#readyAt ?? Infinity) > HEALTHY_AFTER_MS;
      this.#failures = worked ? 1 : this.#failures + 1;
      if (!this.#wasReady && this.#failures >= FIRST_TRIES) {
        onFailure(this.#failed(`ended ${FIRST_TRIES} times (${how}) before it was ready`));
        return;
      }
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** (this.#failures - 1), LONGEST_PAUSE_MS);
      say(`${this.spec.name} ended (${how}); starting it again in ${pause / 1000} s`);
      await delay(pause, undefined, { signal: this.#wake.signal }).catch(() => undefined);
    }
  }

  #failed(what: string): StartError {
    return new StartError(
      `${this.spec.name} ${what}. Its log is ${this.#log.file}\n${this.#log.tail()}`,
    );
  }

  async #untilReady(child: ChildProcess, gone: AbortSignal): Promise<boolean> {
    const { ready } = this.spec;
    const message = new Promise<boolean>((resolve) => {
      child.on('message', (received: ChildMessage) => 'ready' in received && resolve(true));
      gone.addEventListener('abort', () => resolve(false));
      setTimeout(() => resolve(false), READY_LIMIT_MS).unref();
    });
    if (ready === 'running') return true;
    return ready === 'message' ? message : answers(ready.url, gone);
  }

  /** SIGTERM, then SIGKILL once the bound has passed; resolves when the process is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake.abort();
    const child = this.#process;
    const limit = setTimeout(() => {
      say(`${this.spec.name} did not stop in ${STOP_LIMIT_MS / 1000} s and is killed`);
      this.kill();
    }, STOP_LIMIT_MS);
    child?.kill('SIGTERM');
    await this.#loop;
    clearTimeout(limit);
    this.#log.close();
  }

  /** SIGKILL at once, with all that it started. */
  kill(): void {
    this.#stopping = true;
    if (this.#process) killGroup(this.#process);
  }
}

/** Kills the process and all that it started when `stop` is aborted. It must lead a process group. */
export function killOn(stop: AbortSignal, child: ChildProcess): void {
  const kill = () => killGroup(child);
  stop.addEventListener('abort', kill);
  child.once('exit', () => stop.removeEventListener('abort', kill));
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function answers(url: string, gone: AbortSignal): Promise<boolean> {
  const end = Date.now() + READY_LIMIT_MS;
  while (!gone.aborted && Date.now() < end) {
    const limit = AbortSignal.any([gone, AbortSignal.timeout(5_000)]);
    const response = await fetch(url, { signal: limit, redirect: 'manual' }).catch(() => undefined);
    await response?.body?.cancel().catch(() => undefined);
    if (response?.ok) return !gone.aborted;
    await delay(100, undefined, { signal: gone }).catch(() => undefined);
  }
  return false;
}
