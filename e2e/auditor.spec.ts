import { readFileSync } from 'node:fs';
import { consoleApi, itemsOf } from './support/console-api';
import { expect, test } from './support/fixtures';
import { leafHash, rootOfInclusion } from './support/inclusion';
import { holdRefund } from './support/refunds';

type TrailEvent = { id: string; type: string; session?: string; action?: string };
type Proof = { index: number; size: number; proof: string[]; checkpoint: string };

/** An export's line has the event's own bytes between these two. */
const LINE =
  /^\{"event":(?<bytes>\{.*\}),"index":(?<index>\d+),"proof":\{"path":\[.*\],"size":\d+\}\}$/;

test('finds an approved action, reads its story, proves it and takes it away', async ({
  page,
  demo,
  signIn,
  isMobile,
  expectNoSeriousAxe,
}) => {
  const held = await holdRefund(demo);
  const approve = `/api/approvals/${held.id}/approve`;
  expect((await consoleApi(demo, 'approver')('POST', approve, {})).status).toBe(200);
  expect((await held.agent.end(held.id)).body).toMatchObject({ status: 'succeeded' });
  const auditor = consoleApi(demo, 'auditor');
  const story = async () => {
    const items = await itemsOf<TrailEvent>(auditor, `/api/trail/actions/${held.id}`);
    return items?.map(({ type }) => type) ?? [];
  };
  await expect.poll(story).toContain('action.succeeded');
  const telling = ['session.started', 'action.decided', 'approval.approved', 'action.succeeded'];
  expect((await story()).filter((type) => telling.includes(type))).toEqual(telling);

  await signIn(page, 'auditor');
  await page.goto('/trail');
  // On a phone the filters are laid out anew once the page has taken over.
  if (isMobile) await page.getByRole('button', { name: /^Filters/ }).click();
  const [{ id, name } = { id: '', name: '' }] = demo.agents;
  await page.getByRole('combobox', { name: 'Agent: Any agent' }).click();
  await page.getByPlaceholder('Type to narrow…').fill(name);
  await page.getByRole('option', { name }).click();
  await expect(page.getByRole('combobox', { name: `Agent: ${name}` })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`[?&]agent=${id}`));
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await expect(page).not.toHaveURL(/agent=/);
  await page.getByRole('searchbox', { name: /^Search words/ }).fill(held.word);
  await expect(page).toHaveURL(new RegExp(`[?&]q=${held.word}`));
  await page.getByRole('combobox', { name: /^Outcome/ }).click();
  await page.getByRole('option', { name: 'Held' }).click();
  await expect(page).toHaveURL(/[?&]outcome=hold/);
  const found = page.getByRole('link', { name: /^refunds\.create held/ });
  await expect(found).toHaveCount(1);
  await expectNoSeriousAxe(page);

  await found.click();
  await page.getByRole('link', { name: 'The action’s whole story' }).click();
  const steps = page.getByRole('list', { name: 'The action’s story' });
  await expect(steps.getByRole('link')).toContainText([
    'Session started',
    'refunds.create held',
    'refunds.create approved',
    'refunds.create succeeded',
  ]);
  await expectNoSeriousAxe(page);

  await steps.getByRole('link', { name: 'refunds.create succeeded' }).click();
  await expect(page.getByText('In the log, checked by this browser')).toBeVisible();
  await expectNoSeriousAxe(page);

  await page.goto(`/trail?action=${held.id}`);
  await expect(page.getByRole('link', { name: /^refunds\.create succeeded/ })).toBeVisible();
  await page.getByRole('button', { name: 'Export' }).click();
  await expect(page.getByRole('radio', { name: /NDJSON/ })).toBeChecked();
  await expectNoSeriousAxe(page);
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download now' }).click();
  const download = await downloading;
  const lines = readFileSync(await download.path(), 'utf8')
    .trimEnd()
    .split('\n');
  expect(lines.pop()).toMatch(/^\{"manifest":.*"complete":false/);
  const own = await itemsOf<TrailEvent>(auditor, `/api/trail/events?action=${held.id}`);
  expect(lines).toHaveLength(own.length);
  for (const line of lines) {
    const { bytes = '', index } = LINE.exec(line)?.groups ?? {};
    const event = JSON.parse(bytes) as TrailEvent;
    expect(event.action).toBe(held.id);
    const { body } = await auditor('GET', `/api/trail/events/${event.id}/proof`);
    const view = body as Proof;
    expect(view.index).toBe(Number(index));
    const siblings = view.proof.map((each) => Buffer.from(each, 'base64'));
    const root = rootOfInclusion(leafHash(bytes), view.index, view.size, siblings);
    const [, size, signed] = view.checkpoint.split('\n');
    expect([Number(size), signed]).toEqual([view.size, root?.toString('base64')]);
  }

  await page.goto('/trail');
  await page.getByRole('button', { name: 'Verify now' }).click();
  await expect(page.getByText(/events? verified/)).toBeVisible();
  await expect(page.getByText(/^Verified to/)).toBeVisible();
  await expectNoSeriousAxe(page);

  // Its card says no more than the trail does: what is sealed there is not shown here.
  await page.goto(`/approvals/${held.id}`);
  const card = page.getByRole('article');
  await expect(card).toContainText(held.word);
  await expect(card).toContainText('Confidential: shown to approvers');
  await expect(card.getByRole('status').getByText('Succeeded')).toBeVisible();
  await expect(card).not.toContainText('Espresso machine');
  await expectNoSeriousAxe(page);
});

test('cannot change what a role allows, in the browser or by the API', async ({
  page,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  await signIn(page, 'auditor');
  await page.goto('/roles');
  await page.getByRole('link', { name: /^refunds/ }).click();
  const edit = page.getByRole('button', { name: 'Edit refunds.create' });
  await expect(edit).toBeDisabled();
  await expect(edit).toHaveAccessibleDescription('Only an admin changes roles and permissions.');
  await expectNoSeriousAxe(page);

  const api = consoleApi(demo, 'auditor');
  const role = new URL(page.url()).pathname.split('/').at(-1);
  const before = await itemsOf<{ id: string }>(api, `/api/permissions?role=${role}`);
  const refused = await api('PATCH', `/api/permissions/${before[0]?.id}`, {
    tier: 1,
    ladder: null,
  });
  expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  expect(await itemsOf(api, `/api/permissions?role=${role}`)).toEqual(before);
});
