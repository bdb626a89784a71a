import type { Locator, Page } from '@playwright/test';
import { consoleApi } from './support/console-api';
import { connectAgent } from './support/agent';
import { agentOf, type Demo, exampleOf, memberOf } from './support/demo';
import { expect, fillSignIn, test } from './support/fixtures';
import { holdRefund } from './support/refunds';
import { type RefundWorld, refundWorld } from './support/refund-world';

const queue = (page: Page) => page.getByRole('list', { name: 'Held actions' });

/** Once the page listens for the key. */
async function press(button: Locator, key: string): Promise<void> {
  await expect(button).toHaveAttribute('aria-keyshortcuts', key);
  await button.page().keyboard.press(key);
}

async function hold({ propose }: RefundWorld, amount: number): Promise<string> {
  return String((await propose(amount)).body.id);
}

/** A mail that waits for a person: once sent, nobody can take it back. */
async function holdMail(demo: Demo): Promise<string> {
  const { request, session } = exampleOf(demo, 'tier3', 'mail.send');
  const agent = await connectAgent(demo, agentOf(demo, 'customer-support'));
  const { body } = await agent.propose({ ...request, session: await agent.openSession(session) });
  return String(body.id);
}

test('keeps the reason that somebody is writing while another approver decides', async ({
  page,
  demo,
  signIn,
  isMobile,
  expectNoSeriousAxe,
}) => {
  const world = await refundWorld(demo);
  const first = await hold(world, 5_100);
  const second = await hold(world, 5_200);
  await signIn(page, 'approver');
  await page.goto(isMobile ? `/approvals/${first}` : `/approvals?agent=${world.id}`);
  const card = page.getByRole('article', { name: /^Refund \$5,100/ });
  const reject = card.getByRole('button', { name: /^Reject/ });
  if (isMobile) await reject.click();
  else await press(reject, 'r');
  const dialog = page.getByRole('dialog', { name: 'Reject this action' });
  await expect(dialog.getByRole('textbox')).toBeFocused();
  await page.keyboard.type('The order was del');

  const other = consoleApi(demo, 'approver', 1);
  await other('POST', `/api/approvals/${first}/reject`, { reason: 'Paid back already' });
  await expect(
    dialog.getByRole('alert').getByText('Tom Ruiz has just rejected this.'),
  ).toBeVisible();
  await page.keyboard.type('ivered to a Kajak');
  await expect(dialog.getByRole('textbox')).toHaveValue('The order was delivered to a Kajak');
  await expect(dialog.getByRole('button', { name: 'Reject' })).toBeDisabled();
  await expectNoSeriousAxe(page);
  expect((await other('GET', `/api/approvals/${second}`)).body).toMatchObject({
    ...{ status: 'pending', signatures: [] },
  });

  await page.keyboard.press('Escape');
  await expect(
    dialog.getByText('What you typed would be lost. Esc again closes this.'),
  ).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(card).toContainText('Paid back already');
  await other('POST', `/api/approvals/${second}/reject`, { reason: 'The journey ends' });
});

