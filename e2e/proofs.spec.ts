import { writeFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { addAuthenticator } from './support/authenticator';
import { run } from './support/beside';
import { consoleApi } from './support/console-api';
import { type Demo, memberOf } from './support/demo';
import { expect, fillSignIn, test } from './support/fixtures';
import { type SigningWorld, signingWorld } from './support/signing-world';

let world: SigningWorld;

test.beforeEach(async ({ demo }) => {
  world = await signingWorld(demo);
});

test.afterEach(async () => {
  await world.clean();
});

/** Held actions of the world's agent that are signed in this way. */
async function signedBy(demo: Demo, signing: string, count: number) {
  const group = `Signers ${world.word}`;
  const id = await world.group(group, memberOf(demo, 'approver').email);
  await world.route(`Route ${world.word}`, { needs: [{ group: id, count: 1 }], signing });
  const held = [];
  for (let n = 0; n < count; n += 1) held.push(await world.hold(group));
  return held;
}

/** Answers who this is by the password. */
async function confirmBy(page: Page, password: string): Promise<void> {
  const confirm = page.getByRole('dialog', { name: 'Confirm that it is you' });
  await confirm.getByLabel('Your password').fill(password);
  await confirm.getByRole('button', { name: 'Confirm' }).click();
  await expect(confirm).toBeHidden();
}

test('approves with a fresh proof of who it is, asked for once in five minutes', async ({
  page,
  demo,
  browser,
  expectNoSeriousAxe,
}) => {
  const [first, second] = await signedBy(demo, 'step_up', 2);
  const member = memberOf(demo, 'approver');
  // A session of its own: nothing was proved in it yet.
  const context = await browser.newContext({ viewport: page.viewportSize() });
  const own = await context.newPage();
  await own.goto(`${demo.console}/sign-in`);
  await fillSignIn(own, member.email, member.password);
  await expect(own.getByRole('main')).toBeVisible();
  await expect(own.getByLabel('Password', { exact: true })).toHaveCount(0);
  await own.goto(`${demo.console}/approvals/${first?.id}`);
  const card = own.getByRole('article');
  await card.getByRole('button', { name: /^Approve/ }).click();
  await expect(own.getByText('To sign this action. It counts for 5 minutes')).toBeVisible();
  await expectNoSeriousAxe(own);
  expect((await first?.agent.read(first.id))?.body).toMatchObject({ status: 'pending' });
  await confirmBy(own, member.password);
  await expect(card.getByRole('status').getByText('Succeeded')).toBeVisible();

  await own.goto(`${demo.console}/approvals/${second?.id}`);
  await card.getByRole('button', { name: /^Approve/ }).click();
  await expect(card.getByRole('status').getByText('Succeeded')).toBeVisible();
  const { body } = await consoleApi(demo, 'auditor')('GET', `/api/approvals/${second?.id}`);
  expect(body.signatures).toMatchObject([{ signing: 'step_up', counts: true }]);
  await context.close();
});

test('approves by a passkey, which the export proves to anyone', async ({
  page,
  demo,
  expectNoSeriousAxe,
}, info) => {
  const [held, other] = await signedBy(demo, 'passkey', 2);
  const member = memberOf(demo, 'approver');
  const there = demo.console.replace('127.0.0.1', 'localhost');
  await page.goto(`${there}/sign-in`);
  await fillSignIn(page, member.email, member.password);
  await expect(page.getByRole('main')).toBeVisible();
  await expect(page.getByLabel('Password', { exact: true })).toHaveCount(0);
  await page.goto(`${there}/approvals/${held?.id}`);
  const card = page.getByRole('article');
  const approve = card.getByRole('button', { name: /^Approve/ });
  await approve.click();
  await expect(card.getByText('You have no passkey yet.')).toBeVisible();
  await expectNoSeriousAxe(page);

  await page.goto(`${there}/settings?tab=security`);
  await addAuthenticator(page);
  await page.getByRole('button', { name: 'Add passkey' }).click();
  await confirmBy(page, member.password);
  const add = page.getByRole('dialog', { name: 'Add a passkey' });
  await add.getByLabel('Name').fill(world.word);
  await add.getByRole('button', { name: 'Add passkey' }).click();
  await expect(page.getByRole('list', { name: 'Passkeys' })).toContainText(world.word);

  await page.goto(`${there}/approvals/${held?.id}`);
  const sent = page.waitForRequest((request) => request.url().endsWith(`${held?.id}/approve`));
  await approve.click();
  await expect(card.getByRole('status').getByText('Succeeded')).toBeVisible();
  const { assertion } = (await sent).postDataJSON();
  const auditor = consoleApi(demo, 'auditor');
  const { body } = await auditor('GET', `/api/approvals/${held?.id}`);
  expect(body.signatures).toMatchObject([{ signing: 'passkey', counts: true }]);

  // The same assertion says nothing of another action.
  const again = await consoleApi(demo, 'approver')('POST', `/api/approvals/${other?.id}/approve`, {
    assertion,
  });
  expect(again).toMatchObject({ status: 403, body: { code: 'passkey_refused' } });
  expect((await other?.agent.read(other.id))?.body).toMatchObject({ status: 'pending' });

  const found = `/api/trail/events?type=approval.approved&action=${held?.id}`;
  await expect.poll(async () => (await auditor('GET', found)).body.items).toHaveLength(1);
  const file = info.outputPath('trail.ndjson');
  const answer = await fetch(`${demo.console}/api/trail/export?format=ndjson`, {
    headers: { authorization: `Bearer ${memberOf(demo, 'auditor').token}` },
  });
  await writeFile(file, Buffer.from(await answer.arrayBuffer()));
  const verified = await run('npx', ['--no', 'countersign', 'verify', file]);
  expect(verified.text).toMatch(/Signed by passkey: \d+ approvals?\./);
  expect(verified.code).toBe(0);

  await page.goto(`${there}/settings?tab=security`);
  await page.getByRole('button', { name: `Actions for ${world.word}` }).click();
  await page.getByRole('menuitem', { name: 'Remove…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('No passkeys')).toBeVisible();
});
