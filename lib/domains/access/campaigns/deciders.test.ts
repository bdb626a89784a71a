import { beforeEach, describe, expect, it } from 'vitest';
import { eventsOf } from '@/lib/infra/testing/events';
import { closeCampaign } from './service/close';
import { createCampaign, previewCampaign } from './service/create';
import { decideItem, decideMany } from './service/decide';
import { exportEvidence } from './service/evidence';
import { getCampaign, listCampaigns, listItems } from './service/read';
import { settleItem } from './service/settle';
import {
  accessOf,
  admin,
  as,
  begin,
  DAY,
  inside,
  itemIn,
  itemsIn,
  mintMember,
  mintReview,
  mintReviewed,
  type Reviewed,
  saidOf,
} from './test/world';

let world: Reviewed;
const sponsor = () => as(world, world.sponsor, 'approver');

beforeEach(async () => {
  world = await mintReview();
});

describe('who may not', () => {
  it('decides nothing and leaves nothing but the refusal', async () => {
    const orphan = await mintReviewed(world, null);
    const { id, items, whole, parts } = await begin(world);
    const escalated = items.find((item) => item.agent.id === orphan)?.id;
    const access = await accessOf(world);
    const before = await itemsIn(world, id);
    const stranger = as(world, await mintMember(world), 'approver', 'auditor');
    const attempts: [typeof stranger, string | undefined][] = [
      [stranger, whole],
      [admin(world), whole],
      [admin(world), parts[0]],
      [sponsor(), escalated],
      [stranger, escalated],
    ];
    for (const [ctx, itemId] of attempts) {
      const count = (await eventsOf(world.workspace)).length;
      await expect(
        decideItem(ctx, { id, itemId, decision: 'remove', reason: 'I want it' }),
      ).rejects.toMatchObject({ status: 403 });
      const said = (await eventsOf(world.workspace)).slice(count);
      expect(said.map(({ type }) => type)).toEqual(['request.refused']);
    }
    const many = { id, items: [whole, ...parts], decision: 'confirm' };
    await expect(decideMany(admin(world), many)).rejects.toMatchObject({ status: 403 });
    expect(await accessOf(world)).toEqual(access);
    expect(await itemsIn(world, id)).toEqual(before);
  });

  it('does not go on deciding once another is the sponsor', async () => {
    const { id, whole } = await begin(world);
    const next = await mintMember(world);
    await inside(world, (tx) =>
      tx.agent.update({ where: { id: world.agent }, data: { sponsorId: next } }),
    );
    for (const ctx of [sponsor(), as(world, next, 'approver')]) {
      await expect(
        decideItem(ctx, { id, itemId: whole, decision: 'confirm' }),
      ).rejects.toMatchObject({ status: 403 });
    }
    expect(await saidOf(world, 'campaign_item.confirmed')).toEqual([]);
  });

  it('neither starts, closes, settles nor exports', async () => {
    const { id, whole } = await begin(world);
    const member = as(world, world.sponsor, 'approver');
    const soon = new Date(Date.now() + DAY).toISOString();
    const attempts = [
      () => createCampaign(member, { name: 'Mine', agents: 'all', undone: 'remove', dueAt: soon }),
      () => previewCampaign(member, { agents: 'all' }),
      () => closeCampaign(member, { id, reason: 'enough' }),
      () => settleItem(member, { id, itemId: whole, settle: 'keep', reason: 'enough' }),
      () => exportEvidence(member, { id }),
    ];
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({ status: 403 });
    }
    expect((await listCampaigns(admin(world), {})).items).toMatchObject([{ id, state: 'open' }]);
    expect(await saidOf(world, 'campaign.closed', 'campaign.exported')).toEqual([]);
  });

  it('finds nothing of another workspace', async () => {
    const { id, whole } = await begin(world);
    const other = await mintReview();
    const own = await begin(other);
    const stranger = admin(other);
    for (const attempt of [
      () => getCampaign(stranger, { id }),
      () => listItems(stranger, { id }),
      () => decideItem(stranger, { id, itemId: whole, decision: 'confirm' }),
      () => decideItem(stranger, { id: own.id, itemId: whole, decision: 'confirm' }),
      () => decideMany(stranger, { id: own.id, items: [whole], decision: 'confirm' }),
      () => settleItem(stranger, { id, itemId: whole, settle: 'keep', reason: 'enough' }),
      () => closeCampaign(stranger, { id, reason: 'enough' }),
      () => exportEvidence(stranger, { id }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ status: 404, code: 'not_found' });
    }
    await expect(
      createCampaign(stranger, {
        ...{ name: 'Theirs', agents: [world.agent], undone: 'remove' },
        dueAt: new Date(Date.now() + DAY).toISOString(),
      }),
    ).rejects.toMatchObject({ errors: [{ field: 'agents' }] });
    expect(await itemsIn(world, id, { decision: 'open' })).toHaveLength(3);
  });
});

describe('at the same time', () => {
  it('twenty decisions about one item have one winner', async () => {
    const { id, whole } = await begin(world);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) =>
        decideItem(sponsor(), {
          ...{ id, itemId: whole, decision: n % 2 ? 'confirm' : 'remove', reason: `number ${n}` },
        }),
      ),
    );
    const won = outcomes.filter(({ status }) => status === 'fulfilled');
    expect(won).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ status: 409 });
    }
    const said = await saidOf(world, 'campaign_item.confirmed', 'campaign_item.removed');
    expect(said.filter(({ object }) => (object as { id: string }).id === whole)).toHaveLength(1);
    const item = await itemIn(world, id, whole);
    const { agents } = await accessOf(world);
    expect(agents.length).toBe(item?.decision === 'confirm' ? 1 : 0);
  });

  it('many about the same many, in any order, neither wait for each other nor both win', async () => {
    for (let n = 0; n < 4; n += 1) await mintReviewed(world);
    const { id, items } = await begin(world);
    const ids = items.map((item) => item.id);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) =>
        decideMany(sponsor(), {
          ...{ id, items: n % 2 ? ids : ids.toReversed() },
          ...{ decision: n % 3 ? 'confirm' : 'remove', reason: 'all at once' },
        }),
      ),
    );
    const decided = outcomes.flatMap((one) =>
      one.status === 'fulfilled' ? one.value.decided : [],
    );
    expect(decided.toSorted()).toEqual(ids.toSorted());
    for (const one of outcomes) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ status: 409 });
    }
    expect(await itemsIn(world, id, { decision: 'open' })).toEqual([]);
  });
});
