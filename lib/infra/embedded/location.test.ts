import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureMasterKey } from './keys';
import { clearLeftovers } from './leftovers';
import { LockedError } from './lock';
import { type Postgres, startPostgres } from './postgres';
import { isAlive } from './processes';
import { throwAway } from './settings';

const temporary = () => {
  const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'countersign-place-'));
  chmodSync(folder, 0o755);
  return folder;
};

/** A stopped data directory with one row in it, which the tests copy. */
let template: string;
let base: string;
let servers: Postgres[] = [];
let said: string[] = [];

beforeAll(async () => {
  template = temporary();
  const dataDir = path.join(template, 'data');
  mkdirSync(dataDir);
  ensureMasterKey(dataDir);
  const server = await startPostgres({ dataDir, settings: throwAway });
  await query(server, 'CREATE TABLE kept AS SELECT 1 AS value');
  await server.stop();
});

afterAll(() => rmSync(template, { recursive: true, force: true }));

beforeEach(() => {
  base = temporary();
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  servers = [];
  said = [];
  rmSync(base, { recursive: true, force: true });
});

const at = (name: string) => path.join(base, name);
const copyTo = (from: string, to: string) =>
  cpSync(at(from), at(to), { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });

async function start(name: string): Promise<Postgres> {
  const say = (line: string) => said.push(line);
  const server = await startPostgres({ dataDir: at(name), settings: throwAway, say });
  servers.push(server);
  return server;
}

