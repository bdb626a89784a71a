import { consoleApi, itemsOf } from './support/console-api';
import { memberOf } from './support/demo';
import { expect, fillSignIn, test } from './support/fixtures';
import { restartProduct } from './support/product';
import { holdRefund } from './support/refunds';

test('a stop and a start later everything is there', async ({ page, demo }) => {
  test.setTimeout(240_000);
  const held = await holdRefund(demo);
  const auditor = consoleApi(demo, 'auditor');
  const storyPath = `/api/trail/actions/${held.id}`;
  const story = async () => (await auditor('GET', storyPath)).body;
  await expect.poll(story).toMatchObject({ action: held.id });
  const told = await story();
  const agents = (await itemsOf<{ id: string }>(auditor, '/api/agents')).map(({ id }) => id);

  await restartProduct(demo);

  expect(await story()).toEqual(told);
  expect((await itemsOf<{ id: string }>(auditor, '/api/agents')).map(({ id }) => id)).toEqual(
    agents,
  );
  const { email, password } = memberOf(demo, 'approver');
  await page.goto('/');
  await fillSignIn(page, email, password);
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  await page.goto(`/approvals/${held.id}`);
  await page.getByRole('button', { name: /^Approve/ }).click();
  // The token outlives the gateway that gave it, and so does the wait for an answer.
  expect((await held.agent.end(held.id)).body).toMatchObject({ status: 'succeeded' });
});
