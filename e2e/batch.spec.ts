import type { Page } from '@playwright/test';
import { consoleApi } from './support/console-api';
import { expect, test } from './support/fixtures';
import { type RefundWorld, refundWorld } from './support/refund-world';

const queue = (page: Page) => page.getByRole('list', { name: 'Held actions' });

/** Proposes a refund that waits for a person, and answers its id. */
async function hold({ propose }: RefundWorld, amount: number): Promise<string> {
  const { status, body } = await propose(amount);
  expect([status, body.status]).toEqual([202, 'pending']);
  return String(body.id);
}

test('decides alike actions together by the keyboard alone, each signed by itself', async ({
  page,
  demo,
  signIn,
  isMobile,
  expectNoSeriousAxe,
}) => {
  const world = await refundWorld(demo);
  const ids = [await hold(world, 5_100), await hold(world, 5_200), await hold(world, 5_300)];
  await signIn(page, 'approver');
  await page.goto(`/approvals?agent=${world.id}`);
  const alike = `3 alike: refunds.create by ${world.name}, $5,100 to $5,300 each, total $15,600`;
  await expect(queue(page).getByText(alike)).toBeVisible();
  await expectNoSeriousAxe(page);

  const picked = page.getByRole('region', { name: 'Picked actions' });
  if (isMobile) {
    for (const amount of ['5,100', '5,200'])
      await queue(page)
        .getByRole('checkbox', { name: new RegExp(`^Pick: Refund \\$${amount}`) })
        .click();
    await picked.getByRole('button', { name: 'Reject 2…' }).click();
  } else {
    await expect(queue(page).locator('[aria-current="true"]')).toContainText('Refund $5,100');
    await page.keyboard.press('x');
    await expect(picked).toContainText('1 picked');
    await page.keyboard.press('Shift+ArrowDown');
    await expect(picked).toContainText('2 picked $5,100 to $5,200 each, total $10,300');
    await page.keyboard.press('b');
    await page.keyboard.press('r');
  }

  const dialog = page.getByRole('dialog', { name: 'Reject 2 actions' });
  await expect(dialog).toContainText('gives 2 signatures, each over its own action and card');
  const signed = dialog.getByRole('list', { name: 'What is signed' }).getByRole('listitem');
  await expect(signed).toHaveText([/^Refund \$5,100/, /^Refund \$5,200/]);
  await expectNoSeriousAxe(page);
  const reason = dialog.getByRole('textbox');
  const confirm = dialog.getByRole('button', { name: 'Reject 2' });
  if (isMobile) {
    await reason.fill('Paid back by the shop already');
    await confirm.click();
  } else {
    await expect(reason).toBeFocused();
    await page.keyboard.type('Paid back by the shop already');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await expect(confirm).toBeFocused();
    await page.keyboard.press('Enter');
  }
  await expect(dialog).toBeHidden();
  await expect(picked).toBeHidden();

  const approver = consoleApi(demo, 'approver');
  const cards = await Promise.all(ids.map((id) => approver('GET', `/api/approvals/${id}`)));
  expect(cards.map(({ body }) => body.status)).toEqual(['rejected', 'rejected', 'pending']);
  for (const { body } of cards.slice(0, 2)) {
    expect(body.signatures).toMatchObject([{ decision: 'rejected', counts: true }]);
    expect(body.reason).toBe('Paid back by the shop already');
  }
  await approver('POST', `/api/approvals/${ids[2]}/reject`, { reason: 'The journey ends' });
});

test('shows the warnings of what is approved together', async ({
  page,
  demo,
  signIn,
  isMobile,
  expectNoSeriousAxe,
}) => {
  const world = await refundWorld(demo);
  const approver = consoleApi(demo, 'approver');
  // Whoever comes again with less after a refusal feels for a threshold.
  const refused = await hold(world, 9_000);
  await approver('POST', `/api/approvals/${refused}/reject`, { reason: 'Far too much' });
  const ids = [await hold(world, 5_100), await hold(world, 5_200)];
  const { body } = await approver('GET', `/api/approvals/${ids[0]}/context`);
  const signs = body.signs as { severity: string; sentence: string }[];
  const warnings = signs.filter(({ severity }) => severity === 'warning');
  expect(warnings.length).toBeGreaterThan(0);

  await signIn(page, 'approver');
  await page.goto(`/approvals?agent=${world.id}`);
  await queue(page)
    .getByRole('checkbox', { name: /^2 alike/ })
    .click();
  const row = queue(page).getByRole('link', { name: /^Refund \$5,100/ });
  await expect(row).toContainText(/\d warnings?/);
  const picked = page.getByRole('region', { name: 'Picked actions' });
  await expect(picked).toContainText('2 carry warnings');
  if (!isMobile) {
    const card = page.getByRole('article', { name: /^Refund \$5,100/ });
    const approve = card.getByRole('button', { name: /^Approve/ });
    await expect(approve).toBeDisabled();
    await expect(approve).toHaveAccessibleDescription(/^2 actions are picked/);
    await page.keyboard.press('a');
  }
  await picked.getByRole('button', { name: 'Approve 2…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Approve 2 actions' });
  await expect(dialog).toContainText('2 of 2 carry warnings');
  const first = dialog.getByRole('list', { name: 'What is signed' }).getByRole('listitem').first();
  for (const { sentence } of warnings) await expect(first).toContainText(`Warning: ${sentence}`);
  await expectNoSeriousAxe(page);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await picked.getByRole('button', { name: 'Clear' }).click();
  for (const id of ids) {
    expect((await approver('GET', `/api/approvals/${id}`)).body.signatures).toEqual([]);
    await approver('POST', `/api/approvals/${id}/reject`, { reason: 'The journey ends' });
  }
});

