import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { consoleApi } from './support/console-api';
import { agentOf, exampleOf } from './support/demo';
import { expect, test } from './support/fixtures';
import { uniqueWord } from './support/refunds';

/** A service that makes keys and takes them, and withdraws none. */
async function stubborn(first: string): Promise<{ server: Server; url: string }> {
  const keys = [first];
  const server = createServer((request, response) => {
    const given = request.headers.authorization?.slice('Bearer '.length) ?? '';
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (!keys.includes(given)) return answer(401, {});
    if (request.method === 'DELETE') return answer(403, { error: 'ask the owner' });
    if (request.method === 'GET') return answer(200, { id: `key_${keys.indexOf(given)}` });
    const id = `key_${keys.length}`;
    keys.push(`${first}-${keys.length}`);
    return answer(201, { id, key: keys.at(-1) });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('the admin rotates the order service’s key while agents work on', async ({
  page,
  demo,
  agent,
  signIn,
  expectNoSeriousAxe,
}) => {
  const { request, session } = exampleOf(demo, 'tier1', 'orders.read');
  const support = await agent(agentOf(demo, 'customer-support'));
  const id = await support.openSession(session);
  const work = async () => (await support.propose({ ...request, session: id })).status;

  await signIn(page, 'admin');
  await page.goto('/vault');
  await expect(page.getByText('nothing past its limit')).toBeVisible();
  await expectNoSeriousAxe(page);
  await page.getByRole('tab', { name: 'Secrets' }).click();
  await page.getByRole('link', { name: 'order-service-api-key' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /order-service/ })).toBeVisible();
  await page.getByRole('button', { name: 'Rotate now' }).click();
  const dialog = page.getByRole('dialog', { name: 'Rotate order-service-api-key' });
  await expectNoSeriousAxe(page);
  await dialog.getByRole('button', { name: 'Rotate now' }).click();
  await expect(dialog).toBeHidden();

  // A call in every phase: the old key alone, both, the new one alone.
  const done = page.getByRole('listitem').filter({ hasText: 'Done: Old one revoked' });
  const answers = new Set<number>();
  await expect
    .poll(
      async () => {
        answers.add(await work());
        return done.count();
      },
      { timeout: 45_000 },
    )
    .toBeGreaterThan(0);
  answers.add(await work());
  expect([...answers]).toEqual([200]);
  for (const step of ['Requested', 'New one made', 'New one proven', 'New one in use'])
    await expect(page.getByRole('listitem').filter({ hasText: `Done: ${step}` })).toBeVisible();
  await expectNoSeriousAxe(page);

  await page
    .getByRole('link', { name: /^order-service-api-key/ })
    .first()
    .click();
  await expect(page.getByRole('heading', { level: 1, name: /^Rotation of/ })).toBeVisible();
  await expectNoSeriousAxe(page);
});

test('a rotation whose old key cannot be withdrawn is finished by hand', async ({
  page,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  const name = uniqueWord();
  const upstream = await stubborn(`${name}-secret`);
  try {
    const api = consoleApi(demo, 'admin');
    const made = await api('POST', '/api/secrets', {
      ...{ name, value: `${name}-secret`, origin: upstream.url },
      rotator: { kind: 'http_api_keys', baseUrl: upstream.url, graceSeconds: 0 },
    });
    expect(made.status).toBe(201);
    await signIn(page, 'admin');
    await page.goto('/vault?tab=secrets');
    await page.getByRole('link', { name }).click();
    await page.getByRole('button', { name: 'Rotate now' }).click();
    const rotate = page.getByRole('dialog', { name: `Rotate ${name}` });
    await rotate.getByRole('button', { name: 'Rotate now' }).click();
    await expect(rotate).toBeHidden();
    await page
      .getByRole('link', { name: new RegExp(`^${name}`) })
      .first()
      .click();
    await expect(page.getByRole('heading', { level: 1, name: /^Rotation of/ })).toBeVisible();

    // What is to do next is said where one looks, and the way out with it.
    await expect(page.getByRole('main')).toContainText('403');
    await expectNoSeriousAxe(page);
    await page.getByRole('button', { name: 'Finish by hand' }).click();
    const finish = page.getByRole('dialog', { name: `Finish the rotation of ${name} by hand` });
    await finish.getByRole('textbox', { name: 'Reason' }).fill('Its owner withdraws the old key');
    await expectNoSeriousAxe(page);
    await finish.getByRole('button', { name: 'Finish by hand' }).click();
    await expect(finish).toBeHidden();
    await expect(page.getByRole('main')).toContainText('Its owner withdraws the old key');
    await expect(page.getByRole('main')).toContainText(`key_0 at ${upstream.url}`);
    await expect(page.getByRole('button', { name: 'Finish by hand' })).toHaveCount(0);
    // Nobody here knows that it was withdrawn.
    await expect(page.getByRole('listitem').filter({ hasText: 'Old one revoked' })).toContainText(
      'Left to a person',
    );
    await expectNoSeriousAxe(page);
  } finally {
    upstream.server.close();
  }
});
