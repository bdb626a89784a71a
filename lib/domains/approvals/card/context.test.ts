import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld } from '@/lib/domains/gateway/test/world';
import { settledText } from '@/lib/infra/testing/settled';
import { digest } from '@/lib/kernel/canonical';
import { newId } from '@/lib/kernel/ids';
import { approveAction, rejectAction } from '../service/decide';
import { contextOfApproval } from './context';
import { readSources } from './sources';
import { cardWorld, type CardWorld } from './test/world';

let w: CardWorld;
let order: Record<string, unknown>;

beforeAll(async () => {
  w = await cardWorld();
  order = { id: '7', total: 899, state: 'paid' };
  w.tool.behave((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.method === 'GET' ? order : { ok: true }));
  });
});
afterAll(() => w.close());

/** A read of the agent that has ended, as its evidence will name it. */
async function read(): Promise<string> {
  const session = await w.client.session({ customer_id: 'C-1' });
  const over = { action: 'orders.read', summary: 'Read the order' };
  let id = '';
  // What a test before this one changed, the gateway hears a moment later.
  const propose = async () => {
    const { status, body } = await w.client.propose(session, { order_id: '7' }, over);
    id = String(body['id']);
    return status;
  };
  await expect.poll(propose).toBe(200);
  await expect.poll(() => w.statusOf(id)).toBe('succeeded');
  return id;
}
const evidence = (ref: string, content: unknown) => ({
  evidence: [{ title: 'Order 7', source: 'orders.read', ref, content }],
});
const context = (id: string, by = w.approvers[0]) => contextOfApproval(w.as(by), { id });
const verdicts = async (id: string) => (await context(id)).evidence.map(({ verdict }) => verdict);

describe('evidence', () => {
  it('says what recorded read it comes from, and whether it is what that read answered', async () => {
    const ref = await read();
    const id = await w.hold({}, evidence(ref, { total: 899 }));
    expect((await context(id)).evidence).toMatchObject([
      {
        verdict: 'read',
        hash: digest({ total: 899 }),
        origin: {
          ...{ action: ref, type: 'orders.read', classification: 'Internal' },
          ...{ redacted: [], rereadable: true },
        },
      },
    ]);
    expect(await verdicts(await w.hold({}, evidence(ref, { total: 8_990 })))).toEqual(['differs']);
    expect(await verdicts(await w.hold({}, evidence(ref, 'The customer is right')))).toEqual([
      'own',
    ]);
    expect(await verdicts(await w.hold({}, evidence(ref, null)))).toEqual(['own']);
    expect(await verdicts(await w.hold({}, evidence('', { total: 899 })))).toEqual(['own']);
  });

  it("is the agent's own words when it names another agent's read, or no read at all", async () => {
    const ref = await read();
    const other = await w.world.agent();
    await w.world.owner.query('UPDATE actions SET agent_id = $2 WHERE id = $1', [ref, other.id]);
    const id = await w.hold({}, evidence(ref, { total: 899 }));
    expect((await context(id)).evidence).toMatchObject([{ verdict: 'own', origin: null }]);
    const before = w.tool.seen.length;
    await expect(readSources(w.as(w.approvers[0]), { id })).rejects.toMatchObject({
      code: 'nothing_to_read',
    });
    const earlier = await w.hold();
    await approveAction(w.as(w.approvers[0]), { id: earlier });
    const held = await w.hold({}, evidence(earlier, { ok: true }));
    expect(await verdicts(held)).toEqual(['own']);
    expect(w.tool.seen.length).toBe(before);
  });

  it('names what of an answer the agent did not get, and gives it to nobody', async () => {
    const own = { workspace_id: w.world.workspace, updated_at: new Date() };
    const asset = await w.world.insert('data_assets', { id: newId('ast'), name: 'o', ...own });
    const field = await w.world.insert('data_fields', {
      ...{ id: newId('fld'), asset_id: asset, name: 'total', ...own },
      ...{ classification: 'Internal', handling: 'redact' },
    });
    const { rows } = await w.world.owner.query(
      `SELECT id FROM action_types WHERE workspace_id = $1 AND key = 'orders.read'`,
      [w.world.workspace],
    );
    await w.world.insert('action_type_data', {
      ...{ workspace_id: w.world.workspace, action_type_id: rows[0].id, field_id: field },
      ...{ direction: 'output', path: 'total' },
    });
    const handled = async () => {
      const ref = await read();
      const { result } = (await w.world.actions()).find((row) => row['id'] === ref) ?? {};
      return { ref, result: result as Record<string, unknown> };
    };
    await expect.poll(async () => (await handled()).result['total']).toBe('[redacted]');
    const { ref, result } = await handled();
    const id = await w.hold({}, evidence(ref, result));
    const [ground] = (await context(id)).evidence;
    expect(ground).toMatchObject({
      verdict: 'read',
      origin: { redacted: [{ path: 'total', handling: 'redact' }] },
    });
    const again = await readSources(w.as(w.approvers[0]), { id });
    expect(settledText(again)).not.toContain('899');
    expect(again.items).toMatchObject([{ changed: false, error: null }]);
    await w.world.owner.query('DELETE FROM action_type_data WHERE field_id = $1', [field]);
    // The gateway hears of it a moment later, and the next test reads through it.
    await expect.poll(async () => (await handled()).result['total']).toBe(899);
  });
});

