import { generate } from 'otplib';
import { consoleApi, itemsOf } from './support/console-api';
import { memberOf } from './support/demo';
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
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/api/invitations', async (route) => {
    if (route.request().method() === 'POST') await held;
    await route.continue();
  });
  await invite.getByRole('button', { name: 'Create invitation' }).click();
  // The link is shown once: nothing closes what will show it.
  await expect(invite.getByRole('button', { name: 'Cancel' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await invite.getByRole('button', { name: 'Close' }).click();
  await expect(invite).toBeVisible();
  answer();
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

test('what a browser fills in before the page has taken over signs in', async ({ page, demo }) => {
  const { email, password } = memberOf(demo, 'auditor');
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  await page.route('**/_next/static/**/*.js', async (route) => {
    await arrived;
    await route.continue();
  });
  await page.goto('/sign-in', { waitUntil: 'commit' });
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeDisabled();
  arrive();
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
});

test('whoever has no role is told so, and keeps what is their own', async ({
  page,
  demo,
  expectNoSeriousAxe,
}) => {
  const refused: string[] = [];
  page.on('response', (response) => {
    if (response.status() === 403) refused.push(response.url());
  });
  const name = uniqueWord();
  const email = `${name}@northwind.example`;
  const admin = consoleApi(demo, 'admin');
  const { body } = await admin('POST', '/api/invitations', { name, email, roles: ['auditor'] });
  await page.goto(String(body.link));
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Join' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();

  const members = await itemsOf<{ id: string; email: string }>(admin, '/api/members?limit=200');
  const id = members.find((one) => one.email === email)?.id;
  expect((await admin('PATCH', `/api/members/${id}`, { roles: [] })).status).toBe(200);
  const main = page.getByRole('main');
  for (const path of ['/approvals', '/agents', '/trail', '/overview']) {
    await page.goto(path);
    await expect(main).toContainText('You have no role yet');
    await expect(main).toContainText('Ask an admin for one');
    // The overview that was open may have asked once more before it heard.
    if (path === '/approvals') refused.length = 0;
  }
  await expectNoSeriousAxe(page);
  await main.getByRole('link', { name: 'Your sign-in and security' }).click();
  await expect(main.getByRole('button', { name: 'Change password' })).toBeVisible();
  await expect(main.getByRole('tab', { name: 'Members' })).toHaveCount(0);
  await main.getByRole('tab', { name: 'Sessions' }).click();
  await expect(main.getByText('this one')).toBeVisible();
  await main.getByRole('tab', { name: 'Notifications' }).click();
  await expect(main.getByRole('switch', { name: /^Mail me at/ })).toBeVisible();
  await expectNoSeriousAxe(page);
  expect(refused).toEqual([]);
});
