import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken } from '@/lib/domains/workspaces/server';
import { childEnv } from '@/lib/infra/env';
import { as, emptyWorld, filesOf, richWorld, SECRET_VALUE, type World } from '../test/rich';
import { serveConfiguration } from '../test/serve';

const run = promisify(execFile);
const home = mkdtempSync(path.join(tmpdir(), 'countersign-configuration-'));
const command = path.resolve(import.meta.dirname, '../../../../workers/countersign.mjs');

/** Each run of the command starts a process, which takes a while on a busy machine. */
const RUNS_LIMIT_MS = 400_000;

let server: Awaited<ReturnType<typeof serveConfiguration>>;
let world: World;
let token: string;

beforeAll(async () => {
  server = await serveConfiguration();
  world = await richWorld();
  token = await tokenOf(world, ['write']);
});

afterAll(async () => {
  await server?.close();
  rmSync(home, { recursive: true, force: true });
});

async function tokenOf(of: World, scopes: string[]): Promise<string> {
  const made = await createToken(as(of), { name: 'For a command', scopes, days: 1 });
  return made.token;
}

/** Runs the command from another folder than the repository, with what it is given alone. */
async function countersign(args: string[], using: string | undefined = token, url = server.url) {
  const env = childEnv({ COUNTERSIGN_URL: url, COUNTERSIGN_TOKEN: using });
  const ran = await run(process.execPath, [command, ...args], { cwd: home, env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      stdout,
      stderr,
    }),
  );
  if (using) expect(`${ran.stdout}${ran.stderr}`).not.toContain(using);
  return ran;
}

function inFolder(folder: string): Record<string, string> {
  const files = readdirSync(path.join(home, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .map((file): [string, string] => [file, readFileSync(path.join(home, folder, file), 'utf8')]);
  return Object.fromEntries(files);
}

describe('countersign export, plan and apply', { timeout: RUNS_LIMIT_MS }, () => {
  it('carries one workspace into another, from folder to folder', async () => {
    const exported = await countersign(['export', 'one']);
    expect(exported).toMatchObject({ code: 0, stderr: '' });
    const files = inFolder('one');
    expect(files).toEqual(await filesOf(world));
    expect(JSON.stringify(files)).not.toContain(SECRET_VALUE);
    expect(await countersign(['plan', 'one'])).toMatchObject({
      code: 0,
      stdout: 'Nothing to do: the workspace is what the files say.\n',
    });

    const other = await emptyWorld();
    const there = await tokenOf(other, ['write']);
    const planned = await countersign(['plan', 'one'], there);
    expect(planned).toMatchObject({ code: 2, stderr: '' });
    expect(planned.stdout).toContain('+ roles/refunds.json\n    The role refunds is made\n');
    expect(planned.stdout).toContain('  ! refunds grants refunds.create: amount autonomous to 20,');
    expect(planned.stdout).toMatch(/16 added, 1 changed, 0 removed\.\n$/);
    // Nobody is asked where nobody can answer.
    const unasked = await countersign(['apply', 'one'], there);
    expect(unasked).toMatchObject({ code: 1, stderr: expect.stringContaining('add --yes') });
    expect(Object.keys(await filesOf(other))).toEqual(['workspace.json']);

    const done = await countersign(['apply', 'one', '--yes', '--why', 'a new workspace'], there);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toMatch(/Applied\.\n$/);
    await countersign(['export', 'two'], there);
    expect(inFolder('two')).toEqual(files);
    expect(await countersign(['apply', 'two', '--yes'], there)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Nothing to do/),
    });
  });

  it('writes over an earlier export, and touches nothing else', async () => {
    await countersign(['export', 'kept']);
    const at = (file: string) => path.join(home, 'kept', file);
    mkdirSync(at('.git'));
    for (const file of ['roles/gone.json', 'README.md', '.git/config.json']) {
      writeFileSync(at(file), '{}');
    }
    const again = await countersign(['export', 'kept']);
    expect(again.stdout).toBe('removed roles/gone.json\n17 files in kept.\n');
    expect(readFileSync(at('README.md'), 'utf8')).toBe('{}');
    expect((await countersign(['plan', 'kept'])).code).toBe(0);
  });

  it('names file, line, column and field of everything that is wrong, and applies nothing', async () => {
    await countersign(['export', 'broken']);
    const change = (file: string, from: string, to: string) => {
      const place = path.join(home, 'broken', file);
      writeFileSync(place, readFileSync(place, 'utf8').replace(from, to));
    };
    change('roles/refunds.json', '"perHour": 10', '"perHour": "ten"');
    change('agents/support.json', '"model-1",', '"model-1"');
    change('tools/orders.json', '"orders.api_key"', '"none"');
    writeFileSync(path.join(home, 'broken', 'role.json'), '{}');
    const before = await filesOf(world);
    for (const args of [
      ['plan', 'broken'],
      ['apply', 'broken', '--yes'],
    ]) {
      const ran = await countersign(args);
      expect([ran.code, ran.stdout]).toEqual([1, '']);
      expect(ran.stderr.trimEnd().split('\n')).toEqual([
        'agents/support.json:7:3: lacks a comma here',
        'role.json:1:1: is no file of a configuration',
        expect.stringMatching(
          /^roles\/refunds\.json:47:9 permissions\[0\]\.limits\.perHour: .*number/,
        ),
        'tools/orders.json:9:3 secret: there is no secret none (secrets/none.json)',
      ]);
    }
    expect(await filesOf(world)).toEqual(before);
  });

  it('ends with 1 and a sentence when it may not, or cannot', async () => {
    mkdirSync(path.join(home, 'empty'));
    await countersign(['export', 'mine']);
    const reading = await tokenOf(world, ['read']);
    const cases: [string[], string, string?, string?][] = [
      [['plan'], 'Name one folder'],
      [['plan', 'mine', '--colour'], 'Unknown option'],
      [['plan', 'nowhere'], 'nowhere is no folder'],
      [['plan', 'empty'], 'holds no configuration'],
      [['plan', 'mine'], 'unknown, expired or revoked', `cst_pat_${'x'.repeat(43)}`],
      [['plan', 'mine'], 'has no write scope', reading],
      [['plan', 'mine'], 'No console answers at http://127.0.0.1:9', token, 'http://127.0.0.1:9'],
    ];
    for (const [args, message, using, url] of cases) {
      const ran = await countersign(args, using, url);
      expect([args, ran.code, ran.stderr]).toEqual([args, 1, expect.stringContaining(message)]);
    }
    expect((await countersign(['export', 'read'], reading)).code).toBe(0);
    const unset = await run(process.execPath, [command, 'plan', 'mine'], {
      cwd: home,
      env: childEnv({ COUNTERSIGN_URL: server.url, COUNTERSIGN_TOKEN: undefined }),
    }).catch((error: { code: number; stderr: string }) => error);
    expect(unset).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Set COUNTERSIGN_TOKEN'),
    });
  });
});
