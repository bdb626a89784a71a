import type { Browser, Page } from '@playwright/test';
import { consoleApi, itemsOf } from './support/console-api';
import type { Demo } from './support/demo';
import { expect, test } from './support/fixtures';
import { refundWorld } from './support/refund-world';
import { uniqueWord } from './support/refunds';

const PASSWORD = 'four quiet harbour lamps';

/** Another admin of the workspace, signed in on a page of their own. */
async function secondAdmin(demo: Demo, browser: Browser): Promise<Page> {
  const name = uniqueWord();
  const { status, body } = await consoleApi(demo, 'admin')('POST', '/api/invitations', {
    ...{ name, email: `${name}@northwind.example`, roles: ['admin'] },
  });
  expect(status).toBe(201);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(String(body.link));
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Join' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  return page;
}

test('narrows a refund limit with the advisor, explains a denial, and goes back', async ({
  page,
  browser,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  const { role, propose, summary } = await refundWorld(demo);
  for (let amount = 40; amount <= 370; amount += 30) {
    // Whatever the order service makes of so many refunds: it was allowed.
    expect((await propose(amount)).status).not.toBe(403);
  }

  await signIn(page, 'admin');
  await page.goto('/policies');
  await page.getByRole('link', { name: 'Advisor' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Advisor' })).toBeVisible();
  await page.getByRole('button', { name: /^Look/ }).first().click();
  const finding = page.getByRole('listitem', {
    name: `${role} allows far more of refunds.create than is used`,
  });
  await expect(finding).toContainText(
    'supervised up to 5,000: at most 370 used, p99 370; proposed 400',
  );
  await expect(finding).toContainText(
    'gated up to 20,000: at most 370 used, p99 370; proposed 400',
  );
  await expectNoSeriousAxe(page);

  // Made after the look: the one action that the draft would have decided otherwise.
  expect((await propose(4_000)).body).toMatchObject({ tier: 2 });
  await finding.getByRole('button', { name: 'Draft this' }).click();
  await page.getByRole('menuitem', { name: 'A new draft' }).click();
  await expect(
    page.getByRole('heading', { level: 1, name: `${role}: narrower refunds.create` }),
  ).toBeVisible();
  await page.getByRole('tab', { name: 'In Cedar' }).click();
  await expect(page.getByText(`permit (principal in Role::"${role}"`).first()).toBeVisible();
  await expectNoSeriousAxe(page);
  await page.getByRole('button', { name: 'Try on 30 days' }).click();
  await expect(page.getByText('What it would have changed in 30 days')).toBeVisible();
  await expect(page.getByRole('cell', { name: 'allowed, tier 2 → denied' })).toBeVisible();
  await expect(page.getByRole('link', { name: summary })).toHaveCount(1);
  await expectNoSeriousAxe(page);
  const draft = page.url();

  const why = `Nobody needs more ${uniqueWord()}`;
  const other = await secondAdmin(demo, browser);
  await other.goto(draft);
  await other.getByRole('button', { name: 'Publish…' }).click();
  const publish = other.getByRole('dialog', { name: /^Publish/ });
  await publish.getByRole('textbox', { name: 'Why' }).fill(why);
  await publish.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(publish).toBeHidden();
  await other.context().close();
  await expect.poll(async () => (await propose(4_000)).status).toBe(403);

  const denied = await propose(4_000);
  await page.goto(`/trail/actions/${String(denied.body.id)}`);
  await page.getByRole('link', { name: 'Explain' }).click();
  await expect(
    page.getByText(
      /^Denied by stage authorize: agent-\w+ holds no permission for refunds\.create with amount 4000; role \S+ grants up to 400 at tier 3\.$/,
    ),
  ).toBeVisible();
  await expect(page.getByRole('list', { name: 'Stages' })).toContainText('authorize');
  await expect(page.getByText('the same now')).toBeVisible();
  await expectNoSeriousAxe(page);

  await page.goto('/policies');
  await expect(page.getByText(why).first()).toBeVisible();
  const versions = page.getByRole('main').getByRole('link', { name: /^\d+/ });
  await versions.filter({ hasNotText: 'holds now' }).first().click();
  await page.getByRole('button', { name: 'Go back to it' }).click();
  const back = page.getByRole('dialog', { name: /^Go back to version/ });
  await back.getByRole('textbox', { name: 'Why' }).fill(`${why}, or so it seemed`);
  await back.getByRole('button', { name: 'Go back', exact: true }).click();
  await expect.poll(async () => (await propose(4_000)).body).toMatchObject({ tier: 2 });

  // The denied action is told as it was and as it would be by now.
  await page.goto(`/policies/explain?action=${String(denied.body.id)}`);
  await expect(page.getByText('otherwise now')).toBeVisible();
  await expect(page.getByText(/^Allowed at tier 2: role /)).toBeVisible();
  await expect(page.getByRole('link', { name: /^Version \d+$/ }).first()).toBeVisible();

  await page.context().clearCookies();
  await signIn(page, 'auditor');
  const auditor = consoleApi(demo, 'auditor');
  const told = async (type: string, said: string) => {
    const events = () => itemsOf<{ id: string }>(auditor, `/api/trail/events?type=${type}&limit=1`);
    await expect.poll(async () => (await events()).length).toBe(1);
    const [event] = await events();
    await page.goto(`/trail/${event?.id}`);
    await expect(page.getByRole('main')).toContainText(said);
  };
  await told('policy_draft.edited', `${role} allows far more of refunds.create than is used`);
  await told('policy.published', why);
  await expect(page.getByText('Before:').first()).toBeAttached();
  await told('policy.rolled_back', `${why}, or so it seemed`);
  await expect(page.getByText('Before:').first()).toBeAttached();
  await told('decision.explained', 'refunds.create');
});

test('shows an auditor what was found and who may, and lets them change nothing', async ({
  page,
  signIn,
  expectNoSeriousAxe,
}) => {
  await signIn(page, 'auditor');
  await page.goto('/policies/advisor');
  await expect(page.getByRole('button', { name: /^Look/ }).first()).toBeDisabled();
  await expectNoSeriousAxe(page);
  await page.goto('/catalog');
  await page
    .getByRole('main')
    .getByRole('link', { name: /^refunds\.create/ })
    .first()
    .click();
  await expect(page.getByRole('list', { name: 'Who may' })).toContainText('refund-handler');
  await expectNoSeriousAxe(page);
  await page.goto('/policies/explain');
  await expect(page.getByRole('button', { name: 'Explain' })).toBeVisible();
  await expectNoSeriousAxe(page);
});
