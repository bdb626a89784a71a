import { readFile } from 'node:fs/promises';
import { type ConsoleApi, consoleApi, itemsOf } from './support/console-api';
import { type Demo, memberOf } from './support/demo';
import { expect, test } from './support/fixtures';
import { uniqueWord } from './support/refunds';

/** An agent in one role with two permissions, sponsored by an approver. */
async function reviewedAgent(demo: Demo, admin: ConsoleApi) {
  const word = uniqueWord();
  const made = async (path: string, body: unknown) => {
    const answer = await admin('POST', path, body);
    if (answer.status > 201) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return String(answer.body.id);
  };
  const { email } = memberOf(demo, 'approver');
  const members = await itemsOf<{ id: string; email: string; name: string }>(
    admin,
    '/api/members?limit=200',
  );
  const sponsor = members.find((one) => one.email === email);
  const types = await itemsOf<{ id: string; key: string }>(admin, '/api/action-types?limit=200');
  const typeOf = (key: string) => types.find((one) => one.key === key)?.id;
  const role = `reviewed-${word}`;
  const roleId = await made('/api/roles', { name: role });
  for (const key of ['orders.read', 'refunds.create']) {
    await made('/api/permissions', { roleId, actionTypeId: typeOf(key), tier: 3 });
  }
  const agent = `agent-${word}`;
  const id = await made('/api/agents', {
    ...{ name: agent, purpose: 'Is looked at in a journey.', model: 'scripted-1' },
    ...{ environment: 'production', clearance: 'Internal', sponsorId: sponsor?.id },
  });
  await admin('POST', `/api/agents/${id}/roles`, { roleId });
  return { word, agent, role, id, roleId, sponsor: sponsor?.name ?? '' };
}

test('starts an access review; the sponsor confirms and removes; the evidence says so', async ({
  page,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  const admin = consoleApi(demo, 'admin');
  const { word, agent, role, roleId, sponsor } = await reviewedAgent(demo, admin);
  const name = `Review ${word}`;

  await signIn(page, 'admin');
  await page.goto('/access-reviews');
  await page.getByRole('button', { name: 'New access review' }).first().click();
  const form = page.getByRole('dialog', { name: 'New access review' });
  await form.getByRole('textbox', { name: 'Name' }).fill(name);
  await form.getByRole('radio', { name: /^Chosen agents/ }).click();
  await form.getByRole('combobox', { name: 'Which agents' }).click();
  await page.keyboard.type(agent);
  await page.getByRole('option', { name: agent }).click();
  await page.keyboard.press('Escape');
  await expect(form.getByText('3 items for 1 reviewer')).toBeVisible();
  await expect(form.getByText(sponsor)).toBeVisible();
  await expectNoSeriousAxe(page);
  await form.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  const address = page.url();
  // An admin who does not sponsor the agent decides nothing of it.
  const section = page.getByRole('region', { name: `${agent} in ${role}` });
  const item = (what: string) => section.getByRole('listitem').filter({ hasText: what });
  await expect(
    item('orders.read').getByRole('button', { name: 'Confirm', exact: true }),
  ).toBeDisabled();
  await expectNoSeriousAxe(page);

  await page.context().clearCookies();
  await signIn(page, 'approver');
  await page.goto(address);
  await expect(page.getByText('3 items for you to decide')).toBeVisible();
  await item('orders.read').getByRole('button', { name: 'Confirm', exact: true }).click();
  await expect(item('orders.read')).toContainText(`by ${sponsor}`);
  await item('refunds.create').getByRole('button', { name: 'Remove…' }).click();
  const removal = page.getByRole('dialog', { name: `Remove refunds.create from ${agent}` });
  await removal.getByRole('textbox', { name: 'Reason' }).fill(`Not needed, says ${word}`);
  await expectNoSeriousAxe(page);
  await removal.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(removal).toBeHidden();
  await expect(item('refunds.create')).toContainText(`“Not needed, says ${word}”`);
  await item('The role itself').getByRole('button', { name: 'Confirm', exact: true }).click();
  await expect(page.getByText('3 of 3')).toBeVisible();
  await expectNoSeriousAxe(page);
  // It is in no other agent's role, so it is gone at once; the other stays.
  const left = await itemsOf<{ actionType: { key: string } }>(
    admin,
    `/api/permissions?role=${roleId}`,
  );
  expect(left.map(({ actionType }) => actionType.key)).toEqual(['orders.read']);

  await page.context().clearCookies();
  await signIn(page, 'auditor');
  await page.goto(address);
  await page.getByRole('button', { name: 'Evidence' }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'As CSV' }).click();
  const file = await (await downloading).path();
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.includes(agent));
  expect(lines).toHaveLength(3);
  const line = (what: string) => lines.find((one) => one.includes(what)) ?? '';
  expect(line('orders.read')).toContain('confirm');
  expect(line('refunds.create')).toContain('remove');
  expect(line('refunds.create')).toContain(`Not needed, says ${word}`);
  expect(lines.every((one) => one.includes(sponsor))).toBe(true);

  await page.context().clearCookies();
  await signIn(page, 'admin');
  await page.goto(address);
  await page.getByRole('button', { name: 'Close…' }).click();
  const closing = page.getByRole('dialog', { name: `Close ${name}` });
  await closing.getByRole('textbox', { name: 'Reason' }).fill('Everything is decided');
  await closing.getByRole('button', { name: 'Close', exact: true }).last().click();
  await expect(closing).toBeHidden();
  await expect(page.getByText('Everything is decided')).toBeVisible();
  await page.goto('/access-reviews?state=closed');
  await expect(page.getByRole('link', { name: new RegExp(name) })).toBeVisible();
});
