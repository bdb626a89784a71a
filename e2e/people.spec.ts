import { generate } from 'otplib';
import { expect, fillSignIn, test } from './support/fixtures';
import { uniqueWord } from './support/refunds';

const PASSWORD = 'four quiet harbour lamps';
const STEP_SECONDS = 30;

test('someone joins by a link, adds a second factor, and is signed out by an admin', async ({
  page,
  browser,
  signIn,
  isMobile,
  expectNoSeriousAxe,
}) => {
  const name = uniqueWord();
  const email = `${name}@northwind.example`;
  await signIn(page, 'admin');
  await page.goto('/settings?tab=members');
  await expect(page.getByText('tom.ruiz@northwind.example')).toBeVisible();
  await expectNoSeriousAxe(page);
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  const invite = page.getByRole('dialog', { name: 'Invite a member' });
  await invite.getByRole('textbox', { name: 'Name' }).fill(name);
  await invite.getByRole('textbox', { name: 'Email' }).fill(email);
  await expectNoSeriousAxe(page);
  await invite.getByRole('button', { name: 'Create invitation' }).click();
  const link = await page.getByRole('region', { name: 'Invitation link' }).innerText();
  await page.getByRole('button', { name: 'I have stored it' }).click();

  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(link.trim());
  await other.getByLabel('Password').fill(PASSWORD);
  await expectNoSeriousAxe(other);
  await other.getByRole('button', { name: 'Join' }).click();
  await expect(other.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();

  await other.goto('/settings?tab=security');
  await other.getByLabel('Your password').fill(PASSWORD);
  await other.getByRole('button', { name: 'Set up' }).click();
  const secret = (await other.getByRole('region', { name: 'Key' }).innerText()).trim();
  await expectNoSeriousAxe(other);
  await other.getByLabel('Code').fill(await generate({ secret }));
  await other.getByRole('button', { name: 'Turn on' }).click();
  await expect(other.getByRole('button', { name: 'Turn off' })).toBeVisible();

  await context.clearCookies();
  await other.goto('/sign-in');
  await expectNoSeriousAxe(other);
  await fillSignIn(other, email, PASSWORD);
  // Each code works once; the clock of an authenticator may run a step ahead.
  const epoch = Math.floor(Date.now() / 1_000) + STEP_SECONDS;
  await other.getByLabel('Code').fill(await generate({ secret, epoch }));
  await expectNoSeriousAxe(other);
  await other.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(other.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();

  await page.goto('/settings?tab=sessions&of=all');
  const session = page
    .getByRole(isMobile ? 'listitem' : 'row')
    .filter({ hasText: name })
    .filter({ hasText: 'Password and code' });
  await expect(session).toBeVisible();
  await expectNoSeriousAxe(page);
  await session.getByRole('button', { name: 'End' }).click();
  await expect(page.getByText('Session ended')).toBeVisible();
  // An open page looks every half minute; its next request is refused at once.
  await other.goto('/agents');
  await expect(other).toHaveURL(/\/sign-in\?/);
  await context.close();
});
