import { expect, test } from './support/fixtures';
import { callsFor } from './support/order-service';
import { holdRefund } from './support/refunds';

test('asks the agent, which answers by its long-poll; makes the amount smaller, and that runs', async ({
  page,
  demo,
  signIn,
  expectNoSeriousAxe,
}) => {
  const held = await holdRefund(demo);
  await signIn(page, 'approver');
  await page.goto(`/approvals/${held.id}`);
  const card = page.getByRole('article', { name: held.sentence });
  await expect(
    card.getByText('as read by orders.read').or(card.getByText(/own words/)),
  ).toBeVisible();
  await expectNoSeriousAxe(page);

  // The agent's program waits; the question ends its wait.
  const heard = held.agent.read(held.id, 60);
  await card.getByRole('button', { name: /^Ask the agent/ }).click();
  const ask = page.getByRole('dialog', { name: 'Ask the agent' });
  await ask.getByRole('textbox', { name: /^Question/ }).fill(`How much is due? (${held.word})`);
  await expectNoSeriousAxe(page);
  await ask.getByRole('button', { name: 'Ask' }).click();
  await expect(ask).toBeHidden();
  await expect(card).toContainText('The agent has not answered yet.');
  const { body } = await heard;
  expect(body).toMatchObject({
    status: 'pending',
    question: { text: `How much is due? (${held.word})` },
  });
  const { id: question } = body.question as { id: string };
  const answered = await held.agent.answer(held.id, question, `Only 120.50 (${held.word})`);
  expect(answered).toMatchObject({ status: 200, body: { status: 'pending' } });
  await expect(card).toContainText(`Only 120.50 (${held.word})`);
  expect((await held.agent.answer(held.id, question, 'More')).status).toBe(409);

  await card.getByRole('button', { name: /^Make smaller/ }).click();
  const narrow = page.getByRole('dialog', { name: 'Make it smaller' });
  const amount = narrow.getByRole('textbox', { name: 'Amount' });
  await amount.fill('9999');
  await narrow.getByRole('button', { name: 'Make smaller' }).click();
  await expect(narrow).toContainText('must not be above');
  await expect(amount).toHaveValue('9999');
  await amount.fill('120.5');
  await expectNoSeriousAxe(page);
  await narrow.getByRole('button', { name: 'Make smaller' }).click();
  await expect(narrow).toBeHidden();

  const smaller = page.getByRole('article', {
    name: 'Refund $120.50 on order 4821 of customer C-20931',
  });
  await expect(smaller).toContainText(held.sentence);
  await expect(smaller).toContainText('Made smaller by Lena Brandt');
  await expectNoSeriousAxe(page);
  const end = held.agent.end(held.id);
  await smaller.getByRole('button', { name: /^Approve/ }).click();
  await expect(smaller.getByRole('status').getByText('Succeeded')).toBeVisible();
  const { body: ran } = await end;
  expect(ran).toMatchObject({ status: 'succeeded', parameters: { amount: 120.5 } });
  expect(JSON.stringify(ran.result)).toContain('120.5');
  expect(await callsFor(held.id)).toEqual({ total: 1, effects: 1 });
});
