import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from './support/fixtures';
import { uniqueWord } from './support/refunds';

test('an auditor has an export prepared as a file and takes it away', async ({
  page,
  signIn,
  isMobile,
  expectNoSeriousAxe,
}) => {
  await signIn(page, 'auditor');
  await page.goto('/trail?type=role.created');
  // On a phone the filters are laid out anew once the page has taken over.
  if (isMobile) await expect(page.getByRole('button', { name: /^Filters/ })).toBeVisible();
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('radio', { name: /^CSV/ }).click();
  await expectNoSeriousAxe(page);
  await page.getByRole('button', { name: 'Prepare as a file' }).click();
  const item = page.getByRole('list', { name: 'Exports' }).getByRole('listitem').first();
  await expect(item.getByText('Ready')).toBeVisible();
  await expectNoSeriousAxe(page);
  const downloading = page.waitForEvent('download');
  await item.getByRole('button', { name: 'Download' }).click();
  const [head, ...rows] = readFileSync(await (await downloading).path(), 'utf8')
    .trimEnd()
    .split('\r\n');
  expect(head).toMatch(/^index,id,time,type,/);
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.every((row) => row.includes(',role.created,'))).toBe(true);
});

test('an admin has the trail delivered, and sees what keeps and proves it', async ({
  page,
  signIn,
  expectNoSeriousAxe,
}) => {
  let received = 0;
  const receiver = createServer((request, response) => {
    const signed = request.headers['webhook-signature'] !== undefined;
    request.resume().on('end', () => {
      received += signed ? 1 : 0;
      response.writeHead(signed ? 204 : 401).end();
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const name = uniqueWord();

  await signIn(page, 'admin');
  await page.goto('/settings/delivery');
  await page.getByRole('button', { name: 'New sink' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  const { port } = receiver.address() as AddressInfo;
  await dialog.getByLabel('Address').fill(`http://127.0.0.1:${port}/siem`);
  await dialog.getByRole('radio', { name: /^From the beginning/ }).click();
  await expectNoSeriousAxe(page);
  await dialog.getByRole('button', { name: 'Add sink' }).click();
  await expect(page.getByText(/whsec_/)).toBeVisible();
  await page.getByRole('button', { name: 'I have stored it' }).click();
  await expect(page.getByRole('heading', { name })).toBeVisible();
  await expect.poll(() => received).toBeGreaterThan(0);
  await expectNoSeriousAxe(page);

  for (const path of ['/settings/payloads', '/settings/retention']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectNoSeriousAxe(page);
  }
  await page.goto('/trail/verification');
  await expect(page.getByText('Version 1', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Prove', exact: true }).click();
  await expect(page.getByText('Consistent, checked by this browser')).toBeVisible();
  await expectNoSeriousAxe(page);
  receiver.close();
  receiver.closeAllConnections();
});
