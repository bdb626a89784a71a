import { consoleApi, itemsOf } from './support/console-api';
import { exampleOf } from './support/demo';
import { expect, test } from './support/fixtures';
import { refundHandler, uniqueWord } from './support/refunds';

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

test('a wrong verdict opens a finding that tightens the permission by a draft', async ({
  page,
  browser,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  const { propose } = await refundHandler(demo);
  const { request } = exampleOf(demo, 'tier2', 'refunds.create');
  const word = uniqueWord();
  const summary = `A refund to be found wrong, ${word}`;
  const ran = await propose(Number(request.parameters.amount), {
    summary,
    why: 'A journey asks for it',
  });
  expect(ran).toMatchObject({ body: { tier: 2 } });
  // Chance draws: until it has drawn this one.
  const auditor = consoleApi(demo, 'auditor');
  const approver = consoleApi(demo, 'approver');
  interface Row {
    id: string;
    action: { summary: string };
  }
  await expect(async () => {
    await auditor('POST', '/api/reviews/draw', { day: today(), size: 200 });
    const open = await itemsOf<Row>(approver, '/api/reviews?open=true&limit=200');
    expect(open.some(({ action }) => action.summary === summary)).toBe(true);
  }).toPass();
  const open = await itemsOf<Row>(approver, '/api/reviews?open=true&limit=200');
  const sample = open.find(({ action }) => action.summary === summary);

  await signIn(page, 'approver');
  await page.goto(`/reviews/${sample?.id}`);
  const card = page.getByRole('article');
  await card.getByRole('combobox', { name: /^Reason/ }).click();
  await page.getByRole('option', { name: 'Against our rules' }).click();
  await card.getByRole('textbox', { name: /^Note/ }).fill('The customer had been refunded before');
  await page.getByRole('heading', { name: 'Outcome' }).click();
  await page.keyboard.press('w');
  await expect(card).toContainText('by Lena Brandt');
  await expect(card.getByRole('link', { name: 'Back to the sample' })).toBeFocused();
  await expect(card).toContainText('Against our rules');
  await expectNoSeriousAxe(page);

  const context = await browser.newContext();
  const admin = await context.newPage();
  await signIn(admin, 'admin');
  await admin.goto('/reviews?view=findings');
  const finding = admin.getByRole('list', { name: 'Findings' }).getByRole('listitem', {
    name: new RegExp(word),
  });
  await expect(finding).toContainText('The customer had been refunded before');
  await expectNoSeriousAxe(admin);
  await finding.getByRole('button', { name: 'Tighten…' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Tighten the permission' });
  await expectNoSeriousAxe(admin);
  await dialog.getByRole('button', { name: 'Begin a draft' }).click();
  await expect(admin).toHaveURL(/\/policies\/drafts\/pdr_/);
  await expect(
    admin.getByRole('heading', { name: 'Tighten refunds.create after a wrong action' }),
  ).toBeVisible();

  await admin.goto('/reviews?view=rates');
  await expect(admin.getByText('count neither as correct nor as wrong')).toBeVisible();
  await expectNoSeriousAxe(admin);
  await admin.goto('/reviews?view=sampling');
  await expect(admin.getByRole('button', { name: 'Save settings' })).toBeVisible();
  await expectNoSeriousAxe(admin);

  // What is typed stays over a tab, and is asked about before a link leaves it.
  const least = admin.getByRole('textbox', { name: 'At least from each group' });
  await least.fill('7');
  await admin.getByRole('tab', { name: 'By day' }).click();
  await expect(least).toBeHidden();
  await admin.getByRole('tab', { name: 'Sampling' }).click();
  await expect(least).toHaveValue('7');
  await admin
    .getByRole('navigation', { name: /^Main/ })
    .filter({ visible: true })
    .getByRole('link', { name: /^Approvals/ })
    .click();
  const leaving = admin.getByRole('dialog', {
    name: 'Leave without saving the sampling settings?',
  });
  await expect(leaving).toBeVisible();
  await expectNoSeriousAxe(admin);
  await leaving.getByRole('button', { name: 'Leave', exact: true }).click();
  await expect(admin.getByRole('heading', { level: 1, name: 'Approvals' })).toBeVisible();
  await context.close();
});