test('loses nothing by a stray click, and goes back to where it came from', async ({
  page,
  demo,
  signIn,
}) => {
  const held = await holdRefund(demo);
  await signIn(page, 'approver');
  await page.goto(`/approvals/${held.id}`);
  const ask = page.getByRole('button', { name: /^Ask the agent/ });
  await ask.click();
  const dialog = page.getByRole('dialog', { name: 'Ask the agent' });
  await page.mouse.click(5, 5);
  await expect(dialog).toBeHidden();
  await expect(ask).toBeFocused();

  await ask.click();
  await dialog.getByRole('textbox').fill('Which order is this about?');
  await page.mouse.click(5, 5);
  await page.keyboard.press('Escape');
  await expect(dialog.getByRole('alert').getByText(/^What you typed would be lost/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Keep it open' }).click();
  await expect(dialog.getByRole('textbox')).toHaveValue('Which order is this about?');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toBeHidden();
  await expect(ask).toBeFocused();
  await consoleApi(demo, 'approver')('POST', `/api/approvals/${held.id}/reject`, {
    reason: 'The journey ends',
  });
});

test('says beside the button that an approval failed', async ({ page, demo, signIn }) => {
  const held = await holdRefund(demo);
  await signIn(page, 'approver');
  await page.goto(`/approvals/${held.id}`);
  await page.route('**/approve', (route) => route.abort());
  const card = page.getByRole('article', { name: held.sentence });
  const approve = card.getByRole('button', { name: /^Approve/ });
  await approve.click();
  const error = card
    .getByRole('alert')
    .getByText('The server cannot be reached.', { exact: false });
  await expect(error).toBeInViewport();
  await expect(approve).toBeInViewport();
  await page.unroute('**/approve');
  await approve.click();
  await expect(card.getByRole('status').getByText('Succeeded')).toBeVisible();
});

test('approves nothing whose signs could not be read, until they are', async ({
  page,
  demo,
  signIn,
  isMobile,
  expectNoSeriousAxe,
}) => {
  const held = await holdRefund(demo);
  await signIn(page, 'approver');
  await page.route('**/context', (route) => route.fulfill({ status: 500, json: {} }));
  await page.goto(`/approvals/${held.id}`);
  const card = page.getByRole('article', { name: held.sentence });
  const approve = card.getByRole('button', { name: /^Approve/ });
  const unread = 'What is unusual about it could not be read';
  await expect(card.getByRole('alert').getByText(unread)).toBeVisible();
  await expect(approve).toBeDisabled();
  await expect(approve).toHaveAccessibleDescription(new RegExp(`^${unread}`));
  await expect(card).toContainText('What was decided before could not be read.');
  const ask = card.getByRole('button', { name: /^Ask the agent/ });
  await expect(ask).toHaveAccessibleDescription(/^Whether it can be asked could not be read/);
  await expect(card.getByRole('button', { name: /^Reject/ })).toBeEnabled();
  await expectNoSeriousAxe(page);
  if (!isMobile) await page.keyboard.press('a');
  expect(
    (await consoleApi(demo, 'approver')('GET', `/api/approvals/${held.id}`)).body,
  ).toMatchObject({ status: 'pending', signatures: [] });

  await page.unroute('**/context');
  await card.getByRole('button', { name: 'Try again' }).click();
  await expect(card.getByRole('alert').getByText(unread)).toBeHidden();
  await approve.click();
  await expect(card.getByRole('status').getByText('Succeeded')).toBeVisible();
});

test('reads each card from its head, and is asked before what cannot be undone', async ({
  page,
  demo,
  signIn,
  isMobile,
  expectNoSeriousAxe,
}) => {
  const approver = consoleApi(demo, 'approver');
  const mail = await holdMail(demo);
  const status = async () => (await approver('GET', `/api/approvals/${mail}`)).body.status;
  await signIn(page, 'approver');
  if (!isMobile) {
    const world = await refundWorld(demo);
    const ids = [await hold(world, 5_100), await hold(world, 5_200)];
    await page.goto(`/approvals?agent=${world.id}`);
    const head = (amount: string) =>
      page.getByRole('heading', { level: 2, name: new RegExp(`^Refund \\$${amount}`) });
    await expect(head('5,100')).toBeVisible();
    await page.getByRole('link', { name: 'Its story in the trail' }).scrollIntoViewIfNeeded();
    await expect(head('5,100')).not.toBeInViewport();
    // What is decided, and the queue, stay in sight.
    await expect(page.getByTitle(/^Refund \$5,100/)).toBeInViewport();
    await expect(queue(page).getByRole('link', { name: /^Refund \$5,200/ })).toBeInViewport();
    await page.keyboard.press('j');
    await expect(head('5,200')).toBeInViewport();
    await expect(head('5,200')).toBeFocused();
    for (const id of ids)
      await approver('POST', `/api/approvals/${id}/reject`, { reason: 'The journey ends' });
  }

  await page.goto(`/approvals/${mail}`);
  const card = page.getByRole('article', { name: /^Send/ });
  const approve = card.getByRole('button', { name: /^Approve/ });
  const sure = card.getByRole('button', { name: 'Irreversible: approve?' });
  if (isMobile) {
    await approve.click();
  } else {
    await press(approve, 'a');
    await expect(sure).toBeFocused();
    await expectNoSeriousAxe(page);
    expect(await status()).toBe('pending');
    await page.keyboard.press('Escape');
    await expect(sure).toBeHidden();
    await expect(approve).toBeFocused();
    expect(await status()).toBe('pending');
    await page.keyboard.press('a');
    await expect(sure).toBeFocused();
    await page.keyboard.press('Enter');
  }
  await expect(card.getByRole('status').getByText('Succeeded')).toBeVisible();
  await expect(card.getByRole('link', { name: 'Back to the queue' })).toBeFocused();
});

test('carries nothing from one list into another', async ({ page, demo, signIn }) => {
  const world = await refundWorld(demo);
  const held = await hold(world, 5_100);
  await signIn(page, 'approver');
  await page.goto(`/approvals?agent=${world.id}&selected=${held}`);
  const card = page.getByRole('article', { name: /^Refund \$5,100/ });
  const show = async (view: string) => {
    await page.getByRole('combobox', { name: /^Show/ }).click();
    await page.getByRole('option', { name: view, exact: true }).click();
  };
  await expect(card).toBeVisible();
  await show('rejected');
  await expect(page.getByText('No action like this yet')).toBeVisible();
  await expect(card).toHaveCount(0);
  await expect(page).not.toHaveURL(/selected=/);
  await show('waiting');
  await expect(card).toBeVisible();

  // Of the same list it stays, though it leaves it.
  await consoleApi(demo, 'approver')('POST', `/api/approvals/${held}/reject`, {
    reason: 'The journey ends',
  });
  await expect(card).toContainText('The journey ends');
});

test('goes on after the session has ended, with what was written', async ({
  page,
  demo,
  signIn,
  isMobile,
  expectNoSeriousAxe,
}) => {
  const held = await holdRefund(demo);
  await signIn(page, 'approver');
  await page.goto(`/approvals/${held.id}`);
  const card = page.getByRole('article', { name: held.sentence });
  await card.getByRole('button', { name: /^Reject/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Reject this action' });
  const reason = dialog.getByRole('textbox');
  await reason.fill('The photo shows another machine');
  await page.context().clearCookies();
  await dialog.getByRole('button', { name: 'Reject' }).click();
  const again = dialog.getByRole('link', { name: 'Sign in in a new tab' });
  await expect(again).toBeVisible();
  await expectNoSeriousAxe(page);
  const opened = page.context().waitForEvent('page');
  await again.click();
  const tab = await opened;
  const { email, password } = memberOf(demo, 'approver');
  await fillSignIn(tab, email, password);
  await expect(tab.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  await tab.close();
  await expect(reason).toHaveValue('The photo shows another machine');
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await expect(dialog).toBeHidden();
  await expect(card).toContainText('The photo shows another machine');

  // Where nothing was written on the page, signing in leads back to it.
  await page.context().clearCookies();
  const there = isMobile ? 'Reviews' : 'Agents';
  await page
    .getByRole('navigation', { name: /^Main/ })
    .filter({ visible: true })
    .getByRole('link', { name: new RegExp(`^${there}`) })
    .click();
  await expect(page).toHaveURL(new RegExp(`/sign-in\\?next=%2F${there.toLowerCase()}`));
  await fillSignIn(page, email, password);
  await expect(page.getByRole('heading', { level: 1, name: there })).toBeVisible();
});

test('chooses by Enter what a picker finds, however late', async ({ page, signIn }) => {
  await signIn(page, 'admin');
  await page.goto('/approvals/routing?tab=groups');
  await page.getByRole('button', { name: 'New group' }).first().click();
  const making = page.getByRole('dialog', { name: 'New group' });
  await making.getByRole('combobox', { name: 'Members' }).click();
  await page.getByPlaceholder('Type to narrow…').fill('Lena Brandt');
  // Before it is found.
  await page.keyboard.press('Enter');
  await expect(making.getByRole('button', { name: 'Remove Lena Brandt' })).toBeVisible();
  await page.getByPlaceholder('Type to narrow…').fill('Tom');
  await expect(page.getByRole('option')).toHaveCount(1);
  await expect(page.getByRole('option', { name: 'Tom Ruiz' })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await page.keyboard.press('Enter');
  await expect(making.getByRole('button', { name: 'Remove Tom Ruiz' })).toBeVisible();
});

test('finds agents for whoever may not search the trail, and says what did not answer', async ({
  page,
  demo,
  signIn,
}) => {
  const { name } = agentOf(demo, 'customer-support');
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const palette = page.getByRole('dialog', { name: 'Search and commands' });
  const failed = palette.getByText(/^The search of .* did not answer/);
  const search = async () => {
    await page.goto('/approvals');
    await expect(page.getByRole('heading', { level: 1, name: 'Approvals' })).toBeVisible();
    await expect(async () => {
      await page.keyboard.press('ControlOrMeta+k');
      await expect(palette).toBeVisible({ timeout: 1_000 });
    }).toPass();
    await page.keyboard.insertText(name);
  };
  const agent = palette.getByRole('option', { name }).first();

  await signIn(page, 'approver');
  await search();
  await expect(agent).toBeVisible();
  await expect(failed).toHaveCount(0);
  expect(asked).not.toContain('/api/trail/events');

  await page.context().clearCookies();
  await signIn(page, 'auditor');
  await page.route('**/api/trail/events?*', (route) => route.abort());
  await search();
  await expect(agent).toBeVisible();
  await expect(failed).toHaveText(/^The search of events did not answer/);
});
