import { consoleApi, itemsOf } from './support/console-api';
import { expect, test } from './support/fixtures';
import { refundHandler, uniqueWord } from './support/refunds';

test('tries a narrower refund on recorded actions, publishes it, and goes back', async ({
  page,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  const why = `Nobody needs more ${uniqueWord()}`;
  const { propose } = await refundHandler(demo);
  expect(await propose(400)).toMatchObject({ status: 200, body: { tier: 2 } });

  await signIn(page, 'admin');
  await page.goto('/roles');
  await page.getByRole('link', { name: /^refunds/ }).click();
  await page.getByRole('button', { name: 'Edit refunds.create' }).click();
  const dialog = page.getByRole('dialog', { name: 'Refund an order' });
  const field = dialog.getByRole('textbox', { name: 'supervised up to' });
  await field.fill('300');
  await field.press('Enter');
  await dialog.getByRole('button', { name: 'Add a condition' }).click();
  await page.getByRole('menuitem', { name: 'A value is given' }).click();
  await expect(dialog.getByText('Only if', { exact: false }).first()).toBeVisible();
  await expectNoSeriousAxe(page);
  await dialog.getByRole('button', { name: 'Remove condition 1' }).click();
  await dialog.getByRole('button', { name: 'Save to a draft' }).click();
  await page.getByRole('menuitem', { name: 'A new draft' }).click();

  await expect(
    page.getByRole('heading', { level: 1, name: 'refunds: refunds.create' }),
  ).toBeVisible();
  await expect(
    page.getByRole('button', {
      name: /^refunds grants .*supervised to 300, .*was .*supervised to 500/,
    }),
  ).toBeVisible();
  // A draft decides nothing.
  expect(await propose(400)).toMatchObject({ status: 200, body: { tier: 2 } });
  await page.getByRole('button', { name: 'Try on 30 days' }).click();
  await expect(page.getByText('What it would have changed in 30 days')).toBeVisible();
  await expect(page.getByRole('cell', { name: 'allowed, tier 2 → held, tier 3' })).toBeVisible();
  await page.getByRole('button', { name: 'Prove', exact: true }).click();
  await expect(page.getByText('Proved: no request that was denied is now allowed')).toBeVisible({
    timeout: 60_000,
  });
  await expect(
    page.getByText('Proved: no request that waited for a person now runs without one'),
  ).toBeVisible();
  await expectNoSeriousAxe(page);

  await page.getByRole('button', { name: 'Publish…' }).click();
  const publish = page.getByRole('dialog', { name: /^Publish/ });
  await publish.getByRole('textbox', { name: 'Why' }).fill(why);
  await publish.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(publish).toBeHidden();
  await expect.poll(async () => (await propose(400)).body).toMatchObject({ tier: 3 });

  await page.goto('/policies');
  await expect(page.getByText(why).first()).toBeVisible();
  await expectNoSeriousAxe(page);
  // The one before it, whichever number that has by now.
  const versions = page.getByRole('main').getByRole('link', { name: /^\d+/ });
  const before = versions.filter({ hasNotText: 'holds now' }).first();
  await before.click();
  await page.getByRole('button', { name: 'Go back to it' }).click();
  const back = page.getByRole('dialog', { name: /^Go back to version/ });
  await back.getByRole('textbox', { name: 'Why' }).fill(`${why}, or so it seemed`);
  await expectNoSeriousAxe(page);
  await back.getByRole('button', { name: 'Go back', exact: true }).click();
  await expect.poll(async () => (await propose(400)).body).toMatchObject({ tier: 2 });
});

test('takes a bound and a condition exactly as they are typed, and says what is no number', async ({
  page,
  signIn,
  expectNoSeriousAxe,
}) => {
  await signIn(page, 'admin');
  await page.goto('/roles');
  await page.getByRole('link', { name: /^refunds/ }).click();
  const edit = page.getByRole('button', { name: 'Edit refunds.create' });
  await edit.click();
  const dialog = page.getByRole('dialog', { name: 'Refund an order' });
  const save = dialog.getByRole('button', { name: 'Save', exact: true });
  const autonomous = dialog.getByRole('textbox', { name: 'autonomous up to' });
  await autonomous.fill('49,99');
  await autonomous.press('Tab');
  await expect(dialog.getByText('must be a number such as 1250.50')).toBeVisible();
  await expect(save).toHaveAttribute('aria-disabled', 'true');
  await autonomous.fill('49.99');
  await autonomous.press('Tab');
  await expect(dialog.getByText('Up to 49.99 runs on its own')).toBeVisible();

  await dialog.getByRole('button', { name: 'Add a condition' }).click();
  await page.getByRole('menuitem', { name: 'A value is, or is compared with, another' }).click();
  await dialog.getByLabel('Attribute', { exact: true }).fill('parameters.amount');
  await dialog.getByRole('combobox', { name: 'Comparison' }).click();
  await page.getByRole('option', { name: 'is at most' }).click();
  const value = dialog.getByLabel('Value or attribute');
  await value.fill('9,5');
  await expect(save).toHaveAttribute('aria-disabled', 'true');
  await expectNoSeriousAxe(page);
  await value.clear();
  await value.pressSequentially('99.05');
  await expect(value).toHaveValue('99.05');
  await expect(dialog.getByText('Only if amount is at most 99.05')).toBeVisible();
  await expect(save).not.toHaveAttribute('aria-disabled');

  // What was given up is not there the next time.
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await edit.click();
  await expect(autonomous).toHaveValue('50');
  await expect(dialog.getByText('no condition: it always holds')).toBeVisible();
});

test('begins no draft for what would be refused, and opens no menu of what is off', async ({
  page,
  demo,
  signIn,
}) => {
  const drafts = async () => {
    const path = '/api/policies/drafts?state=open';
    const open = await itemsOf<{ id: string }>(consoleApi(demo, 'admin'), path);
    return open.map(({ id }) => id);
  };
  const before = await drafts();
  await signIn(page, 'admin');
  await page.goto('/roles');
  await page.getByRole('link', { name: /^refunds/ }).click();
  await page.getByRole('button', { name: 'Edit refunds.create' }).click();
  const dialog = page.getByRole('dialog', { name: 'Refund an order' });
  const save = dialog.getByRole('button', { name: 'Save to a draft' });
  const autonomous = dialog.getByRole('textbox', { name: 'autonomous up to' });
  await autonomous.fill('49,99');
  await autonomous.press('Tab');
  await expect(save).toBeDisabled();
  await expect(save).toHaveAccessibleDescription('Mend what is marked first.');
  await save.focus();
  for (const key of ['ArrowDown', 'Enter']) await page.keyboard.press(key);
  await expect(page.getByRole('menu')).toHaveCount(0);
  await autonomous.fill('49.99');
  await autonomous.press('Tab');
  await expect(save).toBeEnabled();

  const saveToNew = async () => {
    await save.click();
    await page.getByRole('menuitem', { name: 'A new draft' }).click();
  };
  const perMinute = dialog.getByRole('textbox', { name: 'Calls a minute' });
  await perMinute.fill('many');
  await saveToNew();
  await expect(perMinute).toHaveAttribute('aria-invalid', 'true');
  expect(await drafts()).toEqual(before);

  // What the server alone refuses goes to its field, and the draft begun for it is given up.
  await perMinute.fill('30');
  const errors = [{ field: 'edit.limits.perMinute', message: 'is more than the tool takes' }];
  const problem = { code: 'invalid_input', detail: 'The edit is not valid.', errors };
  await page.route('**/edit', (route) => route.fulfill({ status: 422, json: problem }));
  await saveToNew();
  await expect(dialog.getByText('is more than the tool takes', { exact: true })).toBeVisible();
  await expect(perMinute).toHaveAttribute('aria-invalid', 'true');
  expect(await drafts()).toEqual(before);
});

test('shows an auditor who changed what, and lets them change nothing', async ({
  page,
  signIn,
  expectNoSeriousAxe,
}) => {
  await signIn(page, 'auditor');
  await page.goto('/policies');
  await expect(page.getByRole('button', { name: 'New draft' })).toBeDisabled();
  await page.getByRole('main').getByRole('link', { name: /^\d+/ }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: /^Version \d+/ })).toBeVisible();
  await expectNoSeriousAxe(page);
  await page.goto('/classification');
  await expect(page.getByRole('heading', { level: 1, name: 'Classification' })).toBeVisible();
  await expectNoSeriousAxe(page);
  await page.goto('/access-reviews');
  await expect(page.getByRole('heading', { level: 1, name: 'Access reviews' })).toBeVisible();
  await expectNoSeriousAxe(page);
});
