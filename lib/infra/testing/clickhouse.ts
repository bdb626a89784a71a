/**
 * A ClickHouse server of one's own for a suite: `const server = await startTestClickHouse()`
 * sets CLICKHOUSE_URL, `await server.stop()` takes both away. The engine is that of the chdb
 * package, installed apart from the product in scripts/clickhouse.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { closeClickHouse } from '../clickhouse';
import { setEnv } from '../env';

const FOLDER = 'scripts/clickhouse';
const ROOT = join(import.meta.dirname, '../../..');
const INSTALL = `npm ci --prefix ${FOLDER}`;

export interface TestClickHouse {
  /** What it was asked so far. */
  statements: () => Promise<string[]>;
  /** Cuts the connection once, `after` so many more statements: instead of the next or once that is done. */
  cut: (after: number, when: 'before' | 'done') => Promise<void>;
  stop: () => Promise<void>;
}

export async function startTestClickHouse(): Promise<TestClickHouse> {
  if (!existsSync(join(ROOT, FOLDER, 'node_modules/.package-lock.json'))) {
    throw new Error(
      `The ClickHouse engine that this suite needs is not installed. Run ${INSTALL} (it needs the npm registry).`,
    );
  }
  const child = spawn(process.execPath, [join(ROOT, FOLDER, 'server.mjs')], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const url = `http://127.0.0.1:${await portOf(child)}`;
  setEnv({ CLICKHOUSE_URL: url });
  return {
    statements: async () => (await (await fetch(`${url}/statements`)).json()) as string[],
    cut: async (after, when) => {
      await fetch(`${url}/cut?after=${after}&${when}`);
    },
    stop: async () => {
      await closeClickHouse();
      setEnv({ CLICKHOUSE_URL: '' });
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      // Not killed, so that it takes its folder along.
      child.stdin?.end();
      await ended;
    },
  };
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
    child.once('exit', (code) => {
      reject(
        new Error(
          `The ClickHouse engine that this suite needs did not start (exit ${code}). It runs on Linux with glibc and on macOS, x64 and arm64; ${INSTALL} installs it anew. ${said}`,
        ),
      );
    });
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).once('line', (line) => {
      resolve((JSON.parse(line) as { port: number }).port);
    });
  });
}
