import type { Page } from '@playwright/test';
import { connectAgent } from './support/agent';
import { agentOf, exampleOf } from './support/demo';
import { expect, test } from './support/fixtures';
import { refundHandler, uniqueWord } from './support/refunds';

/** Moves the supervised rung of the refunds' ladder, on the role's page. */
async function superviseUpTo(page: Page, amount: string): Promise<void> {
  await page.getByRole('button', { name: 'Edit refunds.create' }).click();
  const dialog = page.getByRole('dialog', { name: 'Refund an order' });
  const field = dialog.getByRole('textbox', { name: 'supervised up to' });
  await field.fill(amount);
  await field.press('Enter');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(dialog).toBeHidden();
}

test('sees agents at work, and who one is and what it may do', async ({
  page,
  demo,
  agent,
  signIn,
  expectNoSeriousAxe,
}) => {
  const example = exampleOf(demo, 'tier1', 'orders.read');
  const support = await agent(agentOf(demo, 'customer-support'));
  const session = await support.openSession(example.session);
  expect((await support.propose({ ...example.request, session })).status).toBe(200);

  await signIn(page, 'admin');
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  await expect(page.getByText(/in the last minute, [1-9]\d* agents acting/)).toBeVisible();
  await expectNoSeriousAxe(page);

  await page.goto('/agents');
  const link = page.getByRole('link', { name: /^refund-handler/ });
  await expect(link).toBeVisible();
  await expectNoSeriousAxe(page);
  await link.click();
  await expect(page.getByRole('heading', { level: 1, name: 'refund-handler' })).toBeVisible();
  await expect(page.getByText('answered for by Mara Okafor')).toBeVisible();
  await expectNoSeriousAxe(page);

  await page.getByRole('tab', { name: /^Permissions/ }).click();
  const refunds = page.getByRole('listitem').filter({ hasText: 'refunds.create' }).first();
  await expect(refunds).toContainText('from refunds');
  await expect(refunds).toContainText('by amount');
  await expectNoSeriousAxe(page);

  await page.getByRole('tab', { name: /^Credentials/ }).click();
  await expect(page.getByText('made with the agent')).toBeVisible();
  await expectNoSeriousAxe(page);
});

test('changes a permission, and the next action is decided by it', async ({
  page,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  const { propose } = await refundHandler(demo);
  expect(await propose(180)).toMatchObject({ status: 200, body: { tier: 2 } });

  await signIn(page, 'admin');
  await page.goto('/roles');
  const role = page.getByRole('link', { name: /^refunds/ });
  await expect(role).toBeVisible();
  await expectNoSeriousAxe(page);
  await role.click();
  await superviseUpTo(page, '100');
  await expect.poll(async () => (await propose(180)).body).toMatchObject({ tier: 3 });

  await superviseUpTo(page, '500');
  await expect.poll(async () => (await propose(180)).body).toMatchObject({ tier: 2 });
  await expectNoSeriousAxe(page);
});

test('suspends an agent and lets it go on', async ({
  page,
  demo,
  agent,
  signIn,
  expectNoSeriousAxe,
}) => {
  const example = exampleOf(demo, 'tier1', 'orders.list');
  const analyst = agentOf(demo, 'order-analyst');
  const outside = await agent(analyst);
  const session = await outside.openSession(example.session);
  const propose = () => outside.propose({ ...example.request, session });
  expect((await propose()).status).toBe(200);

  await signIn(page, 'admin');
  await page.goto(`/agents/${analyst.id}`);
  await page.getByRole('button', { name: 'Suspend…' }).click();
  const suspend = page.getByRole('dialog', { name: 'Suspend order-analyst' });
  await suspend.getByRole('textbox', { name: 'Reason' }).fill('A journey looks at what happens');
  await suspend.getByRole('button', { name: 'Suspend' }).click();
  await expect(page.getByText('Suspended: every request is refused')).toBeVisible();
  await expect.poll(propose).toMatchObject({ status: 403, body: { code: 'agent_suspended' } });
  await expectNoSeriousAxe(page);

  await page.getByRole('button', { name: 'Activate…' }).click();
  const activate = page.getByRole('dialog', { name: 'Activate order-analyst' });
  await activate.getByRole('button', { name: 'Activate' }).click();
  await expect(activate).toBeHidden();
  await expect.poll(async () => (await propose()).status).toBe(200);
});

test('registers an agent that then acts with the key that was shown once', async ({
  page,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  const name = uniqueWord();
  await signIn(page, 'admin');
  await page.goto('/agents');
  await page.getByRole('button', { name: 'New agent' }).click();
  const form = page.getByRole('dialog', { name: 'New agent' });
  await form.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
  await form.getByRole('textbox', { name: 'Purpose' }).fill('Shows that a new agent can work.');
  await form.getByRole('textbox', { name: 'Model' }).fill('scripted-1');
  await form.getByRole('combobox', { name: 'Sponsor' }).click();
  await page.getByRole('option', { name: /Mara Okafor/ }).click();
  await expectNoSeriousAxe(page);
  await form.getByRole('button', { name: 'Register agent' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();

  await page.getByRole('tab', { name: /^Roles/ }).click();
  await page.getByRole('button', { name: 'Grant role' }).first().click();
  const grant = page.getByRole('dialog', { name: `Grant a role to ${name}` });
  await grant.getByRole('combobox', { name: 'Role' }).click();
  await page.getByRole('option', { name: /^support/ }).click();
  await grant.getByRole('button', { name: 'Grant', exact: true }).click();
  await expect(page.getByRole('link', { name: 'support', exact: true })).toBeVisible();

  await page.getByRole('tab', { name: /^Credentials/ }).click();
  await page.getByRole('button', { name: 'New credential' }).first().click();
  await page.getByRole('button', { name: 'Create credential' }).click();
  const made = page.getByRole('dialog', { name: 'Credential created' });
  const key = await made.getByRole('region', { name: 'Private key' }).innerText();
  await expectNoSeriousAxe(page);
  await made.getByRole('button', { name: 'I have stored it' }).click();
  await expect(made).toBeHidden();

  await page.getByRole('button', { name: 'Activate…' }).click();
  const activate = page.getByRole('dialog', { name: `Activate ${name}` });
  await expectNoSeriousAxe(page);
  await activate.getByRole('button', { name: 'Activate', exact: true }).click();
  await expect(activate).toBeHidden();

  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const client = { id, name, client_id: id, private_jwk: JSON.parse(key) };
  const { request, session } = exampleOf(demo, 'tier1', 'orders.read');
  const itself = await connectAgent(demo, client);
  const answer = await itself.propose({ ...request, session: await itself.openSession(session) });
  expect(answer).toMatchObject({ status: 200, body: { status: 'succeeded', tier: 1 } });
});
