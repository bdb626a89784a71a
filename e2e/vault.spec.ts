import { agentOf, exampleOf } from './support/demo';
import { expect, test } from './support/fixtures';

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