async function query(server: Postgres, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const kept = (server: Postgres) => query(server, 'SELECT value FROM kept');
const record = (name: string, value?: object) => {
  const file = path.join(at(name), 'postgres.json');
  if (value) writeFileSync(file, JSON.stringify(value));
  return JSON.parse(readFileSync(file, 'utf8'));
};

const made = () => cpSync(path.join(template, 'data'), at('data'), { recursive: true });

describe('a data directory with its cluster inside', () => {
  it('runs as a copy beside the original, each with databases of its own', async () => {
    made();
    expect(record('data').cluster).toBe('postgres');
    // As it was recorded before, and may be recorded still.
    copyTo('data', 'copy');
    record('copy', { cluster: path.join(at('data'), 'postgres'), port: record('data').port });

    const running = await start('data');
    const copy = await start('copy');
    expect(copy.cluster).toBe(path.join(at('copy'), 'postgres'));
    await query(copy, 'UPDATE kept SET value = 2');
    expect([await kept(running), await kept(copy)]).toEqual([[{ value: 1 }], [{ value: 2 }]]);
    expect(isAlive(running.pid)).toBe(true);
  });

  it('is not mistaken for the original that answers on the port they both had', async () => {
    made();
    const original = await start('data');
    await original.stop();
    copyTo('data', 'copy');
    const both = await Promise.all([start('data'), start('copy')]);
    const folders = both.map((server) => query(server, 'SHOW data_directory'));
    expect(await Promise.all(folders)).toEqual(
      both.map(({ cluster }) => [{ data_directory: cluster }]),
    );
    const [running, copy] = both;
    await copy.stop();
    await expect(
      startPostgres({ dataDir: at('copy'), settings: throwAway, port: running.port }),
    ).rejects.toThrow('is taken by another program');
  });

  it('goes on where it was moved to, and says what is missing where its databases are not', async () => {
    made();
    renameSync(at('data'), at('moved'));
    const moved = await start('moved');
    expect(await kept(moved)).toEqual([{ value: 1 }]);
    await moved.stop();
    renameSync(path.join(at('moved'), 'postgres'), at('elsewhere'));
    await expect(start('moved')).rejects.toThrow(
      `The databases of ${at('moved')} belong in ${at('moved')}/postgres, where there are none. Restore that folder`,
    );
    expect(existsSync(path.join(at('moved'), 'postgres'))).toBe(false);
  });

  it('is not begun from a copy that was made while it ran, unless told to', async () => {
    made();
    const original = await start('data');
    await query(original, 'CHECKPOINT');
    copyTo('data', 'copy');
    await expect(start('copy')).rejects.toThrow(
      /copy\/postgres\.lock was copied while process \d+ held the original/,
    );
    rmSync(path.join(at('copy'), 'postgres.lock'));
    expect(await kept(await start('copy'))).toEqual([{ value: 1 }]);
    expect(isAlive(original.pid)).toBe(true);
    // One that only was moved is held as before.
    renameSync(at('data'), at('moved'));
    await expect(start('moved')).rejects.toThrow(LockedError);
    renameSync(at('moved'), at('data'));
  });
});

describe('a data directory with its cluster outside', () => {
  /** As root's home is, or a folder on another disk. */
  function madeOutside(): string {
    made();
    mkdirSync(at('disk'));
    renameSync(path.join(at('data'), 'postgres'), path.join(at('disk'), 'postgres'));
    const cluster = path.join(at('disk'), 'postgres');
    record('data', { cluster, port: 1 });
    return cluster;
  }

  it('says where the databases are, and a copy neither uses nor stops them', async () => {
    const cluster = madeOutside();
    const original = await start('data');
    expect(said).toContain(`The databases are in ${cluster}, outside ${at('data')}: keep both`);
    for (const file of ['postgres.json', 'postgres.password']) {
      mkdirSync(at('copy'), { recursive: true });
      cpSync(path.join(at('data'), file), path.join(at('copy'), file));
    }
    const refusal = `The databases in ${cluster} belong to ${at('data')}, of which ${at('copy')} is a copy.`;
    await expect(start('copy')).rejects.toThrow(refusal);
    expect(await kept(original)).toEqual([{ value: 1 }]);
    // Nor while the original is stopped.
    await original.stop();
    await expect(start('copy')).rejects.toThrow(refusal);
    expect(await kept(await start('data'))).toEqual([{ value: 1 }]);
  });

  it('is copied with the databases, as the refusal says', async () => {
    const cluster = madeOutside();
    await (await start('data')).stop();
    copyTo('data', 'copy');
    copyTo('disk', 'disk-2');
    record('copy', { cluster: path.join(at('disk-2'), 'postgres'), port: 1 });
    const [original, copy] = [await start('data'), await start('copy')];
    expect([original.cluster, copy.cluster]).toEqual([
      cluster,
      path.join(at('disk-2'), 'postgres'),
    ]);
  });

  it('goes on with them where it was moved, but not while they are in use', async () => {
    const cluster = madeOutside();
    const original = await start('data');
    renameSync(at('data'), at('moved'));
    rmSync(path.join(at('moved'), 'postgres.lock'));
    await expect(start('moved')).rejects.toThrow(
      `The databases in ${cluster} are in use by Countersign on ${at('data')} (process ${process.pid}). Stop it first`,
    );
    expect(isAlive(original.pid)).toBe(true);
    await original.stop();
    const moved = await start('moved');
    expect(await kept(moved)).toEqual([{ value: 1 }]);
    await moved.stop();
    // Whoever comes back from a backup meets the one that has them now.
    copyTo('moved', 'data');
    await expect(start('data')).rejects.toThrow(`belong to ${at('moved')}`);
  });

  it('is told by a link, too', async () => {
    const cluster = madeOutside();
    symlinkSync(cluster, path.join(at('data'), 'postgres'));
    await (await start('data')).stop();
    copyTo('data', 'copy');
    await expect(start('copy')).rejects.toThrow(`belong to ${at('data')}`);
  });
});

it('leaves a server alone that another Countersign watches over, whatever the locks say', async () => {
  made();
  const original = await start('data');
  await expect(clearLeftovers(original.cluster, () => undefined, 0)).rejects.toThrow(
    `in use by another Countersign (its PostgreSQL is process ${original.pid}). Stop that one first`,
  );
  expect(await kept(original)).toEqual([{ value: 1 }]);
});

describe('keys', () => {
  it('are generated for a new data directory, and never over databases that are there', async () => {
    made();
    const key = readFileSync(path.join(template, 'data', 'master.key'), 'utf8');
    expect(key).toMatch(/^[\w+/]{43}=\n$/);
    ensureMasterKey(at('data'));
    expect(readFileSync(path.join(at('data'), 'master.key'), 'utf8')).toBe(key);

    rmSync(path.join(at('data'), 'master.key'));
    expect(() => ensureMasterKey(at('data'))).toThrow(
      /data\/master\.key is missing, and the databases of .* Restore it from the backup/,
    );
    expect(existsSync(path.join(at('data'), 'master.key'))).toBe(false);

    rmSync(path.join(at('data'), 'postgres.password'));
    await expect(start('data')).rejects.toThrow(/postgres\.password is missing.* Restore it/);
    expect(existsSync(path.join(at('data'), 'postgres.password'))).toBe(false);
    writeFileSync(path.join(at('data'), 'postgres.password'), 'another');
    await expect(start('data')).rejects.toThrow(
      /postgres\.password does not hold the password of the databases/,
    );
  });
});
