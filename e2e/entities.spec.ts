import { consoleApi } from './support/console-api';
import { expect, test } from './support/fixtures';
import { uniqueWord } from './support/refunds';

test('keeps entities of declared types, and says by field what is not as declared', async ({
  page,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  const word = uniqueWord();
  const admin = consoleApi(demo, 'admin');
  const { body } = await admin('GET', '/api/cedar-schema');
  const before = String(body.text);
  const types = `entity team_${word}; entity user_${word} in [team_${word}] { level: Long, from?: ipaddr, vip?: Bool, tags?: Set<String> };`;
  const declared = await admin('POST', '/api/cedar-schema', { text: `${before}\n${types}\n` });
  expect(declared.status).toBe(200);

  await signIn(page, 'admin');
  await page.goto('/policies/cedar');
  await page.getByRole('link', { name: 'Entities' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Entities' })).toBeVisible();
  await page.getByRole('button', { name: 'New entity' }).first().click();
  const form = page.getByRole('dialog', { name: 'New entity' });
  await form.getByRole('combobox', { name: 'Type' }).click();
  await page.getByRole('option', { name: `user_${word}` }).click();
  await form.getByRole('textbox', { name: 'Id', exact: true }).fill(`alice ${word}`);
  await form.getByRole('textbox', { name: 'level' }).fill('high');
  await form.getByRole('button', { name: 'Add a parent' }).click();
  await form.getByRole('textbox', { name: 'Id of parent 1' }).fill('blue');
  await form.getByRole('button', { name: 'Add entity' }).click();
  await expect(form.getByText('must be a whole number', { exact: true })).toBeVisible();
  await expectNoSeriousAxe(page);
  await form.getByRole('textbox', { name: 'level' }).fill('3');
  await form.getByRole('textbox', { name: 'tags' }).fill('["a"');
  await expect(form.getByText('must be a list of text, as JSON')).toBeVisible();
  await form.getByRole('textbox', { name: 'tags' }).fill('["a", "b"]');
  await form.getByRole('button', { name: 'Add entity' }).click();
  await expect(form).toBeHidden();

  await page.getByRole('searchbox').fill(`alice ${word}`);
  await expect(page).toHaveURL(/[?&]q=alice/);
  const row = page.getByRole('main').getByRole('button', { name: `alice ${word}` });
  await expect(row).toBeVisible();
  await expect(page.getByText(/tags \["a","b"\], level 3/).first()).toBeVisible();
  await expectNoSeriousAxe(page);
  await row.click();
  const edit = page.getByRole('dialog', { name: `alice ${word}` });
  await edit.getByRole('textbox', { name: 'level' }).fill('4');
  await edit.getByRole('button', { name: 'Save' }).click();
  await expect(edit).toBeHidden();
  await expect(page.getByText(/level 4/).first()).toBeVisible();

  await page.context().clearCookies();
  await signIn(page, 'auditor');
  await page.goto(`/policies/cedar/entities?q=${word}`);
  await expect(page.getByRole('button', { name: 'New entity' })).toBeDisabled();
  await row.click();
  await expect(edit.getByRole('textbox', { name: 'level' })).toBeDisabled();
  await expect(edit.getByRole('button', { name: 'Save' })).toBeDisabled();
  await expectNoSeriousAxe(page);

  await page.context().clearCookies();
  await signIn(page, 'admin');
  await page.goto(`/policies/cedar/entities?q=${word}`);
  await row.click();
  await edit.getByRole('button', { name: 'Remove…' }).click();
  const removal = page.getByRole('dialog', { name: `Remove alice ${word}` });
  await expect(removal).toContainText('does not apply to it');
  await expectNoSeriousAxe(page);
  await removal.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(removal).toBeHidden();
  await expect(page.getByText('No entity matches')).toBeVisible();
  await admin('POST', '/api/cedar-schema', { text: before });
});

test('sets a tier floor of one environment, and sees what the others inherit', async ({
  page,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  const admin = consoleApi(demo, 'admin');
  await signIn(page, 'admin');
  await page.goto('/settings');
  const select = (name: string) => page.getByRole('combobox', { name });
  await expect(select('Irreversible actions')).toContainText('3, gated');
  await select('Floors of').click();
  await page.getByRole('option', { name: 'Staging' }).click();
  await expect(select('Irreversible actions')).toContainText('The workspace’s (3, gated)');
  await select('Irreversible actions').click();
  await page.getByRole('option', { name: '2, supervised' }).click();
  await expect(page.getByText('Floors of their own: staging (irreversible 2).')).toBeVisible();
  await page.getByRole('button', { name: 'Save settings' }).click();
  await expect(page.getByText('Settings saved')).toBeVisible();
  await expectNoSeriousAxe(page);
  const floors = async () => {
    const { body } = await admin('GET', '/api/workspace');
    return (body.settings as { tierFloors: { environments: object } }).tierFloors;
  };
  expect(await floors()).toMatchObject({ environments: { staging: { irreversible: 2 } } });

  await page.goto('/policies');
  await expect(
    page.getByText(/The floor of irreversible actions in staging is tier 2/).first(),
  ).toBeVisible();
  await admin('PATCH', '/api/workspace', {
    settings: { tierFloors: { ...(await floors()), environments: {} } },
  });
});
