import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestWith, displayDigest, executeApproved } from '@/lib/domains/gateway/server';
import type { Display } from '@/lib/domains/gateway';
import { approveAction } from '../service/decide';
import { getApproval } from '../service/read';
import { askAgent } from './ask';
import { contextOfApproval } from './context';
import { narrowAction } from './narrow';
import { cardWorld, type CardWorld, TWO_SIGN_FROM } from './test/world';

let w: CardWorld;

beforeAll(async () => {
  w = await cardWorld();
});
afterAll(() => w.close());

const card = (id: string) => getApproval(w.as(w.approvers[0]), { id });
const run = (id: string) => executeApproved.perform(w.world.workspace, { action: id });

async function narrowTo(id: string, amount: number | null, by = w.approvers[0]) {
  const { display_digest } = await card(id);
  const parameters = amount === null ? null : { amount };
  return narrowAction(w.as(by), { id, display_digest, parameters });
}

/** What the tool was sent for an action. */
const sentFor = (id: string) =>
  w.tool.seen
    .filter(({ headers }) => headers['idempotency-key'] === id)
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>);

describe('an amount', () => {
  it('that an approver made smaller is what is signed, sent, answered and recorded', async () => {
    const id = await w.hold();
    const before = await card(id);
    const narrowed = await narrowTo(id, 500);
    expect(narrowed.display.parameters).toMatchObject({ amount: 750 });
    expect(narrowed.display.narrowed).toMatchObject({
      sentence: 'Refund $500.00 for order 7',
      parameters: { order_id: '7', amount: 500, currency: 'USD' },
    });
    expect(narrowed.narrowed?.by).toEqual({
      id: w.approvers[0],
      name: `Name ${w.approvers[0]}`,
    });
    expect(narrowed.digest).not.toBe(before.digest);
    expect(narrowed.display_digest).not.toBe(before.display_digest);
    // Not before it is approved: it may still be taken back.
    const pending = await w.client.send('GET', `/v1/actions/${id}`);
    expect(pending.body).not.toHaveProperty('parameters');

    await approveAction(w.as(w.approvers[1]), { id, display_digest: narrowed.display_digest });
    await run(id);
    expect(sentFor(id)).toEqual([{ amount: 500, currency: 'USD' }]);
    const answer = await w.client.send('GET', `/v1/actions/${id}`);
    expect(answer.body).toMatchObject({
      status: 'succeeded',
      parameters: { order_id: '7', amount: 500, currency: 'USD' },
      digest: before.digest,
    });
    const events = (await w.world.events()).filter((event) => event['action'] === id);
    expect(events.map(({ type, digest }) => [type, digest])).toEqual([
      ['action.decided', before.digest],
      ['approval.narrowed', narrowed.digest],
      ['approval.approved', narrowed.digest],
      ['action.succeeded', narrowed.digest],
    ]);
    expect(events[1]?.['data']).toEqual({
      before: { parameters: { order_id: '7', amount: 750, currency: 'USD' } },
      after: { parameters: { order_id: '7', amount: 500, currency: 'USD' } },
      digests: { before: before.digest, after: narrowed.digest },
      display_digests: { before: before.display_digest, after: narrowed.display_digest },
    });
    expect(events[3]?.['data']).toMatchObject({
      parameters: { order_id: '7', amount: 500, currency: 'USD' },
      proposed_digest: before.digest,
    });
    // What counts against a day's amount is what was proposed.
    const row = (await w.world.actions()).find((one) => one['id'] === id);
    expect(row).toMatchObject({ amount: 750, digest: before.digest });
  });

  it('is made smaller anew against what was proposed, and taken back whole', async () => {
    const id = await w.hold();
    const before = await card(id);
    await narrowTo(id, 500);
    const larger = await narrowTo(id, 600, w.approvers[1]);
    expect(larger.display.narrowed?.parameters).toMatchObject({ amount: 600 });
    const back = await narrowTo(id, null);
    expect(back).toMatchObject({
      ...{ digest: before.digest, display_digest: before.display_digest, narrowed: null },
    });
    expect((await w.world.events()).at(-1)).toMatchObject({
      type: 'approval.narrowed',
      data: {
        taken_back: true,
        before: { parameters: { amount: 600 } },
        after: { parameters: { amount: 750 } },
      },
    });
    await expect(narrowTo(id, null)).rejects.toMatchObject({ code: 'not_narrowed' });
    await approveAction(w.as(w.approvers[1]), { id });
    await run(id);
    expect(sentFor(id)).toEqual([{ amount: 750, currency: 'USD' }]);
  });

  it('voids what was signed before, and keeps what the agent answered', async () => {
    const id = await w.hold({ amount: TWO_SIGN_FROM });
    const asked = await askAgent(w.as(w.approvers[2]), { id, question: 'How much is due?' });
    const question = asked.questions[0]?.id;
    await w.client.send('POST', `/v1/actions/${id}/answer`, { question, answer: 'Only 500' });
    await approveAction(w.as(w.approvers[0]), { id });
    const narrowed = await narrowTo(id, 500, w.approvers[1]);
    expect(narrowed.signatures.map(({ counts }) => counts)).toEqual([false]);
    expect(narrowed.display.answers).toMatchObject([{ answer: 'Only 500' }]);
    await approveAction(w.as(w.approvers[1]), { id });
    expect(await w.statusOf(id)).toBe('pending');
    await approveAction(w.as(w.approvers[0]), { id });
    await run(id);
    expect(sentFor(id)).toEqual([{ amount: 500, currency: 'USD' }]);
  });

  it('is refused where nothing may be made smaller, or not so, and nothing is written', async () => {
    const id = await w.hold({ fee: 3 });
    const { display_digest } = await card(id);
    const before = [await w.stored(id), await w.saidOf(id)];
    const tries: [object, Record<string, unknown>][] = [
      [{ status: 422 }, { parameters: { amount: 751 } }],
      [{ status: 422 }, { parameters: { amount: 1.5 } }],
      [{ status: 422 }, { parameters: { fee: 1 } }],
      [{ status: 422 }, { parameters: { amount: 500, order_id: 8 } }],
      [{ status: 422 }, { parameters: { amount: '500' } }],
      [{ status: 422 }, { parameters: {} }],
      [{ status: 422 }, { parameters: { amount: 500 }, display_digest: undefined }],
      [{ code: 'changed_since_shown' }, { parameters: { amount: 1 }, display_digest: 'sha256:x' }],
    ];
    for (const [problem, over] of tries) {
      const attempt = narrowAction(w.as(w.approvers[0]), { id, display_digest, ...over });
      await expect(attempt).rejects.toMatchObject(problem);
    }
    const parameters = { amount: 500 };
    const sponsor = narrowAction(w.as(w.sponsor), { id, display_digest, parameters });
    await expect(sponsor).rejects.toMatchObject({ status: 403 });
    await w.world.owner.query(`UPDATE action_types SET narrowable = '{}' WHERE id = $1`, [
      w.refund,
    ]);
    await expect(narrowTo(id, 500)).rejects.toMatchObject({
      errors: [{ field: 'parameters.amount', message: 'is not one that may be made smaller' }],
    });
    const context = await contextOfApproval(w.as(w.approvers[0]), { id });
    expect(context).toMatchObject({ narrowable: [], can: { narrow: { allowed: false } } });
    await w.world.owner.query(`UPDATE action_types SET narrowable = '{amount}' WHERE id = $1`, [
      w.refund,
    ]);
    const refusals = (await w.saidOf(id)).filter((type) => type !== 'request.refused');
    expect([await w.stored(id), refusals]).toEqual(before);
  });

  it('and a signature at once leave one outcome, of what was signed', async () => {
    for (let round = 0; round < 3; round += 1) {
      const id = await w.hold();
      const { display_digest } = await card(id);
      const [narrowed, signed] = await Promise.allSettled([
        narrowAction(w.as(w.approvers[0]), { id, display_digest, parameters: { amount: 500 } }),
        approveAction(w.as(w.approvers[1]), { id, display_digest }),
      ]);
      expect([narrowed.status, signed.status].toSorted()).toEqual(['fulfilled', 'rejected']);
      await run(id);
      const sent = sentFor(id).map(({ amount }) => amount);
      expect(sent).toEqual(signed.status === 'fulfilled' ? [750] : []);
    }
  });

  it.each([
    ['the narrower parameters', `narrowed = jsonb_set(narrowed, '{amount}', '700')`],
    ['their digest', `narrowed_digest = 'sha256:other'`],
    ['that there are any', 'narrowed = NULL, narrowed_digest = NULL'],
    [
      'what was shown of them',
      `display = jsonb_set(display, '{narrowed,parameters,amount}', '700')`,
    ],
  ])('is not sent when, after it was approved, someone changes %s', async (_, change) => {
    const id = await w.hold();
    await narrowTo(id, 500);
    await approveAction(w.as(w.approvers[1]), { id });
    await w.world.owner.query(`UPDATE approvals SET ${change} WHERE action_id = $1`, [id]);
    await run(id);
    expect(await w.statusOf(id)).toBe('failed');
    expect(sentFor(id)).toEqual([]);
    const failed = (await w.world.events()).find(
      (event) => event['action'] === id && event['type'] === 'action.failed',
    );
    expect(failed?.['data']).toMatchObject({ error: { code: 'approval_void' } });
    expect(failed?.['data']).not.toHaveProperty('parameters');
  });

  it('is not sent when all of it is changed together, each digest being right', async () => {
    const id = await w.hold();
    const { display } = await narrowTo(id, 500);
    await approveAction(w.as(w.approvers[1]), { id });
    const row = (await w.world.actions()).find((one) => one['id'] === id);
    const parameters = { order_id: '7', amount: 700, currency: 'USD' };
    const shown = { ...display, narrowed: { ...display.narrowed, parameters } } as Display;
    await w.world.owner.query(
      `UPDATE approvals SET narrowed = $2, narrowed_digest = $3, display = $4, display_digest = $5 WHERE action_id = $1`,
      [
        ...[id, JSON.stringify(parameters), digestWith(row as never, parameters)],
        ...[JSON.stringify(shown), displayDigest(shown)],
      ],
    );
    await run(id);
    expect(await w.statusOf(id)).toBe('failed');
    expect(sentFor(id)).toEqual([]);
  });
});
