import { expect, test } from './support/fixtures';

test('the auditor runs the checks and looks at the evidence', async ({
  page,
  signIn,
  expectNoSeriousAxe,
}) => {
  await signIn(page, 'auditor');
  await page.goto('/compliance');
  await page.getByRole('button', { name: 'Run all checks' }).click();
  await expect(page.getByText('All checks have run')).toBeVisible();
  const check = page.getByRole('link', { name: 'Approvers have a second factor' });
  await expect(check).toBeVisible();
  await expectNoSeriousAxe(page);
  await check.click();
  await expect(page.getByRole('heading', { name: 'Latest result' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'History' })).toBeVisible();
  await expectNoSeriousAxe(page);
});
