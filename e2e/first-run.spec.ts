import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { connectAgent } from './support/agent';
import { expect, test } from './support/fixtures';
import { startNewProduct } from './support/product';

const PASSWORD = 'four quiet harbour lamps';

/** A service of the company's: it says where an order is, and keeps what it was asked. */
async function orderStatus(): Promise<{ server: Server; url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ status: 'shipped' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const steps = (page: Page) =>
  page.locator('section', { hasText: 'First steps' }).getByRole('listitem');

/** Goes back to the overview, where so many steps are done, and follows the next. */
async function follow(page: Page, done: number, next: string): Promise<void> {
  await page.getByRole('link', { name: 'Overview', exact: true }).first().click();
  await expect(steps(page).getByRole('img', { name: 'Done' })).toHaveCount(done);
  await page.getByRole('link', { name: next }).click();
}

test('a new installation: from the link in the terminal to an agent that acts', async ({
  page,
  browser,
  expectNoSeriousAxe,
}) => {
  test.setTimeout(420_000);
  const orders = await orderStatus();
  const product = await startNewProduct();
  try {
    await page.goto(product.link);
    await page.getByLabel('Workspace name').fill('Harbour Goods');
    await page.getByLabel('Your name').fill('Ada Berg');
    await page.getByLabel('Email').fill('ada@harbour.example');
    await page.getByLabel('Password').fill('short');
    await page.getByRole('button', { name: 'Create workspace' }).click();
    await expect(page.getByText(/12 characters/).last()).toBeVisible();
    await expectNoSeriousAxe(page);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Create workspace' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
    await expect(steps(page).getByRole('img', { name: 'To do' })).toHaveCount(5);
    await expectNoSeriousAxe(page);

    await page.getByRole('link', { name: 'Register a tool' }).click();
    await page.getByRole('button', { name: 'New tool' }).first().click();
    const tool = page.getByRole('dialog', { name: 'New tool' });
    await tool.getByRole('textbox', { name: 'Name', exact: true }).fill('orders');
    await tool.getByRole('textbox', { name: 'Base URL' }).fill('harbour');
    await tool.getByRole('button', { name: 'Register tool' }).click();
    await expect(tool.getByRole('textbox', { name: 'Base URL' })).toHaveAttribute(
      'aria-invalid',
      'true',
    );
    await expectNoSeriousAxe(page);
    await tool.getByRole('textbox', { name: 'Base URL' }).fill(orders.url);
    await tool.getByRole('button', { name: 'Register tool' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'orders' })).toBeVisible();

    await follow(page, 1, 'Describe what can be done there');
    await page.getByRole('button', { name: 'New action type' }).first().click();
    const type = page.getByRole('dialog', { name: 'New action type' });
    await type.getByRole('textbox', { name: 'Key' }).fill('orders.status');
    await type.getByRole('textbox', { name: 'Title' }).fill('Look where an order is');
    await type.getByRole('combobox', { name: 'Tool' }).click();
    await page.getByRole('option', { name: 'orders' }).click();
    await type.getByRole('textbox', { name: 'Path' }).fill('/orders/{order_id}');
    await expectNoSeriousAxe(page);
    await type.getByRole('button', { name: 'Add action type' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('orders.status');

    await follow(page, 2, 'Grant it in a role');
    await page.getByRole('button', { name: 'New role' }).first().click();
    const role = page.getByRole('dialog', { name: 'New role' });
    await role.getByRole('textbox', { name: 'Name', exact: true }).fill('order-desk');
    await role.getByRole('button', { name: 'Make role' }).click();
    await page.getByRole('button', { name: 'Add permission' }).first().click();
    const grant = page.getByRole('dialog', { name: 'Add a permission to order-desk' });
    await grant.getByRole('combobox', { name: 'Action type' }).click();
    await page.getByRole('option', { name: /^orders\.status/ }).click();
    await expectNoSeriousAxe(page);
    await grant.getByRole('button', { name: 'Add permission' }).click();
    await expect(grant).toBeHidden();

    await follow(page, 3, 'Register an agent and put it into the role');
    await page.getByRole('button', { name: 'New agent' }).first().click();
    const form = page.getByRole('dialog', { name: 'New agent' });
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill('order-helper');
    await form.getByRole('textbox', { name: 'Purpose' }).fill('Tells customers where they are.');
    await form.getByRole('textbox', { name: 'Model' }).fill('scripted-1');
    await form.getByRole('combobox', { name: 'Sponsor' }).click();
    await page.getByRole('option', { name: /Ada Berg/ }).click();
    await form.getByRole('button', { name: 'Register agent' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'order-helper' })).toBeVisible();
    const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    await page.getByRole('tab', { name: /^Roles/ }).click();
    await page.getByRole('button', { name: 'Grant role' }).first().click();
    const put = page.getByRole('dialog', { name: 'Grant a role to order-helper' });
    await put.getByRole('combobox', { name: 'Role' }).click();
    await page.getByRole('option', { name: /^order-desk/ }).click();
    await put.getByRole('button', { name: 'Grant', exact: true }).click();
    await expect(page.getByRole('link', { name: 'order-desk', exact: true })).toBeVisible();
    await page.getByRole('tab', { name: /^Credentials/ }).click();
    await page.getByRole('button', { name: 'New credential' }).first().click();
    await page.getByRole('button', { name: 'Create credential' }).click();
    const made = page.getByRole('dialog', { name: 'Credential created' });
    const key = await made.getByRole('region', { name: 'Private key' }).innerText();
    await made.getByRole('button', { name: 'I have stored it' }).click();
    await page.getByRole('button', { name: 'Activate…' }).click();
    const activate = page.getByRole('dialog', { name: 'Activate order-helper' });
    await activate.getByRole('button', { name: 'Activate', exact: true }).click();
    await expect(activate).toBeHidden();

    await follow(page, 4, 'Invite an approver');
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    const invite = page.getByRole('dialog', { name: 'Invite a member' });
    await invite.getByRole('textbox', { name: 'Name' }).fill('Lars Holm');
    await invite.getByRole('textbox', { name: 'Email' }).fill('lars@harbour.example');
    await invite.getByRole('button', { name: 'Create invitation' }).click();
    const link = await page.getByRole('region', { name: 'Invitation link' }).innerText();
    await page.getByRole('button', { name: 'I have stored it' }).click();
    const approver = await (await browser.newContext()).newPage();
    await approver.goto(link.trim());
    await approver.getByLabel('Password').fill(PASSWORD);
    await approver.getByRole('button', { name: 'Join' }).click();
    await expect(approver.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
    await page.getByRole('link', { name: 'Overview', exact: true }).first().click();
    await expect(steps(page).getByRole('img', { name: 'Done' })).toHaveCount(5);
    await expectNoSeriousAxe(page);

    // A permission holds every call until somebody lowers its tier.
    const client = { id, name: 'order-helper', client_id: id, private_jwk: JSON.parse(key) };
    const agent = await connectAgent(product, client);
    const session = await agent.openSession({ initiator: { type: 'test' }, auth_context: {} });
    const held = await agent.propose({
      ...{ session, action: 'orders.status', parameters: { order_id: '4711' } },
      ...{ summary: 'Look where order 4711 is', why: 'Its customer asks', evidence: [] },
    });
    expect(held).toMatchObject({ status: 202, body: { status: 'pending', tier: 3 } });
    expect(orders.asked).toEqual([]);
    const end = agent.end(String(held.body['id']));
    await approver.goto(new URL('/approvals', approver.url()).href);
    await approver.getByRole('link', { name: /Look where order 4711 is/ }).click();
    await approver.getByRole('button', { name: /^Approve/ }).click();
    expect((await end).body).toMatchObject({ status: 'succeeded', result: { status: 'shipped' } });
    expect(orders.asked).toEqual(['GET /orders/4711']);

    await page.goto(new URL('/', page.url()).href);
    await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
    await expect(page.getByText(/in the last minute, 1 agent acting/)).toBeVisible();
    await expect(page.getByText('First steps')).toHaveCount(0);
    // The link has done its work: it makes no second admin.
    await page.context().clearCookies();
    await page.goto('about:blank');
    await page.goto(product.link);
    await page.getByLabel('Workspace name').fill('Another');
    await page.getByLabel('Your name').fill('Eve');
    await page.getByLabel('Email').fill('eve@harbour.example');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Create workspace' }).click();
    await expect(page.getByText('The setup link was used or has expired.')).toBeVisible();
  } finally {
    await product.stop();
    orders.server.close();
  }
});
