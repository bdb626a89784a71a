import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld } from '@/lib/domains/gateway/test/world';
import { newId } from '@/lib/kernel/ids';
import { approveAction, rejectAction } from '../../service/decide';
import { contextOfApproval } from '../context';
import { cardWorld, type CardWorld } from '../test/world';

const HOUR = 3_600_000;
let w: CardWorld;

beforeAll(async () => {
  w = await cardWorld();
});
afterAll(() => w.close());

/** Empties what this agent has done so far, as far as a sign is measured against it. */
const forget = () =>
  w.world.owner.query(
    `UPDATE actions SET created_at = created_at - interval '40 days' WHERE agent_id = $1`,
    [w.agent.id],
  );

/** An action as it stands in the record, so many milliseconds ago. */
function plant(ago: number, over: Record<string, unknown> = {}) {
  const id = newId('act');
  const empty = JSON.stringify([]);
  return w.world.insert('actions', {
    ...{ id, workspace_id: w.world.workspace, agent_id: w.agent.id, session_id: newId('ses') },
    ...{ type: 'refunds.create', parameters: {}, summary: '', why: '', amount: 100 },
    ...{ evidence: empty, untrusted: empty, reasons: empty, permissions: [] },
    ...{ decision: 'allow', tier: 1, status: 'succeeded', policy_version: 'v', digest: 'd' },
    ...{ idempotency_key: id, request_hash: 'h', created_at: new Date(Date.now() - ago) },
    ...over,
  });
}

async function signs(id: string, by = w.as(w.approvers[0])) {
  return (await contextOfApproval(by, { id })).signs;
}
const codes = async (id: string) => (await signs(id)).map(({ code }) => code);
const sign = async (id: string, code: string) => (await signs(id)).find((one) => one.code === code);

describe('the card', () => {
  it('says nothing of an agent as it always was, and names what is new of one that is not', async () => {
    await forget();
    const order = newId('o');
    const id = await w.hold({ order_id: order });
    expect(await codes(id)).toEqual(['new_type', 'new_agent']);
    await w.world.owner.query(
      `UPDATE agents SET created_at = created_at - interval '3 hours' WHERE workspace_id = $1`,
      [w.world.workspace],
    );
    expect(await codes(id)).toEqual([
      ...['new_type', 'new_agent', 'new_credential', 'new_permission'],
    ]);
    const { rows } = await w.world.owner.query(
      `SELECT updated_by FROM permissions WHERE workspace_id = $1 LIMIT 1`,
      [w.world.workspace],
    );
    expect(
      (await sign(await w.hold({ order_id: newId('o') }), 'new_permission'))?.sentence,
    ).toContain(`by ${rows[0].updated_by}.`);
    await settle();
    await plant(HOUR * 30);
    expect(await signs(await w.hold({ order_id: newId('o') }))).toEqual([]);
  });

  it('says who last changed what permits it, by name, and since when', async () => {
    await settle();
    await w.world.owner.query(
      `UPDATE permissions SET updated_at = now() - interval '3 hours', updated_by = $2 WHERE workspace_id = $1`,
      [w.world.workspace, w.approvers[2]],
    );
    const id = await w.hold({ order_id: newId('o') });
    expect(await sign(id, 'new_permission')).toMatchObject({
      severity: 'notice',
      sentence: expect.stringMatching(
        new RegExp(`permission .* changed 3 hours before, by Name ${w.approvers[2]}`),
      ),
    });
    await settle();
    expect(await codes(id)).not.toContain('new_permission');
  });
});

/** Agent, credential and permissions are as they were for a year. */
async function settle() {
  const set = (table: string, columns: string) =>
    w.world.owner.query(
      `UPDATE ${table} SET ${columns
        .split(' ')
        .map((column) => `${column} = now() - interval '1 year'`)
        .join(', ')} WHERE workspace_id = $1`,
      [w.world.workspace],
    );
  await set('agents', 'created_at');
  await set('credentials', 'created_at');
  await set('permissions', 'updated_at');
}