describe('a source', () => {
  it('is read again for who may decide, recorded, and shows what has changed', async () => {
    const ref = await read();
    const id = await w.hold({}, evidence(ref, order));
    const before = w.tool.seen.length;
    expect(await readSources(w.as(w.approvers[0]), { id })).toMatchObject({
      items: [{ action: ref, type: 'orders.read', changed: false, error: null }],
    });
    order = { ...order, state: 'refunded' };
    expect(await readSources(w.as(w.approvers[1]), { id })).toMatchObject({
      items: [{ changed: true, before: { state: 'paid' }, after: { state: 'refunded' } }],
    });
    expect(w.tool.seen.slice(before).map(({ method, url }) => [method, url])).toEqual([
      ['GET', '/orders/7'],
      ['GET', '/orders/7'],
    ]);
    expect(await w.saidOf(id)).toEqual([
      'action.decided',
      'approval.source_read',
      'approval.source_read',
    ]);
    expect((await w.world.events()).at(-1)).toMatchObject({
      actor: { id: w.approvers[1] },
      data: { source: ref, action_type: 'orders.read' },
    });
  });

  it('that cannot be read says why, and is not read for who may not decide', async () => {
    const ref = await read();
    const id = await w.hold({}, evidence(ref, order));
    const before = w.tool.seen.length;
    for (const ctx of [w.as(w.sponsor), w.as(w.approvers[0], ['admin', 'auditor'])]) {
      await expect(readSources(ctx, { id })).rejects.toMatchObject({ status: 403 });
    }
    expect((await context(id, w.sponsor)).can.read_sources.allowed).toBe(false);
    await w.world.owner.query(`UPDATE agents SET clearance = 'Public' WHERE id = $1`, [w.agent.id]);
    const low = await readSources(w.as(w.approvers[0]), { id });
    await w.world.owner.query(`UPDATE agents SET clearance = 'Internal' WHERE id = $1`, [
      w.agent.id,
    ]);
    expect(low.items).toMatchObject([{ changed: false, after: null }]);
    expect(low.items[0]?.error).toContain('clearance');
    expect(w.tool.seen.length).toBe(before);
  });

  it('that does more than read is never read again', async () => {
    const ref = await read();
    const id = await w.hold({}, evidence(ref, order));
    await w.world.owner.query(
      `UPDATE action_types SET effects = '{read,write}' WHERE workspace_id = $1 AND key = 'orders.read'`,
      [w.world.workspace],
    );
    const before = w.tool.seen.length;
    await expect(readSources(w.as(w.approvers[0]), { id })).rejects.toMatchObject({
      code: 'nothing_to_read',
    });
    await w.world.owner.query(
      `UPDATE action_types SET effects = '{read}' WHERE workspace_id = $1 AND key = 'orders.read'`,
      [w.world.workspace],
    );
    expect(w.tool.seen.length).toBe(before);
  });

  it('is read a few times a minute for one action, whoever looks', async () => {
    const id = await w.hold({}, evidence(await read(), order));
    const before = w.tool.seen.length;
    const looks = await Promise.allSettled(
      Array.from({ length: 9 }, (_, at) => readSources(w.as(w.approvers[at % 3] ?? ''), { id })),
    );
    const refused = looks.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(3);
    for (const one of refused) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ status: 429 });
    }
    expect(w.tool.seen.length).toBe(before + 6);
  });
});

describe('a history', () => {
  it('is of the same action type: of the agent, of the customer, of what was decided', async () => {
    const customer = newId('C');
    const mine = { customer_id: customer };
    const ids: string[] = [];
    for (const amount of [901, 910, 1_000, 5_000]) ids.push(await w.hold({ ...mine, amount }));
    const [near = '', nearer = '', far = ''] = ids;
    await approveAction(w.as(w.approvers[0]), { id: near });
    await rejectAction(w.as(w.approvers[1]), { id: nearer, reason: 'Not this one' });
    await approveAction(w.as(w.approvers[0]), { id: far });
    const id = await w.hold({ ...mine, amount: 908 });
    const { history, similar } = await context(id);
    const amounts = { count: 4, median: 955, percentile95: expect.closeTo(4_400), maximum: 5_000 };
    expect(history.customer).toEqual({ id: customer, ...amounts });
    expect(history.agent?.count).toBeGreaterThanOrEqual(4);
    expect(history.agent?.maximum).toBe(5_000);
    expect(similar.slice(0, 3)).toMatchObject([
      { id: nearer, amount: 910, decision: 'rejected', by: `Name ${w.approvers[1]}` },
      { id: near, amount: 901, decision: 'approved', by: `Name ${w.approvers[0]}` },
      { id: far, amount: 1_000, decision: 'approved', narrowed: false },
    ]);
    expect(similar.length).toBeLessThanOrEqual(5);
    expect(similar.map((one) => one.id)).not.toContain(ids[3]);
  });

  it('takes the customer of the session where no parameter names one, and ends after 30 days', async () => {
    await w.hold({ amount: 3_000 });
    const id = await w.hold({ amount: 3_100 });
    const bound = (await context(id)).history.customer;
    expect(bound).toMatchObject({ id: 'C-1', maximum: 3_000 });
    expect(bound?.count).toBeGreaterThan(1);
    const customer = newId('C');
    const old = await w.hold({ customer_id: customer, amount: 9_000 });
    await w.world.owner.query(
      `UPDATE actions SET created_at = created_at - interval '31 days' WHERE id = $1`,
      [old],
    );
    const now = await w.hold({ customer_id: customer, amount: 10 });
    expect((await context(now)).history.customer).toMatchObject({ count: 0, median: null });
  });

  it('is not there for another workspace', async () => {
    const id = await w.hold();
    const other = await makeWorld();
    const foreign = w.as(w.approvers[0], ['approver', 'admin'], other.workspace);
    for (const attempt of [contextOfApproval, readSources]) {
      await expect(attempt(foreign, { id })).rejects.toMatchObject({ status: 404 });
    }
    await other.close();
  });
});
