import { consoleApi, itemsOf } from './support/console-api';
import { exampleOf } from './support/demo';
import { expect, test } from './support/fixtures';
import { refundHandler } from './support/refunds';

/** Today where the workspace is. */
const today = () => new Date().toLocaleDateString('en-CA', { timeZone: 'Europe/Berlin' });

test('an auditor draws a sample and an approver gives a verdict', async ({
  page,
  browser,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  const { propose } = await refundHandler(demo);
  const { request } = exampleOf(demo, 'tier2', 'refunds.create');
  expect(await propose(Number(request.parameters.amount))).toMatchObject({ body: { tier: 2 } });

  await signIn(page, 'auditor');
  await page.goto('/reviews');
  await page.getByRole('button', { name: 'Draw extra sample…' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Draw extra sample' });
  await dialog.getByLabel('Day').fill(today());
  await expectNoSeriousAxe(page);
  await dialog.getByRole('button', { name: 'Draw', exact: true }).click();
  await expect(page.getByText(/^Drew \d+ actions?$/)).toBeVisible();

  const context = await browser.newContext();
  const approver = await context.newPage();
  await signIn(approver, 'approver');
  await approver.goto('/reviews');
  // Chance draws; it may take actions of an agent that this approver answers for.
  const open = await itemsOf<{ id: string; can: { review: { allowed: boolean } } }>(
    consoleApi(demo, 'approver'),
    '/api/reviews?open=true',
  );
  const mine = open.find(({ can }) => can.review.allowed);
  const rows = approver.getByRole('list', { name: 'Sampled actions' });
  await rows.locator(`a[href$="${mine?.id}"]`).click();
  const card = approver.getByRole('article');
  await expect(card.getByRole('heading', { name: 'Outcome' })).toBeVisible();
  await expectNoSeriousAxe(approver);
  await card.getByRole('textbox', { name: /^Note/ }).fill('Within the policy for damaged goods');
  await card.getByRole('button', { name: /^Correct/ }).click();
  await expect(card).toContainText('by Lena Brandt');
  await expect(card).toContainText('Within the policy for damaged goods');

  await approver.goto('/reviews?view=days');
  await expect(approver.getByText('of the sample, 30 days')).toBeVisible();
  await expectNoSeriousAxe(approver);
  await context.close();
});
