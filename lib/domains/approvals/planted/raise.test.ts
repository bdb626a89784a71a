/** What follows from a missed one: one more signature beside each of theirs, until it ends. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executeApproved } from '@/lib/domains/gateway/server';
import { clock } from '@/lib/kernel/clock';
import { applyGrants } from '../grants/jobs';
import { createGrant } from '../grants/service';
import { approverHealth } from '../health/service';
import { createGroup } from '../routing/groups';
import { createRoute, listApprovalRoutes } from '../routing/routes';
import { approveAction, breakGlassOn, rejectAction } from '../service/decide';
import { getApproval } from '../service/read';
import { drawPlanted } from './jobs';
import { plantedWorld, type PlantedWorld } from './test/world';

let w: PlantedWorld;

beforeAll(async () => {
  w = await plantedWorld();
  await w.rate(5);
});
afterAll(() => w.close());

const reason = 'It is not what its evidence tells of';
const admin = () => w.as(w.sponsor, ['admin']);
const miss = async (by: string) => approveAction(w.as(by), { id: await w.plant() });
const caught = async (by: string) => rejectAction(w.as(by), { id: await w.plant(), reason });
const about = async (member: string, type: string) =>
  (await w.world.events()).filter(
    (event) => event['type'] === type && (event['object'] as { id: string }).id === member,
  );
async function ran(id: string): Promise<boolean> {
  await executeApproved.perform(w.world.workspace, { action: id });
  return w.tool.seen.some(({ headers }) => headers['idempotency-key'] === id);
}

describe('a missed request', () => {
  it('makes each signature of its approver take one more, of someone who missed none', async () => {
    const [ann, bob, carl] = await Promise.all([1, 2, 3].map(() => w.approver()));
    await miss(ann ?? '');
    await miss(bob ?? '');
    expect(await about(ann ?? '', 'approver.quorum_raised')).toMatchObject([
      { data: { extra: 1 } },
    ]);
    const id = await w.hold();
    const shown = await getApproval(w.as(ann ?? ''), { id });
    expect(shown).toMatchObject({ raised: { others: expect.any(Number) }, beside: { count: 0 } });
    expect(shown.raised?.others).toBeGreaterThan(0);
    const signed = await approveAction(w.as(ann ?? ''), { id });
    expect(signed).toMatchObject({ status: 'pending', beside: { count: 1, missing: 1 } });
    expect(signed.needs).toMatchObject([{ count: 1, missing: 0 }]);
    expect(signed.can.decide).toMatchObject({ reason: expect.stringContaining('1 more') });
    expect(await w.eventsOn(id, 'approval.signed')).toMatchObject([
      { data: { extra: 1, missing: [0], beside: 1 } },
    ]);
    // Another who missed one does not make it up.
    await expect(approveAction(w.as(bob ?? ''), { id })).rejects.toMatchObject({ status: 403 });
    expect(await ran(id)).toBe(false);
    const done = await approveAction(w.as(carl ?? ''), { id });
    expect(done).toMatchObject({ status: 'approved', beside: { count: 1, missing: 0 } });
    expect(await ran(id)).toBe(true);
    // Whoever missed none needs nobody.
    const other = await w.hold();
    expect((await approveAction(w.as(carl ?? ''), { id: other })).status).toBe('approved');
  });

  it('is asked of what is stored before anything runs, and stays with the signature', async () => {
    const ann = await w.approver();
    await miss(ann);
    const id = await w.hold();
    await approveAction(w.as(ann), { id });
    await w.world.owner.query(`UPDATE approver_raises SET ended_at = now() WHERE member_id = $1`, [
      ann,
    ]);
    expect(await getApproval(w.as(ann), { id })).toMatchObject({
      ...{ status: 'pending', beside: { count: 1, missing: 1 } },
    });
    await w.world.owner.query(`UPDATE actions SET status = 'approved' WHERE id = $1`, [id]);
    await w.world.owner.query(`UPDATE approvals SET decision = 'approved' WHERE action_id = $1`, [
      id,
    ]);
    expect(await ran(id)).toBe(false);
    expect(await w.statusOf(id)).toBe('failed');
  });

  it('changes nothing of broken glass, and lets no grant sign alone', async () => {
    const ann = await w.approver();
    const from = await w.hold({ amount: 33 });
    const grant = await createGrant(w.as(ann), {
      ...{ id: from, minutes: 60, uses: 5, reason, up_to: 40 },
    });
    await rejectAction(w.as(w.approvers[0]), { id: from, reason });
    await miss(ann);
    const like = await w.hold({ amount: 33 });
    await applyGrants.perform(w.world.workspace, {});
    expect(await w.statusOf(like)).toBe('pending');
    const card = await getApproval(w.as(ann), { id: like });
    expect(card.can.grant).toMatchObject({ reason: expect.stringContaining('one more beside') });
    const input = { id: like, minutes: 5, uses: 1, reason, up_to: 40 };
    await expect(createGrant(w.as(ann), input)).rejects.toMatchObject({ status: 403 });
    const { rows } = await w.world.owner.query('SELECT used FROM approval_grants WHERE id = $1', [
      grant.id,
    ]);
    expect(rows[0].used).toBe(0);
    const broken = await breakGlassOn(w.as(ann), { id: like, reason });
    expect(broken).toMatchObject({ status: 'approved', beside: { count: 0 } });
    expect(await ran(like)).toBe(true);
  });

  it('ends with three caught in a row, and begins anew with another', async () => {
    const ann = await w.approver();
    await miss(ann);
    await caught(ann);
    await caught(ann);
    await miss(ann);
    for (let nth = 0; nth < 2; nth += 1)
      expect((await caught(ann)).raised).toMatchObject({ others: expect.any(Number) });
    expect(await about(ann, 'approver.quorum_restored')).toEqual([]);
    expect((await caught(ann)).raised).toBeNull();
    expect(await about(ann, 'approver.quorum_raised')).toHaveLength(2);
    expect(await about(ann, 'approver.quorum_restored')).toMatchObject([
      { data: { after: { caught: 3 } } },
    ]);
    const id = await w.hold();
    expect((await approveAction(w.as(ann), { id })).status).toBe('approved');
  });

  it('ends after 30 days, said once', async () => {
    const ann = await w.approver();
    await miss(ann);
    const id = await w.hold();
    const real = clock.now;
    try {
      clock.now = () => new Date(real().getTime() + 30 * 86_400_000 + 1_000);
      expect((await getApproval(w.as(ann), { id })).raised).toBeNull();
      await Promise.all([1, 2].map(() => drawPlanted.perform(w.world.workspace, {})));
    } finally {
      clock.now = real;
    }
    expect(await about(ann, 'approver.quorum_restored')).toMatchObject([
      { data: { after: { days: 30 } } },
    ]);
  });

  it('says on the card and to admins when nobody is left to sign beside', async () => {
    const [ann, bob] = [await w.approver(), await w.approver()];
    const made = await createGroup(admin(), { name: 'Payments', members: [ann, bob] });
    await createRoute(admin(), {
      ...{ name: 'Small', fits: { amount_from: 41, amount_below: 42 }, position: 0 },
      needs: [{ group: made.id, count: 1 }],
    });
    const warned = async () =>
      (await listApprovalRoutes(admin(), {})).items.flatMap(({ name, warnings }) =>
        name === 'Small' ? warnings : [],
      );
    await miss(ann);
    expect(await warned()).toEqual([]);
    await miss(bob);
    expect(await warned()).toMatchObject([expect.stringContaining('nobody is left for it')]);
    const held = async () => {
      const id = await w.hold({ amount: 41.5 });
      const { needs } = await getApproval(w.as(ann), { id });
      return { id, group: needs[0]?.group?.id };
    };
    await expect.poll(async () => (await held()).group).toBe(made.id);
    const { id } = await held();
    expect((await getApproval(w.as(ann), { id })).raised).toMatchObject({ others: 0 });
    const signed = await approveAction(w.as(ann), { id });
    expect(signed.can.decide).toMatchObject({ reason: expect.stringContaining('Ask an admin') });
    expect((await getApproval(w.as(bob), { id })).can.decide).toMatchObject({ allowed: false });
  });
});

describe('approver health', () => {
  it('counts what each has seen, to themselves and to who answers for them', async () => {
    const [ann, bob] = [await w.approver(), await w.approver()];
    await miss(ann);
    await caught(ann);
    await caught(bob);
    const all = (await approverHealth(admin(), {})).items;
    const of = (id: string) => all.find((one) => one.id === id);
    expect(of(ann)).toMatchObject({ planted: { seen: 2, caught: 1, missed: 1 }, raised: {} });
    expect(of(bob)).toMatchObject({ planted: { seen: 1, caught: 1, missed: 0 }, raised: null });
    const own = await approverHealth(w.as(ann), {});
    expect(own.items.map(({ id }) => id)).toEqual([ann]);
  });
});
