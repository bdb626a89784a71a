import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkspace, readSettings, setUp } from '@/lib/domains/workspaces/server';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { withDatabase } from '@/lib/infra/db-roles';
import { freePort } from '@/lib/infra/embedded/ports';
import { childEnv } from '@/lib/infra/env';
import { bundle } from '@/lib/infra/testing/bundle';
import { startTestDatabase, type TestDatabase } from '@/lib/infra/testing/database';

const PROGRAMS = ['console', 'gateway', 'jobs', 'sequencer'] as const;
const folder = path.join(import.meta.dirname, '../node_modules/.countersign');
/** What workers/run.mjs starts, beside what may be built there. */
const built = (name: string) => `alone-${process.pid}-${name}`;
const fromSource = (name: string) => ['--import', 'tsx', `workers/${name}.ts`];
const program = (name: string) => ['workers/run.mjs', built(name)];

let database: TestDatabase;
let taken: Server;

beforeAll(async () => {
  // A workspace is made in it, which must be the first.
  database = await startTestDatabase();
  mkdirSync(folder, { recursive: true });
  for (const name of PROGRAMS)
    copyFileSync(await bundle(`workers/${name}.ts`), path.join(folder, `${built(name)}.mjs`));
  taken = await new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  });
});

afterAll(async () => {
  for (const name of PROGRAMS) rmSync(path.join(folder, `${built(name)}.mjs`), { force: true });
  taken.close();
  await closeDb();
  await database.stop();
});

interface End {
  code: number | null;
  out: string;
  err: string;
}

async function run(args: string[], env: Record<string, string> = {}): Promise<End> {
  const child: ChildProcess = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: childEnv({ ...database.env, ...env }),
  });
  const end: End = { code: null, out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => (end.out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (end.err += chunk.toString()));
  end.code = await new Promise((resolve) => child.once('close', resolve));
  return end;
}

/** What it says when it ends with 1: a sentence or a list, and nothing of where in the program. */
async function refusal(args: string[], env: Record<string, string> = {}): Promise<string> {
  const { code, err } = await run(args, env);
  expect([code, err]).toEqual([1, expect.not.stringMatching(/^ +at /m)]);
  expect(err.trim().split('\n').length).toBeLessThanOrEqual(3);
  return err;
}

const nothing = {
  ...{ DATABASE_URL: '', TRAIL_DATABASE_URL: '', COUNTERSIGN_MASTER_KEY: '' },
  COUNTERSIGN_DATA_DIR: folder,
};
const anotherKey = { COUNTERSIGN_MASTER_KEY: Buffer.alloc(32, 1).toString('base64') };
const nobody = 'postgresql://owner:secret@127.0.0.1:1/countersign';

describe.each([
  ...PROGRAMS.map((name) => ({ name, args: program(name) })),
  ...['migrate', 'new-workspace', 'end-second-admin', 'reset-second-factor'].map((name) => ({
    name,
    args: fromSource(name),
  })),
])('$name, alone', ({ args }) => {
  it('names what is not set, and what is wrong', async () => {
    expect(await refusal(args, nothing)).toMatch(
      /DATABASE_URL: is not set\n +COUNTERSIGN_MASTER_KEY: is not set/,
    );
    expect(await refusal(args, { PORT: 'http', LOG_LEVEL: 'loud' })).toMatch(
      /PORT: must be.*\n +LOG_LEVEL: /,
    );
  });

  it('names the variable that leads to no database', async () => {
    expect(await refusal(args, { DATABASE_URL: nobody, TRAIL_DATABASE_URL: '' })).toMatch(
      /ECONNREFUSED.* Check DATABASE_URL/,
    );
  });

  it('refuses another master key', async () => {
    expect(await refusal(args, anotherKey)).toContain('COUNTERSIGN_MASTER_KEY is another key');
  });
});

describe.each(PROGRAMS)('%s, alone', (name) => {
  it('asks for the migration of a database that has had none', async () => {
    const url = withDatabase(database.env.DATABASE_URL ?? '', 'nothing_here');
    expect(await refusal(program(name), { DATABASE_URL: url })).toContain('Run npm run migrate');
  });
});

describe.each([
  ['console', 'PORT'],
  ['gateway', 'GATEWAY_PORT'],
])('%s, alone', (name, variable) => {
  it('names the variable of a port that is taken', async () => {
    const port = String((taken.address() as AddressInfo).port);
    expect(await refusal(program(name), { [variable]: port })).toContain(
      `Port ${port} is taken. Set ${variable} to a free one`,
    );
  });
});

