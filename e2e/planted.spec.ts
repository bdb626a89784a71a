import { randomUUID } from 'node:crypto';
import { consoleApi, itemsOf } from './support/console-api';
import { type Demo, exampleOf } from './support/demo';
import { expect, test } from './support/fixtures';
import { callsFor } from './support/order-service';
import { holdRefund, refundHandler, uniqueWord } from './support/refunds';

/** Held refunds that were turned down, of two orders with evidence of each: what copies can be made of. */
async function turnedDown(demo: Demo): Promise<void> {
  const { agent } = await refundHandler(demo);
  const { request, session } = exampleOf(demo, 'tier3', 'refunds.create');
  const [evidence] = request.evidence as { content: object }[];
  const own = await agent.openSession(session);
  const approver = consoleApi(demo, 'approver');
  for (const order of ['4821', '4821', '4822', '4822']) {
    const { body } = await agent.propose(
      {
        ...{ ...request, session: own, summary: `A refund for order #${order}` },
        parameters: { ...request.parameters, order_id: order },
        evidence: [
          {
            ...evidence,
            title: `Order ${order}`,
            ref: `order ${order}`,
            content: { ...evidence?.content, id: order },
          },
        ],
      },
      randomUUID(),
    );
    const { status } = await approver('POST', `/api/approvals/${String(body.id)}/reject`, {
      reason: 'It is only to be copied',
    });
    expect(status).toBe(200);
  }
}

test('a planted request is caught or missed, and who misses one signs with another', async ({
  page,
  demo,
  browser,
  signIn,
  expectNoSeriousAxe,
}) => {
  const admin = consoleApi(demo, 'admin');
  const approver = consoleApi(demo, 'approver');
  const auditor = consoleApi(demo, 'auditor');
  const word = uniqueWord();
  await turnedDown(demo);

  /** Of those that wait, what nobody proposed: only the trail can tell, and approvers cannot ask it. */
  const planted = async (): Promise<{ id: string } | undefined> => {
    const waiting = await itemsOf<{ id: string; display: { sentence: string } }>(
      admin,
      '/api/approvals?status=pending&limit=200',
    );
    for (const one of waiting) {
      const { status } = await auditor('GET', `/api/trail/actions/${one.id}`);
      if (status === 404) return one;
    }
    return undefined;
  };
  const plant = async () => {
    await page.getByRole('button', { name: 'Plant one now' }).click();
    await expect.poll(async () => (await planted())?.id).toMatch(/^act_/);
    return String((await planted())?.id);
  };

  await signIn(page, 'admin');
  await page.goto('/approvals/approvers');
  await expect(page.getByRole('heading', { name: 'Planted requests' })).toBeVisible();
  await expectNoSeriousAxe(page);
  const caught = await plant();

  // An approver of their own, so that nobody else signs with another afterwards.
  const name = `Ida ${word}`;
  const { body } = await admin('POST', '/api/invitations', {
    ...{ name, email: `${word}@northwind.example`, roles: ['approver'] },
  });
  const context = await browser.newContext({ viewport: page.viewportSize() });
  const own = await context.newPage();
  await own.goto(String(body.link));
  await own.getByLabel('Password').fill('four quiet harbour lamps');
  await own.getByRole('button', { name: 'Join' }).click();
  await expect(own.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();

  await own.goto(`/approvals/${caught}`);
  const card = own.getByRole('article');
  await expect(card).not.toContainText('planted');
  await expectNoSeriousAxe(own);
  await card.getByRole('button', { name: /^Reject/ }).click();
  const rejecting = own.getByRole('dialog', { name: 'Reject this action' });
  await rejecting.getByRole('textbox').fill('It is not what its evidence tells of');
  await rejecting.getByRole('button', { name: 'Reject' }).click();
  await expect(card).toContainText('This request was planted. It was never going to run.');
  await expect(card).toContainText('You rejected it: it was caught.');
  await expectNoSeriousAxe(own);

  const missed = await plant();
  await own.goto(`/approvals/${missed}`);
  await card.getByRole('button', { name: /^Approve/ }).click();
  await expect(card).toContainText('You approved it: it was missed.');
  await expect(card).toContainText('each of your signatures takes one more beside it');
  await expectNoSeriousAxe(own);
  for (const id of [caught, missed]) expect(await callsFor(id)).toEqual({ total: 0, effects: 0 });

  // The proof that it was planted before it was decided.
  const revealed = async () =>
    (await itemsOf<{ type: string }>(auditor, `/api/trail/actions/${missed}`)).map(
      ({ type }) => type,
    );
  await expect.poll(revealed).toContain('approval.revealed');

  const held = await holdRefund(demo);
  await own.goto(`/approvals/${held.id}`);
  await expect(card).toContainText('Your signature takes one more beside it');
  await expectNoSeriousAxe(own);
  await card.getByRole('button', { name: /^Approve/ }).click();
  await expect(card).toContainText('You have signed it. It waits for 1 more.');
  expect(await callsFor(held.id)).toEqual({ total: 0, effects: 0 });
  const { status } = await approver('POST', `/api/approvals/${held.id}/approve`, { reason: '' });
  expect(status).toBe(200);
  expect((await held.agent.end(held.id)).body).toMatchObject({ status: 'succeeded' });

  await page.reload();
  await expect(page.getByText(name)).toBeVisible();
  await expectNoSeriousAxe(page);
  await context.close();
  const members = await itemsOf<{ id: string; name: string }>(admin, '/api/members?limit=200');
  const joined = members.find((one) => one.name === name);
  expect((await admin('POST', `/api/members/${joined?.id}/disable`, {})).status).toBe(200);
});
