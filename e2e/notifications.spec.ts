import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from './support/fixtures';
import { holdRefund, uniqueWord } from './support/refunds';

interface Told {
  type: string;
  data: { url: string; action: { id: string } | null };
}

test('an admin adds a webhook, tries it, and an approver comes to the card by its link', async ({
  page,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  const told: Told[] = [];
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      told.push(JSON.parse(Buffer.concat(chunks).toString()) as Told);
      response.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const { port } = receiver.address() as AddressInfo;
  const name = uniqueWord();

  await signIn(page, 'admin');
  await page.goto('/settings?tab=notifications');
  await expect(page.getByRole('switch', { name: /^Mail me at/ })).toBeVisible();
  await expect(page.getByText('No mail server is set up.')).toBeVisible();
  await expectNoSeriousAxe(page);
  await page.getByRole('button', { name: 'New channel' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('radio', { name: /^Webhook/ }).click();
  await dialog.getByRole('textbox', { name: 'Address' }).fill(`http://127.0.0.1:${port}/T0K3N`);
  await expectNoSeriousAxe(page);
  await dialog.getByRole('button', { name: 'Add channel' }).click();
  await expect(page.getByText(/whsec_/)).toBeVisible();
  await page.getByRole('button', { name: 'I have stored it' }).click();
  await expect(page.getByText(/whsec_/)).toHaveCount(0);

  await page.getByRole('button', { name: `Send a test message to ${name}` }).click();
  await expect(page.getByText('The test message was taken')).toBeVisible();
  expect(told.map(({ type }) => type)).toContain('countersign.notification.test');
  await expect(page.getByText('T0K3N')).toHaveCount(0);

  const held = await holdRefund(demo);
  const ofIt = () => told.find(({ data }) => data.action?.id === held.id);
  await expect.poll(() => ofIt()?.type).toBe('countersign.notification.held');
  await page.context().clearCookies();
  await signIn(page, 'approver');
  await page.goto(ofIt()?.data.url ?? '');
  await expect(page.getByRole('article', { name: held.sentence })).toBeVisible();

  await page.context().clearCookies();
  await signIn(page, 'admin');
  await page.goto('/settings?tab=notifications');
  await page.getByRole('button', { name: `More for ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('Channel removed')).toBeVisible();
  receiver.close();
});

test('an approver turns their mail off and on again', async ({ page, signIn }) => {
  await signIn(page, 'approver');
  await page.goto('/settings?tab=notifications');
  const mine = page.getByRole('switch', { name: /^Mail me at/ });
  await expect(mine).toBeChecked();
  await mine.click();
  await page.reload();
  await expect(mine).not.toBeChecked();
  await mine.click();
  await page.reload();
  await expect(mine).toBeChecked();
  await expect(page.getByText('Channels are shown to admins and auditors.')).toBeVisible();
});
