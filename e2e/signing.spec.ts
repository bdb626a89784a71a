import type { Page } from '@playwright/test';
import { consoleApi, itemsOf } from './support/console-api';
import type { Agent, Answer } from './support/agent';
import { memberOf, readDemo } from './support/demo';
import { expect, test } from './support/fixtures';
import { callsFor } from './support/order-service';
import { type SigningWorld, signingWorld } from './support/signing-world';

let world: SigningWorld;

/** A wait that nobody ends: it runs out while the other journeys do, and its agent listens. */
let left: { world: SigningWorld; group: string; id: string; sentence: string; agent: Agent };
let leftEnd: Promise<Answer>;

test.beforeAll(async () => {
  const demo = readDemo();
  const late = await signingWorld(demo);
  const group = `Late ${late.word}`;
  const id = await late.group(group, memberOf(demo, 'approver').email);
  await late.route(`Route ${late.word}`, { needs: [{ group: id, count: 1 }], wait_minutes: 1 });
  const held = await late.hold(group);
  left = { world: late, group, ...held };
  leftEnd = held.agent.end(held.id);
});

test.afterAll(async () => {
  await left.world.clean();
});

test.beforeEach(async ({ demo }) => {
  world = await signingWorld(demo);
});

test.afterEach(async () => {
  await world.clean();
});

/** Chooses in the open picker what is found by this. */
async function pick(page: Page, name: string): Promise<void> {
  await page.getByPlaceholder('Type to narrow…').fill(name);
  await page.getByRole('option', { name }).click();
}

/** A local time as a date field takes it, so many hours from now. */
async function hoursFromNow(page: Page, hours: number): Promise<string> {
  return page.evaluate((ahead) => {
    const at = new Date(Date.now() + ahead * 3_600_000);
    return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  }, hours);
}

