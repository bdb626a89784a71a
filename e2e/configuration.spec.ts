import { consoleApi, itemsOf } from './support/console-api';
import { expect, test } from './support/fixtures';
import { uniqueWord } from './support/refunds';

test('writes a policy by hand, is told what is wrong, and keeps what is right', async ({
  page,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  const name = `no-${uniqueWord()}`;
  await signIn(page, 'admin');
  await page.goto('/policies');
  await page.getByRole('link', { name: 'Cedar policies' }).click();
  await page.getByRole('button', { name: 'New policy' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  const text = page.getByRole('textbox', { name: 'Cedar policies' });
  const write = async (policy: string) => {
    await text.click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText(policy);
  };
  await write('forbid (principal is Agent, action, resource)\nwhen { principal.nmae == "x" };');
  await expect(page.getByRole('list', { name: 'Problems' })).toContainText('Line 2');
  await expect(page.getByRole('button', { name: 'Save', exact: true })).toBeDisabled();
  await expectNoSeriousAxe(page);

  // What is not saved is not lost by a link or a command.
  const leaving = page.getByRole('dialog', { name: 'Leave without saving the new policy?' });
  const goOn = leaving.getByRole('button', { name: 'Go on editing' });
  await page.getByRole('main').getByRole('link', { name: 'Policies', exact: true }).click();
  await expect(leaving).toBeVisible();
  await expectNoSeriousAxe(page);
  await goOn.click();
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('dialog', { name: 'Search and commands' }).waitFor();
  await page.keyboard.insertText('Compliance');
  await page.getByRole('option', { name: 'Compliance' }).first().click();
  await goOn.click();
  await expect(leaving).toBeHidden();
  await expect(text).toContainText('principal.nmae');

  await write(
    `forbid (principal is Agent, action, resource)\nwhen { principal.name == "${name}" };`,
  );
  await expect(page.getByRole('list', { name: 'Problems' })).toBeHidden();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('main').getByText(name, { exact: true }).first()).toBeVisible();
  await page.getByRole('button', { name, exact: true }).click();
  await write('permit (principal is Agent, action, resource);');
  await page.getByRole('main').getByRole('link', { name: 'Policies', exact: true }).click();
  await page
    .getByRole('dialog', { name: `Leave without saving ${name}?` })
    .getByRole('button', { name: 'Leave', exact: true })
    .click();
  await expect(page).toHaveURL(/\/policies$/);
  await expect(page.getByText(new RegExp(name)).first()).toBeVisible();

  // Another width finds the workspace as this one did.
  const admin = consoleApi(demo, 'admin');
  const policies = await itemsOf<{ id: string; name: string; text: string }>(
    admin,
    '/api/cedar-policies',
  );
  const made = policies.find((policy) => policy.name === name);
  expect(made?.text).toMatch(/^forbid/);
  expect((await admin('DELETE', `/api/cedar-policies/${made?.id}`)).status).toBe(200);
});

test('makes an agent of a template after reading what that changes', async ({
  page,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  const name = `summary-${uniqueWord()}`;
  await signIn(page, 'admin');
  await page.goto('/agents');
  await page.getByRole('link', { name: 'Templates' }).click();
  await expectNoSeriousAxe(page);
  await page.getByRole('link', { name: /^Document summary/ }).click();
  await expect(page.getByRole('heading', { level: 2, name: 'Threat model' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await page.getByRole('textbox', { name: 'Model' }).fill('scripted 1');
  await page.getByRole('combobox', { name: 'Tool' }).click();
  await page.getByRole('option', { name: /^order-service/ }).click();
  await page.getByRole('button', { name: 'Show what it changes' }).click();
  await expect(page.getByRole('list', { name: 'Changes' })).toContainText(
    `The agent ${name} is made`,
  );
  await expectNoSeriousAxe(page);
  await page.getByRole('button', { name: 'Make the agent' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Agents' })).toBeVisible();
  const admin = consoleApi(demo, 'admin');
  const agents = await itemsOf<{ name: string; state: string }>(admin, `/api/agents?q=${name}`);
  expect(agents).toMatchObject([{ name, state: 'draft' }]);
});
