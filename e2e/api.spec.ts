import { accessToken, type Answer, connectAgent } from './support/agent';
import { agentOf, exampleOf, memberOf } from './support/demo';
import { expect, test } from './support/fixtures';
import { uniqueWord } from './support/refunds';

const OUTCOMES = {
  tier1: { status: 200, body: { status: 'succeeded', decision: 'allow', tier: 1 } },
  tier2: { status: 200, body: { status: 'succeeded', decision: 'allow', tier: 2 } },
  tier3: { status: 202, body: { status: 'pending', decision: 'hold', tier: 3 } },
  deny: { status: 403, body: { decision: 'deny' } },
};

/** Sends a body as it stands, in JSON or not. */
async function send(url: string, token: string, body: string): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'idempotency-key': uniqueWord(),
  };
  const response = await fetch(url, { method: 'POST', headers, body });
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

test('every example of demo.json comes out as it says', async ({ demo }) => {
  for (const { agent: id, expect: outcome, request, session } of demo.examples) {
    const client = demo.agents.find((each) => each.id === id);
    if (client === undefined) throw new Error(`no agent ${id}`);
    const agent = await connectAgent(demo, client);
    const answer = await agent.propose({ ...request, session: await agent.openSession(session) });
    expect(answer, request.summary as string).toMatchObject(OUTCOMES[outcome]);
    if (outcome === 'deny') expect(answer.body.reasons).not.toEqual([]);
  }
});

/** What answers without a session, each with a reason: it says who may, or is how one comes in. */
const open = [
  'GET /api/health',
  'GET /api/openapi.json',
  'POST /api/invitations/accept',
  'POST /api/invitations/offer',
  'POST /api/sign-in/passkey-options',
  'POST /api/workspace/setup',
];

test('no other route of the console answers someone who is not signed in', async ({ demo }) => {
  const document = await fetch(new URL('/api/openapi.json', demo.console));
  type Operation = { security?: unknown[] };
  const { paths } = (await document.json()) as { paths: Record<string, Record<string, Operation>> };
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      ...{ method: method.toUpperCase(), path, isOpen: security?.length === 0 },
    })),
  );
  const named = routes
    .filter(({ isOpen }) => isOpen)
    .map(({ method, path }) => `${method} ${path}`);
  expect(named.toSorted()).toEqual(open);
  const closed = routes.filter(({ isOpen }) => !isOpen);
  expect(closed.length).toBeGreaterThan(60);
  for (const { method, path } of closed) {
    const url = new URL(path.replaceAll(/\{\w+\}/g, 'x'), demo.console);
    const response = await fetch(url, { method });
    expect(response.status, `${method} ${path}`).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
  }
});

test('a page’s own inline scripts run, by its nonce, and no others', async ({ page, demo }) => {
  const violations: string[] = [];
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) violations.push(message.text());
  });
  for (const path of ['/sign-in', '/nowhere']) {
    const nonces = await Promise.all(
      [1, 2].map(async () => {
        const response = await fetch(new URL(path, demo.console), { redirect: 'manual' });
        const policy = response.headers.get('content-security-policy') ?? '';
        expect(policy).not.toMatch(/script-src[^;]*unsafe/);
        const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
        const inline = (await response.text()).match(/<script(?![^>]* src=)[^>]*>/g) ?? [];
        expect(inline.filter((tag) => !tag.includes(`nonce="${nonce}"`))).toEqual([]);
        return nonce;
      }),
    );
    expect(new Set(nonces).size).toBe(2);
    await page.goto(path);
    await expect(page.locator('body')).not.toBeEmpty();
  }
  expect(violations).toEqual([]);
});

test('a page loads the script of what it shows, and not the editor of another', async ({
  page,
  signIn,
}) => {
  const editors: string[] = [];
  page.on('response', async (response) => {
    if (response.request().resourceType() !== 'script' || !response.ok()) return;
    if ((await response.text()).includes('cm-content')) editors.push(response.url());
  });
  await signIn(page, 'admin');
  await page.goto('/approvals');
  await page.waitForLoadState('networkidle');
  expect(editors).toEqual([]);
  await page.goto('/policies/cedar');
  await expect.poll(() => editors).toHaveLength(1);
});

test('what is no request is a problem with a code, at both listeners', async ({ demo }) => {
  const big = JSON.stringify({ reason: 'x'.repeat(1_100_000) });
  const console_ = new URL('/api/roles', demo.console).href;
  const { token } = memberOf(demo, 'admin');
  expect(await send(console_, token, '{"name":')).toMatchObject({
    status: 400,
    body: { code: 'malformed_json' },
  });
  expect(await send(console_, token, big)).toMatchObject({
    status: 413,
    body: { code: 'body_too_large' },
  });
  expect(await send(console_, token, '{"name":"spare","colour":"red"}')).toMatchObject({
    status: 422,
    body: { code: 'invalid_input', errors: [{ field: 'colour' }] },
  });

  const bearer = { authorization: `Bearer ${token}` };
  for (const [path, method, status, code] of [
    ['/api/nothing/here', 'GET', 404, 'not_found'],
    ['/api/roles', 'PUT', 405, 'method_not_allowed'],
  ] as const) {
    const response = await fetch(new URL(path, demo.console), { method, headers: bearer });
    expect(response.status, `${method} ${path}`).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  }

  const actions = new URL('/v1/actions', demo.gateway).href;
  const access = await accessToken(demo.gateway, agentOf(demo, 'customer-support'));
  expect(await send(actions, access, '[')).toMatchObject({
    status: 400,
    body: { code: 'not_json' },
  });
  expect(await send(actions, access, big)).toMatchObject({
    status: 413,
    body: { code: 'too_large' },
  });
  const unknown = JSON.stringify({ ...exampleOf(demo, 'tier1').request, colour: 'red' });
  expect(await send(actions, access, unknown)).toMatchObject({
    status: 422,
    body: { code: 'invalid_input' },
  });
});
