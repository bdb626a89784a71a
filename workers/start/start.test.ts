import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, waitUntil } from '@/lib/infra/embedded/processes';
import { noticeIn } from './terminal';
import { parseOptions } from './options';
import { newPlace, type Place, removePlace, Run } from './fixtures/run';

let place: Place;
let runs: Run[] = [];

beforeEach(async () => {
  place = await newPlace();
});

afterEach(async () => {
  for (const run of runs) if (run.process.exitCode === null) await run.end('SIGTERM');
  runs = [];
  await waitUntil(() => processesOf(place).length === 0, 30_000);
  removePlace(place);
});

function start(args: string[] = []): Run {
  const run = new Run(place, args);
  runs.push(run);
  return run;
}

/** Every process whose command line or environment names the data directory. */
function processesOf({ dataDir }: Place): number[] {
  const listed = execFileSync('ps', ['axeww', '-o', 'pid=,command='], {
    encoding: 'utf8',
    maxBuffer: 64_000_000,
  });
  return listed
    .split('\n')
    .filter((line) => line.includes(dataDir) && !line.includes(' ps axeww'))
    .map((line) => Number(line.trim().split(' ', 1)[0]));
}

async function servicePid(): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${place.port}/`).catch(() => undefined);
  return response?.ok ? ((await response.json()) as { pid: number }).pid : 0;
}

function postmaster(): number {
  return Number(
    readFileSync(path.join(place.dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n', 1)[0],
  );
}

describe('npm start', () => {
  it('starts, keeps keys to itself, stops cleanly and leaves no process', async () => {
    const run = start();
    await run.says('Countersign is ready');
    expect(await servicePid()).toBeGreaterThan(0);
    for (const file of ['master.key', 'postgres.password'])
      expect(statSync(path.join(place.dataDir, file)).mode & 0o777).toBe(0o600);
    expect(await run.end('SIGINT')).toBe(0);
    expect(run.output).toContain('Stopped.');
    expect(processesOf(place)).toEqual([]);
  });

  it('does not begin over databases whose master key is missing or another', async () => {
    const run = start();
    await run.says('Countersign is ready');
    expect(await run.end('SIGINT')).toBe(0);
    const file = path.join(place.dataDir, 'master.key');

    rmSync(file);
    const without = start();
    expect(await without.ended()).toBe(1);
    expect(without.output).toContain(`${file} is missing`);
    expect(existsSync(file)).toBe(false);

    writeFileSync(file, Buffer.alloc(32, 1).toString('base64'));
    const another = start();
    expect(await another.ended()).toBe(1);
    expect(another.output).toContain(`${file} holds another key`);
    expect(processesOf(place)).toEqual([]);
  });

  it('refuses a data directory that a running start has, and leaves that one alone', async () => {
    const run = start();
    await run.says('Countersign is ready');
    const second = start();
    expect(await second.ended()).toBe(1);
    expect(second.output).toContain(`already runs on ${place.dataDir} (process ${run.process.pid}`);
    expect(await servicePid()).toBeGreaterThan(0);
  });

  it('names a taken port and the variable to set, and leaves nothing running', async () => {
    const other = createServer().listen(place.gatewayPort, '127.0.0.1');
    try {
      const run = start();
      expect(await run.ended()).toBe(1);
      expect(run.output).toContain(`Port ${place.gatewayPort} is taken. Set GATEWAY_PORT`);
      expect(processesOf(place)).toEqual([]);
    } finally {
      other.close();
    }
  });

  it('brings back a service and PostgreSQL that are killed', async () => {
    const run = start();
    await run.says('Countersign is ready');
    const service = await servicePid();
    process.kill(service, 'SIGKILL');
    await run.says('listening is back');
    expect(await servicePid()).not.toBe(service);

    const server = postmaster();
    process.kill(server, 'SIGKILL');
    await run.says('PostgreSQL is back');
    expect(postmaster()).not.toBe(server);
    // The service was told one address, and finds the server there again.
    expect(await waitUntil(async () => (await servicePid()) > 0, 10_000)).toBe(true);
    expect(await run.end('SIGTERM')).toBe(0);
    expect(processesOf(place)).toEqual([]);
  });

  it('takes everything along when it is killed, and starts again', async () => {
    const run = start();
    await run.says('Countersign is ready');
    const service = await servicePid();
    expect(await run.end('SIGKILL')).toBe('SIGKILL');
    expect(await waitUntil(() => processesOf(place).length === 0, 30_000)).toBe(true);
    expect(isAlive(service)).toBe(false);

    // As a demo leaves it, which this start is none of.
    const doorway = path.join(place.dataDir, 'demo.json');
    writeFileSync(doorway, '{}');
    const again = start();
    await again.says('Countersign is ready');
    expect(existsSync(doorway)).toBe(false);
    expect(await again.end('SIGINT')).toBe(0);
  });

  it('starts again after every process was killed at once', async () => {
    const run = start();
    await run.says('Countersign is ready');
    for (const pid of processesOf(place)) process.kill(pid, 'SIGKILL');
    await run.ended();
    const again = start();
    await again.says('Countersign is ready');
    expect(await again.end('SIGINT')).toBe(0);
  });

  it('stops in the middle of a start', async () => {
    const run = start();
    await run.says('Starting PostgreSQL');
    await run.end('SIGTERM');
    expect(await waitUntil(() => processesOf(place).length === 0, 30_000)).toBe(true);
  });

  it('says what a wrong option or configuration is', async () => {
    const run = start(['--dmeo']);
    expect(await run.ended()).toBe(1);
    expect(run.output).toMatch(/--dmeo.*knows --demo and --help/s);
  });
});

describe('parts', () => {
  it('parses options', () => {
    expect(parseOptions([])).toEqual({ demo: false, help: false });
    expect(parseOptions(['--demo'])).toEqual({ demo: true, help: false });
  });

  it('shows warnings and errors of a log and nothing else', () => {
    expect(noticeIn('{"level":30,"msg":"hello"}', false)).toBeUndefined();
    expect(noticeIn('{"level":50,"msg":"broken","err":{"message":"why"}}', false)).toBe(
      'broken: why',
    );
    expect(noticeIn('plain', false)).toBeUndefined();
    expect(noticeIn('plain', true)).toBe('plain');
  });
});
