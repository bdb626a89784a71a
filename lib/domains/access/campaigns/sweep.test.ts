import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clock } from '@/lib/kernel/clock';
import { remindersDue } from './reminders';
import { decideItem, decideMany } from './service/decide';
import { countWaiting, getCampaign } from './service/read';
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
  sweep,
} from './test/world';

const realNow = clock.now;
let world: Reviewed;
const sponsor = () => as(world, world.sponsor, 'approver');

/** Moves the clock to so many days after now. */
function inDays(days: number): void {
  const at = Date.now() + days * DAY;
  clock.now = () => new Date(at);
}

beforeEach(async () => {
  world = await mintReview();
});

afterEach(() => {
  clock.now = realNow;
});

describe('when the due date has come', () => {
  it('what nobody decided is removed, once, though the job runs twice at once and again', async () => {
    const other = await mintReviewed(world);
    const { id, items } = await begin(world, { undone: 'remove' });
    const theirs = items.filter((item) => item.agent.id === other).map((item) => item.id);
    await decideMany(sponsor(), { id, items: theirs, decision: 'confirm' });
    inDays(29.9);
    await sweep(world);
    expect((await accessOf(world)).agents).toHaveLength(2);
    inDays(30.1);
    await Promise.all([sweep(world), sweep(world)]);
    await sweep(world);
    expect(await accessOf(world)).toEqual({
      agents: [other],
      permissions: world.permissions.toSorted(),
    });
    const own = await itemsIn(world, id, { agent: world.agent });
    expect(own.map(({ decision, effect, decidedBy }) => [decision, effect, decidedBy])).toEqual([
      ['lapsed', 'role_removed', null],
      ['lapsed', 'removed_with_role', null],
      ['lapsed', 'removed_with_role', null],
    ]);
    const said = await saidOf(
      world,
      ...['agent_role.removed', 'campaign_item.lapsed', 'campaign.closed'],
    );
    expect(said.map(({ type }) => type)).toEqual([
      ...['agent_role.removed', 'campaign_item.lapsed', 'campaign_item.lapsed'],
      ...['campaign_item.lapsed', 'campaign.closed'],
    ]);
    expect(said[0]).toMatchObject({ actor: { type: 'job', id: 'campaigns.sweep' } });
    expect(await getCampaign(admin(world), { id })).toMatchObject({
      ...{ state: 'closed', closedBy: null },
      progress: { confirmed: 3, lapsed: 3, open: 0 },
    });
  });

  it('a permission that others have is asked for, and keeps the review open until it is settled', async () => {
    const other = await mintReviewed(world);
    const { id, items, whole, parts } = await begin(world, { undone: 'remove' });
    const [first = '', second = ''] = parts;
    const rest = items.map((item) => item.id).filter((item) => item !== first);
    await decideMany(sponsor(), { id, items: rest, decision: 'confirm' });
    inDays(31);
    await sweep(world);
    expect(await itemIn(world, id, first)).toMatchObject({
      ...{ decision: 'lapsed', effect: 'requested' },
    });
    expect(await accessOf(world)).toMatchObject({ permissions: world.permissions.toSorted() });
    expect(await getCampaign(admin(world), { id })).toMatchObject({ state: 'open' });
    await settleItem(admin(world), { id, itemId: first, settle: 'remove', reason: 'agreed' });
    await sweep(world);
    expect((await accessOf(world)).permissions).toEqual([world.permissions[1]]);
    expect((await accessOf(world)).agents.toSorted()).toEqual([world.agent, other].toSorted());
    expect(await getCampaign(admin(world), { id })).toMatchObject({ state: 'closed' });
    for (const kept of [whole, second]) {
      expect((await itemIn(world, id, kept))?.decision).toBe('confirm');
    }
  });

  it('or it is escalated, once, and stays open for the admins', async () => {
    const { id, whole } = await begin(world, { undone: 'escalate' });
    const access = await accessOf(world);
    inDays(31);
    await Promise.all([sweep(world), sweep(world)]);
    await sweep(world);
    expect(await accessOf(world)).toEqual(access);
    expect(await saidOf(world, 'campaign_item.escalated')).toHaveLength(3);
    expect(await itemIn(world, id, whole)).toMatchObject({
      ...{ decision: 'escalated', escalation: expect.stringMatching(/due date/) },
      can: { decide: { allowed: true } },
    });
    await expect(
      decideItem(sponsor(), { id, itemId: whole, decision: 'confirm' }),
    ).rejects.toMatchObject({ status: 403 });
    expect(await countWaiting(admin(world), {})).toMatchObject({ items: 3 });
    expect(await getCampaign(admin(world), { id })).toMatchObject({ state: 'open' });
    await decideItem(admin(world), { id, itemId: whole, decision: 'remove', reason: 'late' });
    await sweep(world);
    expect((await accessOf(world)).agents).toEqual([]);
    expect(await getCampaign(admin(world), { id })).toMatchObject({ state: 'closed' });
    expect(await saidOf(world, 'campaign.closed')).toHaveLength(1);
  });
});