describe('an amount', () => {
  it('is measured against the earlier ones of this agent and type, whoever else did what', async () => {
    await forget();
    await settle();
    for (const amount of [100, 200, 300, 250, 150]) await plant(50 * HOUR, { amount });
    // None of these counts: older than 30 days, another type, another agent, another workspace.
    const other = await makeWorld();
    const elsewhere = await w.world.agent();
    for (const over of [
      { created_at: new Date(Date.now() - 31 * 24 * HOUR) },
      { type: 'orders.read' },
      { agent_id: elsewhere.id },
      { workspace_id: other.workspace },
    ]) {
      await plant(50 * HOUR, { amount: 9_999, ...over });
    }
    await other.close();
    const id = await w.hold({ order_id: newId('o'), amount: 900 });
    expect(await sign(id, 'amount_above_all')).toEqual({
      ...{ code: 'amount_above_all', severity: 'warning', actions: [] },
      sentence: "$900.00 is 3 times the largest of this agent's 5 earlier ($300.00).",
      against: '5 earlier amounts of this agent and action type in 30 days',
    });
    expect(await codes(await w.hold({ order_id: newId('o'), amount: 850 }))).not.toContain(
      'amount_above_all',
    );
  });

  it('just under a limit or a route says which', async () => {
    const under = async (amount: number) =>
      (await sign(await w.hold({ order_id: newId('o'), amount }), 'under_threshold'))?.sentence;
    expect(await under(7_950)).toBe(
      '$7,950.00 is $50.00 under the $8,000.00 from which the route “Large” begins.',
    );
    expect(await under(9_950)).toContain('under the $10,000.00 above which it is denied');
    expect(await under(7_000)).toBeUndefined();
  });

  it('in parts that are together above a limit is a warning, with links', async () => {
    await forget();
    await settle();
    const order_id = newId('o');
    const first = await w.hold({ order_id, amount: 4_500, customer_id: newId('C') });
    const second = { order_id, amount: 4_000, customer_id: newId('C') };
    const id = await w.hold(second);
    expect(await sign(id, 'split')).toMatchObject({
      severity: 'warning',
      sentence: expect.stringContaining(
        `2 for the same order_id ${order_id} in 24 hours come to $8,500.00`,
      ),
      actions: [{ id: first, status: 'pending', held: true }],
    });
    const apart = { order_id: newId('o'), customer_id: newId('C') };
    expect(await codes(await w.hold({ ...second, ...apart }))).not.toContain('split');
    await w.world.owner.query(
      `UPDATE actions SET created_at = created_at - interval '25 hours' WHERE id = $1`,
      [first],
    );
    expect(await codes(id)).not.toContain('split');
  });
});

describe('what was refused', () => {
  it('and comes again is linked, with less as a warning', async () => {
    const order_id = newId('o');
    const first = await w.hold({ order_id, amount: 990 });
    await rejectAction(w.as(w.approvers[0]), { id: first, reason: 'Not that much' });
    const id = await w.hold({ order_id, amount: 740 });
    expect(await sign(id, 'retried_smaller')).toMatchObject({
      severity: 'warning',
      sentence: `$990.00 for the same order_id ${order_id} was rejected by a person less than a minute before; now it is $740.00.`,
      actions: [{ id: first, status: 'rejected', held: true }],
    });
    expect(await codes(await w.hold({ order_id: newId('o'), amount: 740 }))).not.toContain(
      'retried_smaller',
    );
    const same = await w.hold({ order_id, amount: 990 });
    expect(await sign(same, 'retried')).toMatchObject({ severity: 'warning' });
  });

  it('by code is known by its parameters, since it has no amount', async () => {
    const order_id = newId('o');
    const session = await w.client.session({ customer_id: 'C-1' });
    const denied = await w.client.propose(session, { order_id, amount: 10_001, currency: 'USD' });
    expect(denied.status).toBe(403);
    const id = await w.hold({ order_id, amount: 9_000 });
    expect(await sign(id, 'retried_smaller')).toMatchObject({
      sentence: expect.stringContaining('$10,001.00 for the same'),
      actions: [{ status: 'denied', held: false }],
    });
  });

  it('is not what was approved', async () => {
    const order_id = newId('o');
    const first = await w.hold({ order_id, amount: 990 });
    await approveAction(w.as(w.approvers[0]), { id: first });
    const id = await w.hold({ order_id, amount: 740 });
    expect((await codes(id)).filter((code) => code.startsWith('retried'))).toEqual([]);
  });
});

