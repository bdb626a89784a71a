import { addAuthenticator } from './support/authenticator';
import { memberOf } from './support/demo';
import { expect, fillSignIn, test } from './support/fixtures';
import { uniqueWord } from './support/refunds';

test('a member adds a passkey, signs in with it, renames and removes it', async ({
  page,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  const member = memberOf(demo, 'auditor');
  const there = demo.console.replace('127.0.0.1', 'localhost');
  const name = `key-${uniqueWord()}`;

  // By its number the console can have no passkeys, and says where it can.
  await signIn(page, 'auditor');
  await page.goto('/settings?tab=security');
  await expect(page.getByRole('main')).toContainText(
    `Passkeys work at ${new URL(there).origin} only`,
  );
  await expect(page.getByRole('button', { name: 'Add passkey' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await expectNoSeriousAxe(page);

  await page.goto(`${there}/sign-in`);
  await fillSignIn(page, member.email, member.password);
  await expect(page.getByRole('main')).toBeVisible();
  await expect(page.getByLabel('Password', { exact: true })).toHaveCount(0);
  await page.goto(`${there}/settings?tab=security`);
  const authenticator = await addAuthenticator(page);
  await expect(page.getByText('No passkeys')).toBeVisible();

  // It asks first who this is.
  await page.getByRole('button', { name: 'Add passkey' }).click();
  const confirm = page.getByRole('dialog', { name: 'Confirm that it is you' });
  await confirm.getByLabel('Your password').fill('not the password');
  await confirm.getByRole('button', { name: 'Confirm' }).click();
  await expect(confirm.getByText('The password is not right. Try again.')).toBeVisible();
  await expectNoSeriousAxe(page);
  await confirm.getByLabel('Your password').fill(member.password);
  await confirm.getByRole('button', { name: 'Confirm' }).click();

  const add = page.getByRole('dialog', { name: 'Add a passkey' });
  await add.getByLabel('Name').fill(name);
  await expectNoSeriousAxe(page);
  await add.getByRole('button', { name: 'Add passkey' }).click();
  const passkeys = page.getByRole('list', { name: 'Passkeys' });
  await expect(passkeys.getByRole('listitem')).toHaveCount(1);
  await expect(passkeys).toContainText(name);
  await expect(passkeys).toContainText('never');
  expect(await authenticator.credentials()).toMatchObject([{ rpId: 'localhost' }]);
  await expectNoSeriousAxe(page);

  // From now on the password alone signs nobody in.
  const ask = page.getByRole('switch', { name: 'Ask for a passkey after my password' });
  await ask.click();
  await expect(ask).toBeChecked();
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await expect(page.getByRole('menuitem', { name: 'Remove…' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await page.keyboard.press('Escape');
  await page.context().clearCookies();
  await page.goto(`${there}/sign-in?next=%2Fsettings%3Ftab%3Dsecurity`);
  await fillSignIn(page, member.email, member.password);
  await expect(page.getByRole('heading', { name: 'Second factor' })).toBeVisible();
  await expect(page.getByLabel('Code')).toHaveCount(0);
  await expectNoSeriousAxe(page);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(passkeys).toContainText(name);
  await expect(passkeys).not.toContainText('never');

  // The session is another one, so it asks again who this is; the password alone does not say.
  await page.getByLabel('Your password').fill(member.password);
  await page.getByRole('button', { name: 'Set up' }).click();
  await expect(confirm.getByLabel('Your password')).toHaveCount(0);
  await expectNoSeriousAxe(page);
  await page.keyboard.press('Escape');
  await ask.click();
  await expect(confirm.getByLabel('Your password')).toHaveCount(0);
  await confirm.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(ask).not.toBeChecked();

  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Rename…' }).click();
  const rename = page.getByRole('dialog', { name: `Rename ${name}` });
  await rename.getByLabel('Name').fill(`${name} at work`);
  await rename.getByRole('button', { name: 'Save' }).click();
  await expect(passkeys).toContainText(`${name} at work`);

  await page.getByRole('button', { name: `Actions for ${name} at work` }).click();
  await page.getByRole('menuitem', { name: 'Remove…' }).click();
  const remove = page.getByRole('dialog', { name: `Remove ${name} at work?` });
  await expectNoSeriousAxe(page);
  await remove.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('No passkeys')).toBeVisible();
});