test('an admin says who approves; two sign, the first of them by keyboard alone', async ({
  page,
  signIn,
  isMobile,
  expectNoSeriousAxe,
}) => {
  const group = `Signers ${world.word}`;
  const route = `Route ${world.word}`;
  await signIn(page, 'admin');
  await page.goto('/approvals');
  await page.getByRole('link', { name: 'Who approves what' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Who approves what' })).toBeVisible();
  await expect(page.getByText('any one approver of the workspace')).toBeVisible();
  await expectNoSeriousAxe(page);

  await page.getByRole('tab', { name: /^Groups/ }).click();
  await page.getByRole('button', { name: 'New group' }).first().click();
  const making = page.getByRole('dialog', { name: 'New group' });
  await making.getByRole('button', { name: 'Make group' }).click();
  await expect(making.getByText('must not be empty')).toBeVisible();
  await making.getByRole('textbox', { name: 'Name' }).fill(group);
  await making.getByRole('combobox', { name: 'Members' }).click();
  await pick(page, 'Lena Brandt');
  await pick(page, 'Tom Ruiz');
  await page.keyboard.press('Escape');
  await expectNoSeriousAxe(page);
  await making.getByRole('button', { name: 'Make group' }).click();
  await expect(making).toBeHidden();
  await expect(page.getByRole('button', { name: `Edit ${group}` })).toBeVisible();
  await expectNoSeriousAxe(page);

  await page.getByRole('tab', { name: /^Routes/ }).click();
  await page.getByRole('button', { name: 'New route' }).first().click();
  const routing = page.getByRole('dialog', { name: 'New route' });
  await routing.getByRole('textbox', { name: 'Name' }).fill(route);
  await routing.getByRole('combobox', { name: 'Action types' }).click();
  await pick(page, 'refunds.create');
  await page.keyboard.press('Escape');
  await routing.getByRole('combobox', { name: 'Agents' }).click();
  await pick(page, world.agent);
  await page.keyboard.press('Escape');
  const first = routing.getByRole('group', { name: 'Signatures 1' });
  await first.getByRole('textbox', { name: 'Signatures' }).fill('2');
  await first.getByRole('combobox', { name: 'of', exact: true }).click();
  await page.getByRole('option', { name: group }).click();
  const sentence = `refunds.create of ${world.agent}: 2 of ${group}`;
  await expect(routing.getByText(sentence)).toBeVisible();
  await expectNoSeriousAxe(page);
  await routing.getByRole('button', { name: 'Make route' }).click();
  await expect(routing).toBeHidden();
  const row = page.getByRole('listitem', { name: route });
  await expect(row).toContainText(sentence);

  // Its place is a matter of keys too, and the hand stays where it was.
  const other = `Other ${world.word}`;
  await world.route(other, {
    fits: { classification: 'Restricted', amount_from: 900_000 },
    needs: [{ group: null, count: 1 }],
  });
  const up = page.getByRole('button', { name: `Move ${other} up` });
  await up.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText(new RegExp(`${other} is number \\d+ now`))).toBeAttached();
  await expect(page.getByRole('listitem', { name: other })).toBeVisible();
  await expect(page.locator(':focus')).toHaveAccessibleName(new RegExp(`^Move ${other}`));
  await expectNoSeriousAxe(page);

  const held = await world.hold(group);
  await page.context().clearCookies();
  await signIn(page, 'approver');
  await page.goto('/approvals?mine=me');
  const waiting = page
    .getByRole('list', { name: 'Held actions' })
    .getByRole('link', { name: held.sentence });
  await expect(waiting).toContainText(`2 of ${group}, none signed, yours to sign`);
  const card = page.getByRole('article', { name: held.sentence });
  if (isMobile) {
    await waiting.click();
    await card.getByRole('button', { name: /^Approve/ }).click();
  } else {
    await waiting.focus();
    await page.keyboard.press('Enter');
    await expect(card.getByRole('button', { name: /^Approve/ })).toHaveAttribute(
      'aria-keyshortcuts',
      'a',
    );
    await page.keyboard.press('a');
  }
  await expect(page.getByText('Signed; waits for 1 more')).toBeVisible();
  await expect(card.getByRole('list', { name: 'Who signed' })).toContainText('Lena Brandt');
  await expect(card).toContainText('You have signed it. It waits for 1 more.');
  await expectNoSeriousAxe(page);
  expect(await callsFor(held.id)).toEqual({ total: 0, effects: 0 });

  await page.context().clearCookies();
  await signIn(page, 'approver', 1);
  await page.goto(`/approvals/${held.id}`);
  await expect(card).toContainText(`2 of ${group}, 1 still missing`);
  await card.getByRole('button', { name: /^Approve/ }).click();
  await expect(card.getByRole('status').getByText('Succeeded')).toBeVisible();
  await expect(card.getByRole('list', { name: 'Who signed' })).toContainText('Tom Ruiz');
  expect((await held.agent.end(held.id)).body).toMatchObject({ status: 'succeeded' });
  expect(await callsFor(held.id)).toEqual({ total: 1, effects: 1 });

  // Whoever may not say who approves sees it all, and why they cannot change it.
  await page.goto('/approvals/routing');
  const edit = page.getByRole('button', { name: `Edit ${route}` });
  await expect(edit).toBeDisabled();
  await expect(edit).toHaveAccessibleDescription('Only an admin says who approves what.');

  await page.context().clearCookies();
  await signIn(page, 'admin');
  await page.goto('/approvals/routing');
  await page.getByRole('button', { name: `Remove ${route}` }).click();
  const removal = page.getByRole('dialog', { name: `Remove the route ${route}` });
  await expectNoSeriousAxe(page);
  await removal.getByRole('button', { name: 'Remove route' }).click();
  await expect(page.getByRole('listitem', { name: route })).toHaveCount(0);
});

test('a deputy signs in the place of who is away, until the delegation ends', async ({
  page,
  demo,
  signIn,
  isMobile,
  expectNoSeriousAxe,
}) => {
  const name = `Away ${world.word}`;
  const group = await world.group(name, memberOf(demo, 'approver', 1).email);
  await world.route(`Route ${world.word}`, { needs: [{ group, count: 1 }] });
  const held = await world.hold(name);
  const card = page.getByRole('article', { name: held.sentence });

  await signIn(page, 'approver');
  await page.goto(`/approvals/${held.id}`);
  const approve = card.getByRole('button', { name: /^Approve/ });
  await expect(approve).toBeDisabled();
  await expect(approve).toHaveAccessibleDescription(new RegExp(`It goes to ${name}`));

  await page.context().clearCookies();
  await signIn(page, 'approver', 1);
  await page.goto('/approvals/routing?tab=delegations');
  await page.getByRole('button', { name: 'Give my place away' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Give my place away' });
  await dialog.getByRole('button', { name: 'Give it away' }).click();
  await expect(dialog.getByText('choose who stands in')).toBeVisible();
  await expect(dialog.getByText('say when it ends')).toBeVisible();
  await dialog.getByRole('combobox', { name: 'To' }).click();
  await pick(page, 'Lena Brandt');
  await dialog.getByLabel('Until').fill(await hoursFromNow(page, 2));
  await dialog.getByRole('textbox', { name: 'Why' }).fill(`Out of office, ${world.word}`);
  await expectNoSeriousAxe(page);
  await dialog.getByRole('button', { name: 'Give it away' }).click();
  await expect(dialog).toBeHidden();
  const row = page.getByRole(isMobile ? 'listitem' : 'row').filter({ hasText: world.word });
  await expect(row).toContainText('Active');
  await expectNoSeriousAxe(page);

  await page.context().clearCookies();
  await signIn(page, 'approver');
  await page.goto(`/approvals/${held.id}`);
  await approve.click();
  await expect(card.getByRole('status').getByText('Succeeded')).toBeVisible();
  await expect(card.getByRole('list', { name: 'Who signed' })).toContainText(
    'Lena Brandt in the place of Tom Ruiz',
  );
  await expectNoSeriousAxe(page);

  await page.context().clearCookies();
  await signIn(page, 'approver', 1);
  await page.goto('/approvals/routing?tab=delegations');
  await row.getByRole('button', { name: /^End/ }).click();
  await page
    .getByRole('dialog', { name: 'End this delegation' })
    .getByRole('button', { name: 'End it now' })
    .click();
  await expect(row).toContainText('Ended');
});

test('nobody can sign: an admin is told, and another breaks the glass with a reason', async ({
  page,
  demo,
  browser,
  signIn,
  isMobile,
  expectNoSeriousAxe,
}) => {
  const name = `Empty ${world.word}`;
  const group = await world.group(name);
  await world.route(`Route ${world.word}`, { needs: [{ group, count: 1 }] });
  await signIn(page, 'admin');
  await page.goto('/approvals/routing');
  const warned = page.getByRole('listitem', { name: `Route ${world.word}` });
  await expect(warned).toContainText(`Nobody in “${name}” can approve`);
  await expectNoSeriousAxe(page);
  await page.goto('/approvals');
  await expect(page.getByText(/can approve: what comes here runs out of time/)).toBeVisible();
  await expect(page.getByRole('link', { name: 'Mend it' })).toBeVisible();
  await expectNoSeriousAxe(page);

  // An admin who neither sponsors the agent nor last changed its permission.
  const admin = consoleApi(demo, 'admin');
  const email = `${world.word}@northwind.example`;
  const { body } = await admin('POST', '/api/invitations', {
    ...{ name: `Nora ${world.word}`, email, roles: ['admin'] },
  });
  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(String(body.link));
  await other.getByLabel('Password').fill('four quiet harbour lamps');
  await other.getByRole('button', { name: 'Join' }).click();
  await expect(other.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();

  const held = await world.hold(name);
  await other.goto(`/approvals/${held.id}`);
  const card = other.getByRole('article', { name: held.sentence });
  await expect(card).toContainText(`Nobody in ${name} can approve.`);
  const breaking = card.getByRole('button', { name: /^Break glass/ });
  if (isMobile) {
    await breaking.click();
  } else {
    await expect(breaking).toHaveAttribute('aria-keyshortcuts', 'b');
    await other.keyboard.press('b');
  }
  const dialog = other.getByRole('dialog', { name: 'Break the glass' });
  await expect(dialog).toContainText('Every admin is told, with your name');
  const run = dialog.getByRole('button', { name: 'Let it run' });
  await dialog.getByRole('textbox', { name: /^What makes it an emergency/ }).fill('Too short');
  await expect(run).toBeDisabled();
  await expectNoSeriousAxe(other);
  const reason = `The customer is stranded, says ${world.word}`;
  await dialog.getByRole('textbox', { name: /^What makes it an emergency/ }).fill(reason);
  await run.click();
  await expect(dialog).toBeHidden();
  // What is Confidential is an admin's to see for as long as it waits: then it has its summary alone.
  const after = other.getByRole('article');
  await expect(after.getByText('The glass was broken')).toBeVisible();
  await expect(after.getByRole('status').getByText('Succeeded')).toBeVisible();
  await expect(after).toContainText(reason);
  await expect(after).toContainText('Confidential: shown to approvers');
  await expect(card).toHaveCount(0);
  await expectNoSeriousAxe(other);
  expect(await callsFor(held.id)).toEqual({ total: 1, effects: 1 });

  // The other admin sees the mark too, without asking for it again.
  await page.goto(`/approvals/${held.id}`);
  await expect(page.getByText('The glass was broken')).toBeVisible();
  await page.goto('/approvals');
  await expect(page.getByText('because somebody broke the glass')).toBeVisible();
  await context.close();
  const members = await itemsOf<{ id: string; email: string }>(admin, '/api/members?limit=200');
  const joined = members.find((one) => one.email === email);
  expect((await admin('POST', `/api/members/${joined?.id}/disable`, {})).status).toBe(200);
});

test('what nobody signs in time is denied, and its agent is told', async ({
  page,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  await signIn(page, 'approver');
  await page.goto(`/approvals/${left.id}`);
  const card = page.getByRole('article', { name: left.sentence });
  // The open card hears of it without being loaded again.
  await expect(card.getByRole('status').getByText('Expired')).toBeVisible({ timeout: 90_000 });
  await expect(card).toContainText(`1 of ${left.group}`);
  await expect(card.getByRole('button', { name: /^Approve/ })).toHaveCount(0);
  await expect(card.getByRole('button', { name: /^Reject/ })).toHaveCount(0);
  await expectNoSeriousAxe(page);
  expect((await leftEnd).body).toMatchObject({ status: 'expired' });
  expect(await callsFor(left.id)).toEqual({ total: 0, effects: 0 });

  // A signature that comes too late changes nothing.
  const approver = consoleApi(demo, 'approver');
  const late = await approver('POST', `/api/approvals/${left.id}/approve`, { reason: '' });
  expect(late).toMatchObject({ status: 409, body: { code: 'already_decided' } });
  expect((await left.agent.read(left.id)).body).toMatchObject({ status: 'expired' });
  expect(await callsFor(left.id)).toEqual({ total: 0, effects: 0 });

  await page.goto('/approvals?status=expired');
  await expect(
    page
      .getByRole('list', { name: 'Held actions' })
      .getByRole('link', { name: left.sentence })
      .first(),
  ).toBeVisible();

  // Its last reminder may be due in the very moment in which it ends; whether its card was
  // opened before that depends on how long the journeys before took.
  const auditor = consoleApi(demo, 'auditor');
  const told = async () => {
    const path = `/api/trail/actions/${left.id}`;
    const events = await itemsOf<{ type: string }>(auditor, path);
    return [...new Set(events.map(({ type }) => type))].filter(
      (type) => type !== 'approval.opened',
    );
  };
  await expect
    .poll(told)
    .toEqual(['session.started', 'action.decided', 'approval.reminded', 'approval.expired']);
});
