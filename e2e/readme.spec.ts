import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { consoleApi, itemsOf } from './support/console-api';
import { demoFile } from './support/demo';
import { expect, test } from './support/fixtures';

const ROOT = join(import.meta.dirname, '..');

/** Runs a program of the README as it stands there; what it prints. */
async function run(name: string, over: Record<string, string> = {}): Promise<string> {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const program = readme.split('```js\n').find((part) => part.startsWith(`// ${name}:`));
  if (program === undefined) throw new Error(`the README has no ${name}`);
  const file = join(ROOT, 'test-results', name);
  mkdirSync(join(ROOT, 'test-results'), { recursive: true });
  writeFileSync(file, program.slice(0, program.indexOf('```')));
  const env = { ...process.env, DEMO_JSON: demoFile(), ...over };
  return (await promisify(execFile)(process.execPath, [file], { env })).stdout;
}

test('the README’s agent proposes, and a person has to decide', async () => {
  expect(await run('propose.mjs')).toMatch(/^pending act_[0-9a-f-]{36} tier 3$/m);
});

test('the README’s other gateway asks, a person approves, and it is let through', async ({
  page,
  signIn,
  demo,
}) => {
  await signIn(page, 'admin');
  const made = await page.evaluate(async () => {
    const body = JSON.stringify({ name: 'edge gateway', scopes: ['authzen'], days: 1 });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch('/api/tokens', { method: 'POST', headers, body });
    return (await response.json()) as { id: string; token: string };
  });
  const asking = run('ask.mjs', { TOKEN: made.token });
  const approver = consoleApi(demo, 'approver');
  type Held = { id: string; display_digest: string; display: { asked_by?: { client?: string } } };
  const asked = async () =>
    (await itemsOf<Held>(approver, '/api/approvals?limit=100')).find(
      ({ display }) => display.asked_by?.client === 'edge gateway',
    );
  await expect.poll(asked).toBeDefined();
  const { id = '', display_digest } = (await asked()) ?? {};
  const approved = await approver('POST', `/api/approvals/${id}/approve`, { display_digest });
  expect(approved).toMatchObject({ status: 200, body: { status: 'permitted' } });
  expect(await asking).toBe('approved\nallowed\n');
});
