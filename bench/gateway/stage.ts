/** A server of its own, migrated, with one agent, its tool and the gateway as it ships, for one benchmark. */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startPostgres } from '@/lib/infra/embedded/postgres';
import { freePort } from '@/lib/infra/embedded/ports';
import { setEnv } from '@/lib/infra/env';
import { migrateAll } from '@/lib/infra/migrate/all';
import { SUPERVISED } from '@/lib/infra/process';
import { bundle } from '@/lib/infra/testing/bundle';
import { gatewayArgs } from '@/workers/start/services';
import { seed } from './seed';

export interface Stage {
  owner: pg.Pool;
  workspace: string;
  /** The gateway's own address. */
  url: string;
  token: string;
  session: string;
  gateway: ChildProcess;
  /** Starts a file of this folder as a process; resolves to its address. */
  start: (file: string, ...args: string[]) => Promise<string>;
}

export async function onStage<T>(work: (stage: Stage) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(path.join(realpathSync(tmpdir()), 'countersign-bench-'));
  const server = await startPostgres({ dataDir, temporary: true });
  const gatewayPort = await freePort();
  const url = `http://127.0.0.1:${gatewayPort}`;
  setEnv({
    COUNTERSIGN_DATA_DIR: dataDir,
    COUNTERSIGN_MASTER_KEY: randomBytes(32).toString('base64'),
    DATABASE_URL: server.url('countersign'),
    TRAIL_DATABASE_URL: server.url('countersign_trail'),
    GATEWAY_PORT: String(gatewayPort),
    GATEWAY_URL: url,
    // No sequencer runs beside it; what one would take away is taken away between rounds.
    OUTBOX_LIMIT: '10000000',
    LOG_LEVEL: 'error',
    NODE_ENV: 'production',
  });
  const children: ChildProcess[] = [];
  const launch = async <T>(entry: string, ...args: string[]): Promise<[T, ChildProcess]> => {
    const child = fork(await bundle(entry), args, {
      // What stands beside the gateway gets what the gateway gets.
      execArgv: gatewayArgs,
      env: { ...process.env, [SUPERVISED]: '1' },
    });
    children.push(child);
    const message = await new Promise<T>((resolve, reject) => {
      child.once('message', (first) => resolve(first as T));
      child.once('exit', (code) => reject(new Error(`${entry} ended with code ${code}`)));
    });
    return [message, child];
  };
  const start = async (file: string, ...args: string[]): Promise<string> => {
    const [{ port }] = await launch<{ port: number }>(`bench/gateway/${file}`, ...args);
    return `http://127.0.0.1:${port}`;
  };
  try {
    await migrateAll();
    const owner = new pg.Pool({ connectionString: server.url('countersign'), max: 2 });
    const { workspace, token } = await seed(owner, await start('tool.ts'), url);
    const [, gateway] = await launch('workers/gateway.ts');
    const session = await startSession(url, token);
    const result = await work({ owner, workspace, url, token, session, gateway, start });
    await owner.end();
    return result;
  } finally {
    for (const child of children) if (child.connected) child.disconnect();
    await Promise.all(
      children.map((child) =>
        child.exitCode === null && child.signalCode === null
          ? new Promise((resolve) => child.once('exit', resolve))
          : undefined,
      ),
    );
    await server.stop();
  }
}

async function startSession(url: string, token: string): Promise<string> {
  const response = await fetch(`${url}/v1/sessions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ initiator: { type: 'bench' }, auth_context: {} }),
  });
  const { id } = (await response.json()) as { id: string };
  return id;
}
