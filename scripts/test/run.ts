import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { stopLeftovers } from '@/e2e/support/leftovers';

/** Where every suite leaves its reports and logs. */
export const RESULTS = join(import.meta.dirname, '../../test-results');
const ROOT = join(import.meta.dirname, '../..');

/** `echo` shows the output as it comes; `minutes` is when a hanging command is stopped. */
export type RunOptions = { env?: Record<string, string>; minutes?: number; echo?: boolean };
export type RunResult = { code: number; output: string };

const running = new Set<number>();
/** Kills whatever is still running, each with everything it started. */
function killAll(): void {
  for (const pid of running) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
}
process.once('exit', killAll);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    killAll();
    void stopLeftovers().finally(() => process.exit(130));
  });
}

/**
 * Runs one command to its end in the repository and keeps what it printed, also in `test-results/<name>.log`.
 * One that hangs for `minutes` is stopped, first politely so that it can stop what it started, and counts as failed.
 */
export function run(name: string, command: string[], options: RunOptions = {}): Promise<RunResult> {
  mkdirSync(RESULTS, { recursive: true });
  const log = createWriteStream(join(RESULTS, `${name}.log`));
  const [file = '', ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: ROOT,
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    if (child.pid !== undefined) running.add(child.pid);
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-200_000);
      log.write(chunk);
      if (options.echo === true) process.stdout.write(chunk);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const minutes = options.minutes ?? 5;
    const polite = setTimeout(() => {
      keep(Buffer.from(`\n${name} hung for ${minutes} minutes and was stopped\n`));
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    }, minutes * 60_000);
    const firm = setTimeout(
      () => child.pid && process.kill(-child.pid, 'SIGKILL'),
      minutes * 60_000 + 30_000,
    );
    const end = (code: number): void => {
      clearTimeout(polite);
      clearTimeout(firm);
      if (child.pid !== undefined) running.delete(child.pid);
      log.end();
      resolve({ code, output });
    };
    child.once('error', (error) => {
      keep(Buffer.from(`${error.message}\n`));
      end(1);
    });
    child.once('close', (code) => end(code ?? 1));
  });
}
