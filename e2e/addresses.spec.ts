import { expect, test } from './support/fixtures';

test('an address that was cut short or mistyped leads on', async ({
  page,
  signIn,
  expectNoSeriousAxe,
}) => {
  await signIn(page, 'auditor');
  await page.goto('/agents/agt_0199f3');
  await expect(page.getByText('There is nothing at this address')).toBeVisible();
  await expect(page.getByText(/invalid_input|must be an id/)).toHaveCount(0);
  await expectNoSeriousAxe(page);
  await page.getByRole('link', { name: 'Search the trail' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Trail' })).toBeVisible();

  await page.goto('/trail?from=yesterday&tier=9&type=member.*');
  const notice = page.getByText('Left out: Tier “9”, From “yesterday”.');
  await expect(notice).toBeVisible();
  await expect(page.getByText('Invalid Date')).toHaveCount(0);
  await expect(page.getByRole('link', { name: /Member signed in/ }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Remove it' }).click();
  await expect(notice).toHaveCount(0);
  expect(new URL(page.url()).search).toMatch(/^\?type=member\.(\*|%2A)$/);
});

test('a tab is named after what it shows, and renamed on the way to the next', async ({
  page,
  signIn,
}) => {
  await signIn(page, 'auditor');
  await page.goto('/agents');
  const agents = page.getByRole('main').locator('a[href^="/agents/agt_"]');
  const name = await agents.first().locator('span').first().innerText();
  const untitled = await page.evaluateHandle(() => {
    const places: string[] = [];
    new MutationObserver(() => {
      if (document.title === '') places.push(window.location.pathname);
    }).observe(document.head, { childList: true, subtree: true, characterData: true });
    return places;
  });
  await agents.first().click();
  await expect(page).toHaveTitle(`${name} · Countersign`);
  await page.getByRole('link', { name: 'Agents' }).first().click();
  await expect(page).toHaveTitle('Agents · Countersign');
  // Come to again, with all of it known already.
  await agents.first().click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page).toHaveTitle(`${name} · Countersign`);
  await page.goBack();
  await expect(page).toHaveTitle('Agents · Countersign');
  for (const next of ['Overview', 'Trail', 'Compliance']) {
    await page.getByRole('link', { name: next }).first().click();
    await expect(page.getByRole('heading', { level: 1, name: next })).toBeVisible();
    await expect(page).toHaveTitle(`${next} · Countersign`);
  }
  expect(await untitled.jsonValue()).toEqual([]);
});