describe('before', () => {
  it('reminds seven, three and one day before, and when it is overdue, each once', async () => {
    const { id } = await begin(world, { undone: 'escalate' });
    for (const days of [22.9, 23.1, 26.9, 27.1, 29.1, 29.5, 30.1, 40]) {
      inDays(days);
      await Promise.all([sweep(world), sweep(world)]);
    }
    const said = await saidOf(world, 'campaign.reminded');
    expect(said.map(({ data }) => (data as { reminder: string }).reminder)).toEqual([
      ...['7', '3', '1', 'overdue'],
    ]);
    expect(said[0]?.['data']).toMatchObject({
      reviewers: [{ id: world.sponsor, open: 3 }],
      for_admins: 0,
    });
    expect(said[3]?.['data']).toMatchObject({ reviewers: [], for_admins: 3 });
    expect((await getCampaign(sponsor(), { id })).reminders).toEqual(['7', '3', '1', 'overdue']);
  });

  it('gives a short review only the reminder that is nearest', () => {
    const due = new Date('2026-06-30T12:00:00Z');
    const at = (days: number) => new Date(due.getTime() - days * DAY);
    expect(remindersDue(due, [], at(7.01))).toEqual([]);
    expect(remindersDue(due, [], at(7))).toEqual(['7']);
    expect(remindersDue(due, [], at(2))).toEqual(['7', '3']);
    expect(remindersDue(due, ['7', '3'], at(2))).toEqual([]);
    expect(remindersDue(due, ['7', '3', '1'], at(-1))).toEqual(['overdue']);
  });

  it('closes a review as soon as nothing in it is open', async () => {
    const { id, items } = await begin(world);
    const ids = items.map((item) => item.id);
    await decideMany(sponsor(), { id, items: ids.slice(1), decision: 'confirm' });
    await sweep(world);
    expect(await getCampaign(admin(world), { id })).toMatchObject({ state: 'open' });
    await decideMany(sponsor(), { id, items: ids.slice(0, 1), decision: 'confirm' });
    await sweep(world);
    await sweep(world);
    expect(await getCampaign(admin(world), { id })).toMatchObject({ state: 'closed' });
    expect(await saidOf(world, 'campaign.closed')).toHaveLength(1);
    expect(await saidOf(world, 'campaign.reminded')).toEqual([]);
  });

  it('escalates what a reviewer cannot decide any more', async () => {
    const next = await mintMember(world);
    const { id, parts } = await begin(world);
    await decideItem(sponsor(), { id, itemId: parts[0], decision: 'confirm' });
    await inside(world, (tx) =>
      tx.agent.update({ where: { id: world.agent }, data: { sponsorId: next } }),
    );
    await sweep(world);
    expect((await itemsIn(world, id)).map(({ decision }) => decision)).toEqual([
      ...['escalated', 'confirm', 'escalated'],
    ]);
  });

  it('carries out a removal that was asked for once the agent has left the role otherwise', async () => {
    await mintReviewed(world);
    const { id, parts } = await begin(world);
    const [itemId = ''] = parts;
    await decideItem(sponsor(), { id, itemId, decision: 'remove', reason: 'not needed' });
    await inside(world, (tx) => tx.agentRole.deleteMany({ where: { agentId: world.agent } }));
    await sweep(world);
    expect((await itemIn(world, id, itemId))?.effect).toBe('already_gone');
    expect((await accessOf(world)).permissions).toHaveLength(2);
  });
});