describe('habits', () => {
  it('are a pace and hours, in the time zone of the workspace', async () => {
    await forget();
    await settle();
    // Two an hour, in the hour that it is and the next, on each of 15 days.
    for (let day = 1; day <= 15; day += 1) {
      for (const ago of [day * 24 * HOUR, day * 24 * HOUR - HOUR]) {
        await plant(ago);
        await plant(ago, { amount: null, decision: 'hold', status: 'expired' });
      }
    }
    const usual = await w.hold({ order_id: newId('o') });
    expect(await codes(usual)).toEqual(expect.not.arrayContaining(['pace', 'hour']));
    for (let each = 0; each < 8; each += 1) await plant(60_000 * each + 1_000);
    const id = await w.hold({ order_id: newId('o') });
    expect(await sign(id, 'pace')).toMatchObject({
      severity: 'notice',
      sentence: expect.stringContaining(
        '10 of refunds.create proposed by this agent within an hour; usually 2 an',
      ),
    });
    await w.world.owner.query(
      `UPDATE actions SET created_at = created_at - interval '7 hours' WHERE agent_id = $1 AND id <> $2`,
      [w.agent.id, id],
    );
    const early = await sign(id, 'hour');
    expect(early?.sentence).toContain('(UTC)');
    await w.world.owner.query(`UPDATE workspaces SET time_zone = 'Asia/Tokyo' WHERE id = $1`, [
      w.world.workspace,
    ]);
    expect((await sign(id, 'hour'))?.sentence).toContain('(Asia/Tokyo)');
  });
});

describe('a text', () => {
  it('with characters that do not show says where they stand', async () => {
    const over = {
      why: 'The customer\u200B asked',
      evidence: [{ title: 'Order', source: 'x', ref: '', content: { note: ['p\u0430id'] } }],
    };
    const id = await w.hold({ order_id: newId('o') }, over);
    expect(await sign(id, 'text_hidden')).toMatchObject({
      severity: 'warning',
      sentence: 'Characters that do not show: U+200B zero width space, once, in why.',
    });
    expect((await sign(id, 'text_mixed_scripts'))?.sentence).toContain(
      'U+0430 \u0430, once, in evidence 1',
    );
    const plain = await w.hold({ order_id: newId('o') });
    expect((await codes(plain)).filter((code) => code.startsWith('text_'))).toEqual([]);
  });
});

describe('signs', () => {
  it('stand with the warnings first, are the same for every reader, and change nothing signed', async () => {
    const id = await w.hold({ order_id: newId('o') }, { why: 'a\u202Eb' });
    const before = await w.stored(id);
    const found = await signs(id);
    expect(found[0]).toMatchObject({ code: 'text_bidi', severity: 'warning' });
    const order = found.map(({ severity }) => severity);
    expect(order).toEqual(order.toSorted().toReversed());
    for (const [member, roles] of [
      [w.sponsor, ['admin', 'approver']],
      [w.approvers[1], ['auditor']],
    ] as const) {
      expect(await signs(id, w.as(member, [...roles]))).toEqual(found);
    }
    expect(await w.stored(id)).toEqual(before);
    const other = await makeWorld();
    const foreign = w.as(w.approvers[0], ['approver'], other.workspace);
    await expect(signs(id, foreign)).rejects.toMatchObject({ status: 404 });
    await other.close();
  });
});