it('the sequencer names the variable that leads to no trail', async () => {
  const url = nobody.replace(/\w+$/, 'trail');
  expect(await refusal(program('sequencer'), { TRAIL_DATABASE_URL: url })).toContain(
    'Check TRAIL_DATABASE_URL',
  );
});

it('a program that is not built says what to do first', async () => {
  expect(await refusal(['workers/run.mjs', 'elsewhere'])).toContain('Run npm run build');
});

it('new-workspace prints the link that any console takes, once for each workspace', async () => {
  const command = fromSource('new-workspace');
  const PORT = String(await freePort());
  const printed = async (env: Record<string, string> = {}) => {
    const end = await run(command, { PORT, ...env });
    expect(end).toMatchObject({ code: 0, err: '' });
    const found = new RegExp(`http://127.0.0.1:${PORT}/setup#token=([\\w-]{43})\n`).exec(end.out);
    return found?.[1] ?? '';
  };
  const token = await printed();
  // From elsewhere it is the same one.
  expect(await printed({ COUNTERSIGN_DATA_DIR: folder })).toBe(token);

  const form = { timeZone: 'UTC', name: 'Ada', password: 'correct horse battery' };
  await setUp({ ...form, workspaceName: 'Northwind', email: 'ada@example.test', token });
  const further = await printed();
  expect(further).not.toBe(token);
  await setUp({ ...form, workspaceName: 'Harbour', email: 'bo@example.test', token: further });
});

it('end-second-admin frees a workspace that asks for one, and says what it cannot do', async () => {
  const command = (...args: string[]) => [...fromSource('end-second-admin'), ...args];
  const { workspace } = await createWorkspace(
    { name: 'Alone' },
    { name: 'Ada', email: `alone-${process.pid}@example.test`, password: 'correct horse battery' },
    'demo.seed',
  );
  expect(await refusal(command('ws_none'))).toContain('There is no workspace ws_none');
  expect(await refusal(command(workspace))).toContain('asks for no second admin');
  await inWorkspace(workspace, (tx) =>
    tx.workspace.update({
      where: { id: workspace },
      data: { settings: { secondAdminWidens: true } },
    }),
  );
  const { code, out } = await run(command(workspace));
  expect([code, out]).toEqual([0, expect.stringContaining('asks for no second admin any more')]);
  const { secondAdminWidens } = await inWorkspace(workspace, (tx) => readSettings(tx));
  expect(secondAdminWidens).toBe(false);
});

it('reset-second-factor lets the only admin in again, and says what it cannot do', async () => {
  const command = (...args: string[]) => [...fromSource('reset-second-factor'), ...args];
  const email = `lost-${process.pid}@example.test`;
  const { workspace, member } = await createWorkspace(
    { name: 'Alone' },
    { name: 'Ada', email, password: 'correct horse battery' },
    'demo.seed',
  );
  expect(await refusal(command('nobody@example.test'))).toContain('No member has the address');
  expect(await refusal(command(email))).toContain('has no second factor');
  const row = () =>
    inWorkspace(workspace, (tx) => tx.member.findFirstOrThrow({ where: { id: member } }));
  await inWorkspace(workspace, (tx) =>
    tx.member.update({ where: { id: member }, data: { passkeySignIn: true } }),
  );
  const { code, out } = await run(command(email.toUpperCase()));
  expect([code, out]).toEqual([0, expect.stringContaining('signs in by password alone')]);
  expect((await row()).passkeySignIn).toBe(false);
});

it('new-workspace finds the databases of its data directory, while they run', async () => {
  const command = fromSource('new-workspace');
  const data = path.join(folder, `data-${process.pid}`);
  const record = (port: number) =>
    writeFileSync(path.join(data, 'postgres.json'), JSON.stringify({ cluster: 'postgres', port }));
  const url = new URL(database.env.DATABASE_URL ?? '');
  const beside = { DATABASE_URL: '', TRAIL_DATABASE_URL: '', COUNTERSIGN_DATA_DIR: data };
  mkdirSync(data, { recursive: true });
  try {
    record(Number(url.port));
    expect(await run(command, beside)).toMatchObject({
      code: 0,
      out: expect.stringContaining('/setup#token='),
    });
    record(await freePort());
    expect(await refusal(command, beside)).toContain(`The databases of ${data} do not run`);
  } finally {
    rmSync(data, { recursive: true });
  }
});
