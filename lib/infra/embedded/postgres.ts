/**
 * The embedded PostgreSQL server.
 *
 * Use: `const server = await startPostgres({ dataDir })`, then `server.url('postgres')`,
 * `server.exited` (settles when it ends by itself or by stop) and `await server.stop()`.
 * It listens on 127.0.0.1 on a free port, the last one if it can; it stops when this
 * process is gone, however; what an earlier crash left is cleared first. A data directory
 * that a running server uses throws `LockedError`.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type Binaries, findBinaries } from './binaries';
import { superuserPassword } from './keys';
import { clearLeftovers } from './leftovers';
import { clusterOf, isOutside, locate, makeDataDir, record } from './location';
import { acquireLock } from './lock';
import { takeCluster } from './owner';
import { freePort, isPortFree } from './ports';
import { durable } from './settings';
import { giveTo, type RunAs } from './user';

export const SUPERUSER = 'countersign_owner';

export type Postgres = {
  port: number;
  /** The server's process id. */
  pid: number;
  cluster: string;
  /** Superuser URL of a database. */
  url: (database: string) => string;
  /** Settles when the server has ended, with its exit code. */
  exited: Promise<number>;
  stop: () => Promise<void>;
};

export type StartOptions = {
  dataDir: string;
  /** Server settings; `durable` unless given. */
  settings?: Record<string, string>;
  /** The port it must have: a restarted server is where its clients look for it. */
  port?: number;
  /** The data directory is thrown away when the server stops, also when this process is killed. */
  temporary?: boolean;
  /** Progress, one line at a time. */
  say?: (line: string) => void;
};

export async function startPostgres(options: StartOptions): Promise<Postgres> {
  const dataDir = path.resolve(options.dataDir);
  const say = options.say ?? (() => undefined);
  makeDataDir(dataDir);
  const releases = [acquireLock(path.join(dataDir, 'postgres.lock'))];
  const release = () => {
    for (const each of releases.splice(0)) each();
  };
  try {
    const { cluster, user, port, isNew } = locate(dataDir);
    const binaries = findBinaries(user, [path.dirname(cluster), '/var/tmp/countersign']);
    const password = superuserPassword(dataDir, isNew);
    if (isNew) {
      say('Creating the database');
      initialise({ cluster, user, binaries, password, sync: !options.temporary });
    }
    if (isOutside(dataDir, cluster)) {
      releases.push(takeCluster(dataDir, cluster, clusterOf));
      say(`The databases are in ${cluster}, outside ${dataDir}: keep both`);
    }
    checkVersion(cluster, binaries);
    await clearLeftovers(cluster, say);
    // Copied by root, it is root's.
    if (user && statSync(cluster).uid !== user.uid) giveTo(user, cluster);
    const log = path.join(dataDir, 'logs', 'postgres.log');
    mkdirSync(path.dirname(log), { recursive: true, mode: 0o700 });
    const launch = (chosen: number) =>
      run({ cluster, user, binaries, password, log, port: chosen, options, dataDir });
    const server = options.port ? await launch(options.port) : await onFreePort(port, launch);
    void server.exited.then(release);
    record(dataDir, cluster, server.port);
    return server;
  } catch (error) {
    release();
    throw error;
  }
}

type Initialise = {
  cluster: string;
  user: RunAs;
  binaries: Binaries;
  password: string;
  sync: boolean;
};

