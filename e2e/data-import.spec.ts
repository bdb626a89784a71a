import { consoleApi, itemsOf } from './support/console-api';
import { expect, test } from './support/fixtures';
import { uniqueWord } from './support/refunds';

interface Asset {
  id: string;
  name: string;
}
interface Field {
  name: string;
  classification: string;
  handling: string;
}

const column = (table: string, name: string, type: string) => ({
  ...{ table_schema: 'public', table_name: table, column_name: name, data_type: type },
});

test('imports a PostgreSQL schema: what is proposed holds once a person confirms it', async ({
  page,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  const table = `people_${uniqueWord()}`;
  const columns = [
    column(table, 'email', 'text'),
    column(table, 'password_hash', 'text'),
    column(table, 'shelf', 'integer'),
  ];
  const admin = consoleApi(demo, 'admin');
  const found = async () =>
    (await itemsOf<Asset>(admin, `/api/data-assets?q=${table}`)).filter(({ name }) =>
      name.includes(table),
    );

  await signIn(page, 'admin');
  await page.goto('/classification');
  await page.getByRole('button', { name: 'Import…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import a schema' });
  await dialog.getByRole('textbox', { name: 'Columns' }).fill('[{');
  await dialog.getByRole('button', { name: 'Propose' }).click();
  await expect(dialog.getByText(/^The schema is not JSON/)).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Columns' }).fill(JSON.stringify(columns));
  await expectNoSeriousAxe(page);
  await dialog.getByRole('button', { name: 'Propose' }).click();
  await expect(dialog.getByText('3 fields in 1 data asset.')).toBeVisible();
  const level = (name: string) =>
    dialog.getByRole('combobox', { name: `Classification of ${name}` });
  await expect(level('email')).toContainText('Confidential');
  await expect(level('password_hash')).toContainText('Restricted');
  await expectNoSeriousAxe(page);
  // Nothing is stored before it is confirmed.
  expect(await found()).toEqual([]);

  await level('email').click();
  await page.getByRole('option', { name: 'Restricted' }).click();
  await dialog.getByRole('checkbox', { name: /^shelf/ }).click();
  await dialog.getByRole('button', { name: 'Confirm 2 fields' }).click();
  await expect(page.getByRole('heading', { level: 1, name: new RegExp(table) })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('password_hash');
  await expectNoSeriousAxe(page);

  const [asset] = await found();
  const { body } = await admin('GET', `/api/data-assets/${asset?.id}`);
  const fields = (body.fields as Field[]).map(({ name, classification }) => [name, classification]);
  expect(fields.toSorted()).toEqual([
    ['email', 'Restricted'],
    ['password_hash', 'Restricted'],
  ]);
});

test('imports a JSON Schema, and shows an auditor why they may not', async ({
  page,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  const title = `Invoice ${uniqueWord()}`;
  const document = {
    title,
    type: 'object',
    properties: { iban: { type: 'string' }, total: { type: 'number' } },
  };
  await signIn(page, 'admin');
  await page.goto('/classification');
  await page.getByRole('button', { name: 'Import…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import a schema' });
  await dialog.getByRole('radio', { name: /^JSON Schema/ }).click();
  await dialog.getByRole('textbox', { name: 'Schema', exact: true }).fill(JSON.stringify(document));
  await dialog.getByRole('button', { name: 'Propose' }).click();
  await expect(dialog.getByText('2 fields in 1 data asset.')).toBeVisible();
  await dialog.getByRole('button', { name: /^Confirm \d fields?$/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  const assets = await itemsOf<Asset>(consoleApi(demo, 'admin'), '/api/data-assets?limit=200');
  expect(assets.map(({ name }) => name)).toContain(title);

  await page.context().clearCookies();
  await signIn(page, 'auditor');
  await page.goto('/classification');
  await expect(page.getByRole('button', { name: 'Import…' })).toBeDisabled();
  await expectNoSeriousAxe(page);
});
