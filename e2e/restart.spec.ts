import { consoleApi, itemsOf } from './support/console-api';
import { memberOf } from './support/demo';
import { expect, fillSignIn, test } from './support/fixtures';
import { restartProduct } from './support/product';
import { callsFor } from './support/order-service';
import { holdRefund } from './support/refunds';
import { signingWorld } from './support/signing-world';

test('a stop and a start later everything is there', async ({ page, demo }) => {
  test.setTimeout(240_000);
  const held = await holdRefund(demo);
  // Two more waits, each half done: a question that is not answered yet, and one signature of two.
  const asked = await holdRefund(demo);
  const approver = consoleApi(demo, 'approver');
  const text = `How much is due? (${asked.word})`;
  expect(
    (await approver('POST', `/api/approvals/${asked.id}/ask`, { question: text })).status,
  ).toBe(200);
  const world = await signingWorld(demo);
  const group = `Signers ${world.word}`;
  const emails = [0, 1].map((which) => memberOf(demo, 'approver', which).email);
  const needs = [{ group: await world.group(group, ...emails), count: 2 }];
  await world.route(`Route ${world.word}`, { needs });
  const half = await world.hold(group);
  const sign = (which: number) =>
    consoleApi(demo, 'approver', which)('POST', `/api/approvals/${half.id}/approve`, {
      reason: '',
    });
  expect(await sign(0)).toMatchObject({ status: 200, body: { status: 'pending' } });
  const auditor = consoleApi(demo, 'auditor');
  const storyPath = `/api/trail/actions/${held.id}`;
  const story = async () => (await auditor('GET', storyPath)).body;
  await expect.poll(story).toMatchObject({ action: held.id });
  const told = await story();
  const agents = (await itemsOf<{ id: string }>(auditor, '/api/agents')).map(({ id }) => id);

  await restartProduct(demo);

  expect(await story()).toEqual(told);
  expect((await itemsOf<{ id: string }>(auditor, '/api/agents')).map(({ id }) => id)).toEqual(
    agents,
  );
  const { email, password } = memberOf(demo, 'approver');
  await page.goto('/');
  await fillSignIn(page, email, password);
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  await page.goto(`/approvals/${held.id}`);
  await page.getByRole('button', { name: /^Approve/ }).click();
  // The token outlives the gateway that gave it, and so does the wait for an answer.
  expect((await held.agent.end(held.id)).body).toMatchObject({ status: 'succeeded' });

  const { body } = await asked.agent.read(asked.id, 30);
  expect(body).toMatchObject({ status: 'pending', question: { text } });
  const { id: question } = body.question as { id: string };
  await asked.agent.answer(asked.id, question, `All of it (${asked.word})`);
  await page.goto(`/approvals/${asked.id}`);
  await expect(page.getByRole('article')).toContainText(`All of it (${asked.word})`);
  const end = asked.agent.end(asked.id);
  await page.getByRole('button', { name: /^Approve/ }).click();
  expect((await end).body).toMatchObject({ status: 'succeeded' });

  // Whose signature was given before signs no second time; the other's is the last.
  expect((await sign(0)).status).toBe(403);
  expect(await callsFor(half.id)).toEqual({ total: 0, effects: 0 });
  expect((await sign(1)).status).toBe(200);
  expect((await half.agent.end(half.id)).body).toMatchObject({ status: 'succeeded' });
  for (const { id } of [held, asked, half])
    expect(await callsFor(id)).toEqual({ total: 1, effects: 1 });
});