/** initdb into a folder beside, renamed when complete: an interrupted one leaves nothing half made. */
function initialise({ cluster, user, binaries, password, sync }: Initialise): void {
  const partial = `${cluster}.init`;
  const passwordFile = `${cluster}.init-password`;
  rmSync(partial, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  mkdirSync(partial, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) for (const file of [partial, passwordFile]) chownSync(file, user.uid, user.gid);
  const made = spawnSync(
    binaries.initdb,
    [
      `--pgdata=${partial}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // The order of text must not depend on the machine's C library.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--set=timezone=UTC',
      ...(sync ? [] : ['--no-sync']),
    ],
    { cwd: '/', env: serverEnv(), encoding: 'utf8', ...user },
  );
  rmSync(passwordFile, { force: true });
  if (made.status !== 0) {
    rmSync(partial, { recursive: true, force: true });
    throw new Error(
      `The embedded database could not be created.\n${(made.error?.message ?? made.stderr).trim()}`,
    );
  }
  renameSync(partial, cluster);
}

/** Variables such as PGDATA or PGOPTIONS of the caller's shell are not meant for this server. */
function serverEnv(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', NODE_ENV: process.env.NODE_ENV };
}

function checkVersion(cluster: string, { version }: Binaries): void {
  const made = readFileSync(path.join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (version.split('.')[0] !== made)
    throw new Error(
      `The data in ${cluster} is of PostgreSQL ${made}, but ${version} is installed. Move it with pg_dump and pg_restore.`,
    );
}

class PortTaken extends Error {
  override message = 'The port of the embedded PostgreSQL is taken by another program.';
}

async function onFreePort(
  last: number | undefined,
  launch: (port: number) => Promise<Postgres>,
): Promise<Postgres> {
  let port = last && (await isPortFree(last)) ? last : await freePort();
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(port);
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt === 5) throw error;
      port = await freePort();
    }
  }
}

type Run = {
  cluster: string;
  user: RunAs;
  binaries: Binaries;
  password: string;
  log: string;
  port: number;
  options: StartOptions;
  dataDir: string;
};

async function run({
  cluster,
  user,
  binaries,
  password,
  log,
  port,
  options,
  dataDir,
}: Run): Promise<Postgres> {
  const logStart = existsSync(log) ? statSync(log).size : 0;
  const settings = Object.entries({ ...(options.settings ?? durable), port: String(port) });
  const spec = {
    command: binaries.postgres,
    args: ['-D', cluster, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    cwd: cluster,
    user,
    env: serverEnv(),
    log,
    removeAfter: options.temporary ? dataDir : undefined,
  };
  // In a session of its own: Ctrl-C in the terminal is for the supervisor, which stops the server last.
  const guard = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'guard.mjs'), JSON.stringify(spec)],
    {
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  let ended = false;
  const exited = new Promise<number>((resolve) => guard.once('exit', (code) => resolve(code ?? 1)));
  void exited.then(() => {
    ended = true;
  });
  const url = (database: string) =>
    `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
  const started = async () => {
    const server = await serverPid(guard);
    // Not whoever answers on the port: beside a copied cluster that may be the other one.
    while (!saysReady(cluster, server)) {
      if (ended) throw new Error('it ended before it was ready');
      await delay(30);
    }
    await accepting(url('postgres'), () => ended);
    return server;
  };
  const pid = await started().catch(async (error: unknown) => {
    if (!ended && guard.connected) guard.send('stop');
    await exited;
    if ((error as { code?: string }).code === '28P01')
      throw new Error(
        `${path.join(dataDir, 'postgres.password')} does not hold the password of the databases in ${cluster}. Restore it from the backup, then start again.`,
      );
    const text = existsSync(log) ? readFileSync(log, 'utf8').slice(logStart) : '';
    if (/could not (bind|create any TCP\/IP sockets)/.test(text)) throw new PortTaken();
    throw new Error(
      `The embedded PostgreSQL did not start (${String(error)}).\n${text.trim().slice(-2000)}`,
    );
  });
  guard.unref();
  guard.channel?.unref();
  const stop = async () => {
    if (!ended && guard.connected) guard.send('stop');
    guard.ref();
    await exited;
  };
  return { port, pid, cluster, url, exited, stop };
}

function serverPid(guard: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    guard.once('message', (message) => resolve((message as { pid: number }).pid));
    guard.once('exit', (code) => reject(new Error(`it ended with code ${code}`)));
    guard.once('error', reject);
  });
}

/** Whether the lock file of the cluster is that of this server, which writes there how far it is. */
function saysReady(cluster: string, server: number): boolean {
  try {
    const lines = readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === server && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

/** Waits until the server answers. */
async function accepting(url: string, ended: () => boolean): Promise<void> {
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (ended() || (error as { code?: string }).code === '28P01') throw error;
      await delay(30);
    }
  }
}
