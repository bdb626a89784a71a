import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executeApproved } from '@/lib/domains/gateway/server';
import { newId } from '@/lib/kernel/ids';
import { approveAction } from '../service/decide';
import { getApproval } from '../service/read';
import { askAgent } from './ask';
import { cardWorld, type CardWorld, TWO_SIGN_FROM } from './test/world';

let w: CardWorld;

beforeAll(async () => {
  w = await cardWorld();
});
afterAll(() => w.close());

const ask = async (id: string, question = 'Which photo is it?', by = w.approvers[0]) => {
  const { questions } = await askAgent(w.as(by), { id, question });
  return questions.at(-1)?.id ?? '';
};
const answer = (id: string, question: string, text = 'The second one', client = w.client) =>
  client.send('POST', `/v1/actions/${id}/answer`, { question, answer: text });
const wait = async (id: string, seconds: number) => {
  const { body } = await w.client.send('GET', `/v1/actions/${id}?wait=${seconds}`);
  return body as { status: string; question?: { id: string; text: string; asked_at: string } };
};

describe('a question', () => {
  it('ends the long-poll of the agent, whose answer becomes part of what is shown', async () => {
    const id = await w.hold();
    const heard = wait(id, 60);
    const question = await ask(id, 'Which photo? Write to jo@example.com');
    expect(await heard).toMatchObject({
      status: 'pending',
      question: { id: question, text: 'Which photo? Write to [email]' },
    });
    const before = await getApproval(w.as(w.approvers[0]), { id });
    expect(before.questions).toMatchObject([{ asked_by: { id: w.approvers[0] }, answer: null }]);

    const answered = await answer(id, question, 'The second, from jo@example.com');
    expect(answered).toMatchObject({ status: 200, body: { id, status: 'pending' } });
    expect(answered.body).not.toHaveProperty('question');
    const after = await getApproval(w.as(w.approvers[0]), { id });
    expect(after.display.answers).toMatchObject([
      { question: 'Which photo? Write to [email]', answer: 'The second, from [email]' },
    ]);
    expect(after.display_digest).not.toBe(before.display_digest);
    expect(after.digest).toBe(before.digest);
    expect(await w.saidOf(id)).toEqual(['action.decided', 'approval.asked', 'approval.answered']);
    expect((await w.world.events()).at(-1)).toMatchObject({
      actor: { type: 'agent', id: w.agent.id },
      data: { display_digest: { before: before.display_digest, after: after.display_digest } },
    });
    // What is signed now is the answer as well.
    await approveAction(w.as(w.approvers[1]), { id, display_digest: after.display_digest });
    await executeApproved.perform(w.world.workspace, { action: id });
    expect(await w.statusOf(id)).toBe('succeeded');
  });

  it('that was asked before anyone waited ends the first wait, and not every one', async () => {
    const id = await w.hold();
    const first = await ask(id);
    expect((await wait(id, 60)).question?.id).toBe(first);
    const again = wait(id, 60);
    await answer(id, first);
    const second = await ask(id, 'And the receipt?');
    expect((await again).question?.id).toBe(second);
    // Without waiting it is there for as long as it is open.
    expect((await wait(id, 0)).question?.id).toBe(second);
  });

  it('voids what was signed before it was answered', async () => {
    const id = await w.hold({ amount: TWO_SIGN_FROM });
    const shown = await getApproval(w.as(w.approvers[0]), { id });
    await approveAction(w.as(w.approvers[0]), { id, display_digest: shown.display_digest });
    const question = await ask(id, 'Which photo is it?', w.approvers[1]);
    expect((await getApproval(w.as(w.approvers[0]), { id })).signatures[0]?.counts).toBe(true);
    await answer(id, question);
    const after = await getApproval(w.as(w.approvers[0]), { id });
    expect(after.signatures.map(({ counts }) => counts)).toEqual([false]);
    expect(after.needs[0]?.missing).toBe(2);
    await expect(
      approveAction(w.as(w.approvers[1]), { id, display_digest: shown.display_digest }),
    ).rejects.toMatchObject({ code: 'changed_since_shown' });
    // Whose signature no longer counts gives it again; with the other's it is enough.
    await approveAction(w.as(w.approvers[0]), { id, display_digest: after.display_digest });
    expect(await w.statusOf(id)).toBe('pending');
    await approveAction(w.as(w.approvers[1]), { id, display_digest: after.display_digest });
    expect(await w.statusOf(id)).toBe('approved');
  });

  it('is answered once, by its own agent, while the action waits; what is refused writes nothing', async () => {
    const id = await w.hold();
    const question = await ask(id);
    const other = await w.world.agent();
    const { clientOf } = await import('@/lib/domains/gateway/test/world');
    const stranger = clientOf(w.gateway.url, w.world, other);
    const before = await w.stored(id);
    const tries: [number, () => ReturnType<typeof answer>][] = [
      [404, () => answer(id, question, 'Mine', stranger)],
      [404, () => answer(newId('act'), question)],
      [404, () => answer(id, newId('qst'))],
      [422, () => answer(id, question, '  ')],
      [422, () => answer(id, 'qst_1')],
      [
        422,
        () => w.client.send('POST', `/v1/actions/${id}/answer`, { answer: 'x', question, more: 1 }),
      ],
    ];
    for (const [status, attempt] of tries) expect((await attempt()).status).toBe(status);
    expect(await w.stored(id)).toEqual(before);
    const both = await Promise.all([answer(id, question, 'One'), answer(id, question, 'Two')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const taken = await answer(id, question, 'Three');
    expect(taken).toMatchObject({ status: 409, body: { code: 'already_answered' } });
    expect((await w.saidOf(id)).filter((type) => type === 'approval.answered')).toHaveLength(1);

    const late = await ask(id, 'Anything else?');
    await approveAction(w.as(w.approvers[1]), { id });
    const done = await w.stored(id);
    expect(await answer(id, late)).toMatchObject({ status: 409, body: { code: 'not_waiting' } });
    expect(await w.stored(id)).toEqual(done);
  });

  it('is put by who may decide, one at a time', async () => {
    const id = await w.hold();
    const before = await w.stored(id);
    for (const ctx of [w.as(w.sponsor), w.as(w.approvers[0], ['admin', 'auditor'])]) {
      await expect(askAgent(ctx, { id, question: 'Why?' })).rejects.toMatchObject({ status: 403 });
    }
    await expect(askAgent(w.as(w.approvers[0]), { id, question: '?' })).rejects.toMatchObject({
      status: 422,
    });
    expect(await w.stored(id)).toEqual(before);
    const tries = await Promise.allSettled(
      w.approvers.map((by) => askAgent(w.as(by), { id, question: 'Which one?' })),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const lost of tries) {
      if (lost.status === 'rejected') expect(lost.reason).toMatchObject({ code: 'question_open' });
    }
  });

  it('and its answer give no right digest to what was tampered with', async () => {
    const id = await w.hold();
    const question = await ask(id);
    await w.world.owner.query(
      `UPDATE approvals SET display = jsonb_set(display, '{sentence}', '"Refund $1.00"') WHERE action_id = $1`,
      [id],
    );
    const before = await w.stored(id);
    expect(await answer(id, question)).toMatchObject({
      status: 409,
      body: { code: 'approval_void' },
    });
    expect(await w.stored(id)).toEqual(before);
  });

  it('answered while others sign leaves one outcome, of what was shown', async () => {
    for (let round = 0; round < 3; round += 1) {
      const id = await w.hold();
      const question = await ask(id);
      const shown = await getApproval(w.as(w.approvers[1]), { id });
      const [said, signed] = await Promise.allSettled([
        answer(id, question),
        approveAction(w.as(w.approvers[1]), { id, display_digest: shown.display_digest }),
      ]);
      const heard = said.status === 'fulfilled' ? said.value.status : 0;
      // Whichever was first, the other was told.
      expect([heard, signed.status]).toEqual(
        heard === 200 ? [200, 'rejected'] : [409, 'fulfilled'],
      );
      await executeApproved.perform(w.world.workspace, { action: id });
      expect(await w.statusOf(id)).toBe(heard === 200 ? 'pending' : 'succeeded');
    }
  });
});