test('approves nothing together whose warnings could not be read, until they are', async ({
  page,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  const world = await refundWorld(demo);
  const ids = [await hold(world, 5_100), await hold(world, 5_200)];
  const approver = consoleApi(demo, 'approver');
  // What is signed of it from now on is less than was proposed.
  const { body: larger } = await approver('GET', `/api/approvals/${ids[1]}`);
  const smaller = { display_digest: larger.display_digest, parameters: { amount: 5_150 } };
  expect((await approver('POST', `/api/approvals/${ids[1]}/narrow`, smaller)).status).toBe(200);
  await signIn(page, 'approver');
  await page.route('**/context', (route) => route.fulfill({ status: 500, json: {} }));
  await page.goto(`/approvals?agent=${world.id}`);
  await queue(page)
    .getByRole('checkbox', { name: /^2 alike/ })
    .click();
  const picked = page.getByRole('region', { name: 'Picked actions' });
  await picked.getByRole('button', { name: 'Reject 2…' }).click();
  const rejecting = page.getByRole('dialog', { name: 'Reject 2 actions' });
  const unread = 'What is unusual about 2 of 2 could not be read';
  await expect(rejecting.getByRole('alert').getByText(unread)).toBeVisible();
  await expect(rejecting).toContainText('is about $5,100 to $5,150 each, total $10,250');
  await rejecting.getByRole('textbox').fill('Paid back by the shop already');
  await expect(rejecting.getByRole('button', { name: 'Reject 2' })).toBeEnabled();
  await rejecting.getByRole('button', { name: 'Cancel' }).click();
  await expect(rejecting).toBeHidden();

  await picked.getByRole('button', { name: 'Approve 2…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Approve 2 actions' });
  const approve = dialog.getByRole('button', { name: 'Approve 2' });
  await expect(approve).toBeDisabled();
  await expect(approve).toHaveAccessibleDescription(new RegExp(`^${unread}`));
  await expectNoSeriousAxe(page);
  await page.unroute('**/context');
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await expect(dialog.getByText(unread)).toHaveCount(0);
  await expect(approve).toBeEnabled();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  for (const id of ids) {
    expect((await approver('GET', `/api/approvals/${id}`)).body.signatures).toEqual([]);
    await approver('POST', `/api/approvals/${id}/reject`, { reason: 'The journey ends' });
  }
});

test('signs beforehand for ones like it, and takes it back', async ({
  page,
  demo,
  signIn,
  isMobile,
  expectNoSeriousAxe,
}) => {
  const world = await refundWorld(demo);
  const first = await hold(world, 5_100);
  await signIn(page, 'approver');
  await page.goto(`/approvals/${first}`);
  const button = page.getByRole('button', { name: /^Sign beforehand/ });
  if (isMobile) await button.click();
  else {
    await expect(button).toHaveAttribute('aria-keyshortcuts', 's');
    await page.keyboard.press('s');
  }
  const dialog = page.getByRole('dialog', { name: 'Sign beforehand for ones like it' });
  await dialog.getByLabel('Largest amount').fill('5200');
  await dialog.getByLabel('At most, times').fill('3');
  await dialog.getByRole('textbox', { name: /^Why they need not/ }).fill('The recall of this week');
  await expect(dialog).toContainText('for at most $5,200 each (amount)');
  await expectNoSeriousAxe(page);
  await dialog.getByRole('button', { name: 'Sign beforehand' }).click();
  await expect(dialog).toBeHidden();

  // The one it was made from, and the next one alike; one above the amount goes on waiting.
  const approver = consoleApi(demo, 'approver');
  const above = await hold(world, 5_300);
  const next = String((await world.propose(5_150)).body.id);
  await Promise.all([world.agent.end(first), world.agent.end(next)]);
  for (const id of [first, next]) {
    const { body } = await approver('GET', `/api/approvals/${id}`);
    expect(body.signatures).toMatchObject([{ decision: 'approved', signing: 'grant' }]);
  }

  await page.goto('/approvals/grants');
  const row = page
    .getByRole(isMobile ? 'listitem' : 'row')
    .filter({ hasText: `refunds.create by ${world.name}, amount up to $5,200` });
  await expect(row).toContainText('2 of 3');
  await expectNoSeriousAxe(page);
  await row.getByRole('button', { name: 'Revoke' }).click();
  const revoke = page.getByRole('dialog', { name: 'Revoke this grant' });
  await expect(revoke).toContainText('leaves 1 use unused');
  await revoke.getByRole('button', { name: 'Revoke' }).click();
  await expect(revoke).toBeHidden();
  await expect(row).toBeHidden();

  const later = await hold(world, 5_100);
  const { body } = await approver('GET', '/api/approval-grants');
  const grants = body.items as { agent: { id: string }; state: string; used: number }[];
  expect(grants.filter(({ agent }) => agent.id === world.id)).toMatchObject([
    { state: 'revoked', used: 2 },
  ]);
  for (const id of [above, later]) {
    expect((await world.agent.read(id)).body).toMatchObject({ status: 'pending' });
    await approver('POST', `/api/approvals/${id}/reject`, { reason: 'The journey ends' });
  }
});

test('shows how much waits for whom, and how each decides', async ({
  page,
  signIn,
  expectNoSeriousAxe,
}) => {
  await signIn(page, 'approver');
  await page.goto('/approvals/load');
  await expect(page.getByText('Decisions a day', { exact: true })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('Any approver');
  await expectNoSeriousAxe(page);
  await page.goto('/approvals/approvers');
  await expect(page.getByText('Admins and auditors see the same of everyone.')).toBeVisible();
  await expectNoSeriousAxe(page);
});
