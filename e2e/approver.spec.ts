import type { Locator, Page } from '@playwright/test';
import { consoleApi } from './support/console-api';
import { agentOf, exampleOf } from './support/demo';
import { expect, test } from './support/fixtures';
import { callsFor } from './support/order-service';
import { holdRefund } from './support/refunds';

/** Decides by the button on a phone, and elsewhere by its key once the page listens for it. */
async function decide(card: Locator, name: RegExp, key: string, isMobile: boolean): Promise<void> {
  const button = card.getByRole('button', { name });
  if (isMobile) return button.click();
  await expect(button).toHaveAttribute('aria-keyshortcuts', key);
  await card.page().keyboard.press(key);
}

const queue = (page: Page) => page.getByRole('list', { name: 'Held actions' });

test('reads a held refund, lets it run and watches it succeed', async ({
  page,
  demo,
  signIn,
  isMobile,
  expectNoSeriousAxe,
}) => {
  await signIn(page, 'approver');
  await page.goto('/approvals');
  await expect(page.getByRole('heading', { level: 1, name: 'Approvals' })).toBeVisible();
  await expectNoSeriousAxe(page);

  // The page stays as it is: what is proposed now must come to it.
  const held = await holdRefund(demo);
  const row = queue(page).getByRole('link', { name: held.sentence });
  await expect(row).toBeVisible();
  await row.click();

  const card = page.getByRole('article', { name: held.sentence });
  await expect(card).toContainText(held.why);
  await expect(card).toContainText("In the agent's words. Not verified.");
  await expect(card).toContainText('Espresso machine');
  await expect(card.getByRole('heading', { name: /Against the limits/ })).toBeVisible();
  await expect(card.getByRole('heading', { name: 'Unusual' })).toBeVisible();
  await expect(card).toContainText('C-20931 (customer)');
  await expect(card).toContainText(/Sent as\s*POST http:\S+\/refunds/);
  await expectNoSeriousAxe(page);

  const heard = held.agent.end(held.id);
  await decide(card, /^Approve/, 'a', isMobile);
  await expect(card.getByRole('status').getByText('Succeeded')).toBeVisible();
  await expect(card).toContainText('Lena Brandt');
  await expectNoSeriousAxe(page);
  expect((await heard).body).toMatchObject({ status: 'succeeded', decision: 'hold', tier: 3 });
  expect(await callsFor(held.id)).toEqual({ total: 1, effects: 1 });
});

test('turns one down with a reason, which its agent hears', async ({
  page,
  demo,
  signIn,
  isMobile,
  expectNoSeriousAxe,
}) => {
  const held = await holdRefund(demo);
  const heard = held.agent.end(held.id);
  await signIn(page, 'approver');
  await page.goto(`/approvals/${held.id}`);
  const card = page.getByRole('article', { name: held.sentence });
  await decide(card, /^Reject/, 'r', isMobile);
  const dialog = page.getByRole('dialog', { name: 'Reject this action' });
  await expect(dialog.getByRole('textbox')).toBeFocused();
  await expectNoSeriousAxe(page);
  await dialog.getByRole('textbox').fill('The photo shows another machine');
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await expect(dialog).toBeHidden();
  await expect(card.getByRole('link', { name: 'Back to the queue' })).toBeFocused();
  await expect(card).toContainText('Rejected by');
  await expect(card).toContainText('The photo shows another machine');
  expect((await heard).body).toMatchObject({ status: 'rejected' });
  expect(await callsFor(held.id)).toEqual({ total: 0, effects: 0 });
});

test('cannot decide what they answer for, and is told why', async ({
  page,
  demo,
  agent,
  signIn,
  expectNoSeriousAxe,
}) => {
  const { request, session } = exampleOf(demo, 'tier3', 'customers.delete');
  const desk = await agent(agentOf(demo, 'privacy-desk'));
  const { body } = await desk.propose({ ...request, session: await desk.openSession(session) });
  const id = String(body.id);

  // Tom sponsors the privacy desk.
  await signIn(page, 'approver', 1);
  await page.goto(`/approvals/${id}`);
  const reason = 'You answer for this agent, or did until lately. Someone else must decide.';
  for (const name of [/^Approve/, /^Reject/]) {
    const button = page.getByRole('button', { name });
    await expect(button).toBeDisabled();
    await expect(button).toHaveAccessibleDescription(reason);
  }
  await expectNoSeriousAxe(page);

  const refused = await consoleApi(demo, 'approver', 1)('POST', `/api/approvals/${id}/approve`, {});
  expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden', detail: reason } });
  expect((await desk.read(id)).body).toMatchObject({ status: 'pending' });
});

test('is told what their role does not open, without a refusal', async ({
  page,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  const refused: string[] = [];
  page.on('response', (response) => {
    if (response.status() === 403) refused.push(response.url());
  });
  await signIn(page, 'approver');
  await page.goto('/trail');
  await expect(page.getByText('Not open to your role')).toBeVisible();
  await expectNoSeriousAxe(page);
  await page.goto(`/agents/${agentOf(demo, 'privacy-desk').client_id}`);
  await expect(page.getByRole('heading', { level: 1, name: 'privacy-desk' })).toBeVisible();
  await expect(page.getByText('Not open to your role')).toBeVisible();
  expect(refused).toEqual([]);
});
