import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { inside, run } from './support/beside';
import { consoleApi } from './support/console-api';
import { expect, test } from './support/fixtures';
import { uniqueWord } from './support/refunds';

/** The day of 2018 that the event lies in, among a hundred thousand of that year. */
const DAY = { from: '2018-02-19T00:00:00Z', to: '2018-02-20T00:00:00Z' };
const ON_DAY = `from=${encodeURIComponent(DAY.from)}&to=${encodeURIComponent(DAY.to)}`;
const PER_DAY = 1_000;

async function exportAs(page: Page, format: RegExp): Promise<string> {
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('radio', { name: format }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download now' }).click();
  return (await downloading).path();
}

const linesOf = (file: string): string[] => readFileSync(file, 'utf8').trimEnd().split('\n');

test('an auditor finds one refund among a hundred thousand events, proves it, takes its day away and holds it', async ({
  page,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  test.setTimeout(600_000);
  const word = uniqueWord();
  await inside({ task: 'fill', workspace: demo.workspace, word });
  const auditor = consoleApi(demo, 'auditor');

  await test.step('found by text and amount', async () => {
    await signIn(page, 'auditor');
    await page.goto('/trail');
    const search = page.getByRole('searchbox', { name: /^Search words/ });
    await search.fill(`${word} "412.07"`);
    await expect(page.getByRole('link', { name: /^refunds\.create held/ })).toHaveCount(1);
    await expectNoSeriousAxe(page);
    await page.getByRole('link', { name: /^refunds\.create held/ }).click();
  });

  await test.step('its proof holds, and its payload stays closed', async () => {
    await expect(page.getByText('In the log, checked by this browser')).toBeVisible();
    await expect(page.getByText(/Sealed under/).first()).toBeVisible();
    const read = page.getByRole('button', { name: /^Read payload/ });
    await expect(read).toBeDisabled();
    const id = new URL(page.url()).pathname.split('/').at(-1);
    const refused = await auditor('POST', `/api/trail/events/${id}/payload`, { reason: 'to see' });
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    const shown = await auditor('GET', `/api/trail/events/${id}`);
    expect(JSON.stringify(shown.body)).not.toContain('"amount"');
    await expectNoSeriousAxe(page);
  });

  await test.step('its day verifies with the command and on the page', async () => {
    await page.goto(`/trail?${ON_DAY}`);
    await expect(page.getByRole('heading', { name: /1,000 events/ })).toBeVisible();
    const ndjson = await exportAs(page, /^NDJSON/);
    expect(linesOf(ndjson)).toHaveLength(PER_DAY + 1);
    const verified = await run('npx', ['--no', 'countersign', 'verify', ndjson]);
    expect(verified.text).toContain('Included: each of the 1,000 events');
    expect(verified.code).toBe(0);

    await page.goto('/verify.html');
    await page.locator('#file').setInputFiles(ndjson);
    await expect(page.locator('#result')).toContainText('Verified');
    await expectNoSeriousAxe(page);

    await page.goto(`/trail?${ON_DAY}`);
    const ocsf = linesOf(await exportAs(page, /^OCSF/)).map((line) => JSON.parse(line));
    expect(ocsf).toHaveLength(PER_DAY);
    expect(new Set(ocsf.map((each) => each.class_uid))).toEqual(new Set([6003]));
  });

  await test.step('a legal hold keeps the day when the rest of its year expires', async () => {
    await page.goto(`/settings/retention?hold=new&${ON_DAY}`);
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('Claim 412, until it is settled');
    await dialog.getByRole('combobox', { name: 'Owner' }).click();
    await page.getByRole('option').first().click();
    await expectNoSeriousAxe(page);
    await dialog.getByRole('button', { name: 'Place the hold' }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByText('Claim 412, until it is settled')).toBeVisible();
    // Nothing is removed from a log that has not been found sound.
    const sound = await auditor('POST', '/api/trail/verify', {});
    expect(sound).toMatchObject({ status: 200, body: { status: 'ok' } });
    await inside({ task: 'retain', workspace: demo.workspace });

    const count = async (filters: string) =>
      (await auditor('GET', `/api/trail/count?${filters}`)).body['count'];
    await expect.poll(() => count('to=2019-01-01')).toBe(PER_DAY);
    expect(await count(ON_DAY)).toBe(PER_DAY);
    await page.goto(`/trail?q=${word}`);
    await page.getByRole('link', { name: /^refunds\.create held/ }).click();
    await expect(page.getByText('In the log, checked by this browser')).toBeVisible();
    const finding = await auditor('POST', '/api/trail/verify', {});
    expect(finding).toMatchObject({ status: 200, body: { status: 'ok' } });

    await page.goto('/trail');
    const left = await exportAs(page, /^NDJSON/);
    const verified = await run('npx', ['--no', 'countersign', 'verify', left]);
    expect(verified.text).toMatch(/Included: each of the [\d,]+ events/);
    expect(verified.code).toBe(0);
  });
});
