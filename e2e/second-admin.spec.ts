import type { Browser, Page } from '@playwright/test';
import { run } from './support/beside';
import type { Demo } from './support/demo';
import { expect, test } from './support/fixtures';
import { dataDir } from './support/leftovers';
import { uniqueWord } from './support/refunds';

const PASSWORD = 'four quiet harbour lamps';

/** Runs one of the operator's commands beside the running product; answers what it printed. */
async function operate(demo: Demo, command: string, ...args: string[]): Promise<string> {
  const { code, text } = await run('npm', ['run', command, '--', ...args], {
    COUNTERSIGN_DATA_DIR: dataDir(),
    PORT: new URL(demo.console).port,
  });
  expect([command, code, text]).toEqual([command, 0, text]);
  return text;
}

async function invite(page: Page, name: string, email: string, role: string): Promise<string> {
  await page.goto('/settings?tab=members');
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite a member' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
  await dialog.getByRole('textbox', { name: 'Email' }).fill(email);
  if (role !== 'Approver') {
    await dialog.getByRole('checkbox', { name: 'Approver' }).click();
    await dialog.getByRole('checkbox', { name: role }).click();
  }
  await dialog.getByRole('button', { name: 'Create invitation' }).click();
  return (await page.getByRole('region', { name: 'Invitation link' }).innerText()).trim();
}

const stored = (page: Page) => page.getByRole('button', { name: 'I have stored it' }).click();

async function join(page: Page): Promise<void> {
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Join' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
}

const another = async (browser: Browser) => (await browser.newContext()).newPage();

test('two admins: whom one invites or promotes, the other confirms', async ({
  page,
  browser,
  demo,
  expectNoSeriousAxe,
}) => {
  // A workspace beside the sample one, which other journeys need as it is.
  const link = /http\S+\/setup#token=\S+/.exec(await operate(demo, 'new-workspace'))?.[0];
  const at = (name: string) => `${name}@${uniqueWord()}.example`;
  await page.goto(String(link));
  await page.getByLabel('Workspace name').fill('Harbour Goods');
  await page.getByLabel('Your name').fill('Ada Berg');
  await page.getByLabel('Email').fill(at('ada'));
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create workspace' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();

  const bo = await another(browser);
  await bo.goto(await invite(page, 'Bo Falk', at('bo'), 'Admin'));
  await stored(page);
  await join(bo);

  await page.goto('/settings?tab=workspace');
  await page.getByRole('switch', { name: /^Ask for a second admin/ }).click();
  await page.getByRole('button', { name: 'Save settings' }).click();
  await expect(page.getByText('Settings saved')).toBeVisible();
  const workspace: { id: string } = await (await page.request.get('/api/workspace')).json();

  const invitation = await invite(page, 'Cem Aydin', at('cem'), 'Approver');
  await expect(
    page.getByText('Once another admin has confirmed the invitation it works'),
  ).toBeVisible();
  await expectNoSeriousAxe(page);
  await stored(page);
  const cem = await another(browser);
  await cem.goto(invitation);
  await expect(cem.getByText('Another admin has to confirm this invitation first.')).toBeVisible();
  await expectNoSeriousAxe(cem);

  // Who invited does not confirm; who did not is told of it where they begin.
  const waiting = (of: Page) => of.getByRole('row').filter({ hasText: 'unconfirmed' });
  const own = waiting(page).getByRole('button', { name: 'Confirm', exact: true });
  await expect(own).toHaveAttribute('aria-disabled', 'true');
  await expectNoSeriousAxe(page);
  await bo.goto('/overview');
  await expect(bo.getByText('A second admin is asked for')).toBeVisible();
  await expectNoSeriousAxe(bo);
  await bo.getByRole('link', { name: 'confirms or rejects it' }).click();
  await waiting(bo).getByRole('button', { name: 'Confirm', exact: true }).click();
  const confirm = bo.getByRole('dialog', { name: 'Confirm the invitation of Cem Aydin?' });
  await expect(confirm).toContainText('invited by Ada Berg');
  await expectNoSeriousAxe(bo);
  await confirm.getByRole('button', { name: 'Confirm', exact: true }).click();
  await expect(bo.getByText('Invitation confirmed')).toBeVisible();
  await cem.goto('about:blank');
  await cem.goto(invitation);
  await join(cem);

  // What decides nothing is given at once; what does waits.
  await page.reload();
  await page.getByRole('button', { name: 'Actions for Cem Aydin' }).click();
  await page.getByRole('menuitem', { name: 'Edit…' }).click();
  const edit = page.getByRole('dialog', { name: 'Edit Cem Aydin' });
  await edit.getByRole('checkbox', { name: 'Auditor' }).click();
  await edit.getByRole('checkbox', { name: 'Admin' }).click();
  await edit.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('another admin has to confirm: admin')).toBeVisible();
  const row = bo.getByRole('row').filter({ hasText: 'Cem Aydin' }).first();
  await bo.reload();
  await expect(row).toContainText('admin: unconfirmed');
  await expect(row).toContainText('auditor');
  await bo.getByRole('button', { name: 'Actions for Cem Aydin' }).click();
  await bo.getByRole('menuitem', { name: 'Confirm…' }).click();
  const settle = bo.getByRole('dialog', { name: 'Confirm what Cem Aydin is to be given?' });
  await expect(settle).toContainText('asked for by Ada Berg');
  await expect(settle).toContainText('Makes them admin');
  await expectNoSeriousAxe(bo);
  await settle.getByRole('button', { name: 'Confirm', exact: true }).click();
  await expect(row).not.toContainText('unconfirmed');
  await cem.goto('/settings?tab=members');
  await expect(cem.getByRole('button', { name: 'Invite', exact: true })).toBeEnabled();

  // Whoever has the master key ends it, where no two admins are left.
  expect(await operate(demo, 'end-second-admin', workspace.id)).toContain(
    'asks for no second admin any more',
  );
  await page.goto('/settings?tab=workspace');
  await expect(page.getByRole('switch', { name: /^Ask for a second admin/ })).not.toBeChecked();
  await bo.context().close();
  await cem.context().close();
});
