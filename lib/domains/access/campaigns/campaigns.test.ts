import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '@/lib/kernel/ids';
import { updatePermission } from '../service/permissions';
import { closeCampaign } from './service/close';
import { createCampaign, previewCampaign } from './service/create';
import { decideItem, decideMany } from './service/decide';
import { exportEvidence } from './service/evidence';
import { countWaiting, getCampaign, listCampaigns, listItems } from './service/read';
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

describe('an access review begins', () => {
  it('with an item for each role of each agent and each permission within, for its sponsor', async () => {
    const before = { agents: 1, roles: 1, permissions: 2, escalated: 0 };
    expect(await previewCampaign(admin(world), { agents: 'all' })).toMatchObject({
      ...before,
      reviewers: [{ reviewer: { id: world.sponsor }, agents: 1, items: 3 }],
    });
    const { id, items } = await begin(world);
    expect(items.map((item) => [item.permission, item.reviewer?.id, item.decision])).toEqual([
      [null, world.sponsor, null],
      [world.permissions[0], world.sponsor, null],
      [world.permissions[1], world.sponsor, null],
    ]);
    expect(items.slice(1).map((item) => item.roleItem)).toEqual([items[0]?.id, items[0]?.id]);
    expect(items[1]?.granted.words).toEqual([
      'Amount up to 50 autonomous, up to 500 supervised, up to 1,000 gated, above denied',
      '5 a day',
    ]);
    expect(items[2]?.granted.words).toEqual(['Tier 1, autonomous', '5 a day']);
    expect(await getCampaign(sponsor(), { id })).toMatchObject({
      progress: { items: 3, open: 3, mine: 3 },
      reviewers: [{ reviewer: { id: world.sponsor }, items: 3, open: 3 }],
      can: { close: { allowed: false }, export: { allowed: false } },
    });
    expect(await countWaiting(sponsor(), {})).toMatchObject({ items: 3 });
    expect(await saidOf(world, 'campaign.created')).toMatchObject([
      { object: { type: 'campaign', id }, data: before },
    ]);
  });

  it('with what has no sponsor who can sign in escalated to the admins at once', async () => {
    const orphan = await mintReviewed(world, null);
    const gone = await mintMember(world);
    const left = await mintReviewed(world, gone);
    await inside(world, (tx) =>
      tx.member.update({ where: { id: gone }, data: { state: 'disabled' } }),
    );
    const { id, items } = await begin(world, { agents: [orphan, left] });
    expect(items).toHaveLength(6);
    for (const item of items) {
      expect(item).toMatchObject({ decision: 'escalated', reviewer: null });
      expect(item.escalation).toMatch(/no sponsor/);
    }
    expect((await getCampaign(admin(world), { id })).progress).toMatchObject({
      ...{ items: 6, open: 0, escalated: 6, mine: 6 },
    });
    expect((await getCampaign(sponsor(), { id })).progress.mine).toBe(0);
  });

  it('with what is granted as it was, and says when that has changed since', async () => {
    const { id, parts } = await begin(world);
    const [permission = ''] = world.permissions;
    await updatePermission(admin(world), { id: permission, tier: 3, limits: {} });
    const item = await itemIn(world, id, parts[0] ?? '');
    expect(item?.granted.grants).toMatchObject({ tier: null, ladder: { gated: 1_000 } });
    expect(item?.since).toEqual({ gone: false, words: ['Tier 3, gated'] });
    await decideItem(sponsor(), { id, itemId: parts[0], decision: 'confirm' });
    expect((await saidOf(world, 'campaign_item.confirmed'))[0]?.['data']).toMatchObject({
      granted_now: ['Tier 3, gated'],
    });
  });

  it('for agents that are there, by a date to come, and not for nothing', async () => {
    const base = { name: 'Review', undone: 'remove', dueAt: new Date(Date.now() + DAY) };
    const make = (over: object) =>
      createCampaign(admin(world), {
        ...{ ...base, dueAt: base.dueAt.toISOString(), agents: 'all' },
        ...over,
      });
    const past = new Date(Date.now() - 1_000).toISOString();
    await expect(make({ dueAt: past })).rejects.toMatchObject({ errors: [{ field: 'dueAt' }] });
    await expect(make({ agents: [newId('agt')] })).rejects.toMatchObject({
      errors: [{ field: 'agents' }],
    });
    await expect(make({ agents: [] })).rejects.toMatchObject({ status: 422 });
    await expect(make({ colour: 'red' })).rejects.toMatchObject({ errors: [{ field: 'colour' }] });
    await inside(world, (tx) => tx.agentRole.deleteMany({ where: { agentId: world.agent } }));
    await expect(make({})).rejects.toMatchObject({ code: 'nothing_to_review' });
    expect((await listCampaigns(admin(world), {})).items).toEqual([]);
    expect(await saidOf(world, 'campaign.created')).toEqual([]);
  });
});

describe('a decision', () => {
  it('confirms, and is evidence with before and after', async () => {
    const { id, whole } = await begin(world);
    const access = await accessOf(world);
    const item = await decideItem(sponsor(), { id, itemId: whole, decision: 'confirm' });
    expect(item).toMatchObject({
      ...{ decision: 'confirm', decidedBy: { id: world.sponsor }, effect: null },
      can: { decide: { allowed: false } },
    });
    expect(await accessOf(world)).toEqual(access);
    expect(await saidOf(world, 'campaign_item.confirmed')).toMatchObject([
      {
        actor: { id: world.sponsor },
        agent: world.agent,
        data: {
          campaign: id,
          before: { decision: null },
          after: { decision: 'confirm', effect: null },
        },
      },
    ]);
  });

  it('that removes takes the agent out of the role, and its undecided permissions with it', async () => {
    const other = await mintReviewed(world);
    const { id, whole, parts } = await begin(world);
    await decideItem(sponsor(), { id, itemId: parts[0], decision: 'confirm' });
    await decideItem(sponsor(), { id, itemId: whole, decision: 'remove', reason: 'unused' });
    expect(await accessOf(world)).toEqual({
      agents: [other],
      permissions: world.permissions.toSorted(),
    });
    const items = await itemsIn(world, id, { agent: world.agent });
    expect(items.map(({ decision, effect }) => [decision, effect])).toEqual([
      ['remove', 'role_removed'],
      ['confirm', null],
      ['remove', 'removed_with_role'],
    ]);
    const said = await saidOf(world, 'agent_role.removed', 'campaign_item.removed');
    expect(said.map(({ type }) => type)).toEqual([
      ...['agent_role.removed', 'campaign_item.removed', 'campaign_item.removed'],
    ]);
    await expect(
      decideItem(sponsor(), { id, itemId: parts[1], decision: 'confirm' }),
    ).rejects.toMatchObject({ status: 409, code: 'already_decided' });
  });

  it('that removes a permission takes it from the role when no other agent is in that', async () => {
    const { id, parts } = await begin(world);
    const removed = await decideItem(sponsor(), {
      ...{ id, itemId: parts[0], decision: 'remove', reason: 'not needed' },
    });
    expect(removed.effect).toBe('permission_removed');
    expect(await accessOf(world)).toEqual({
      agents: [world.agent],
      permissions: [world.permissions[1]],
    });
    expect(await saidOf(world, 'permission.removed')).toMatchObject([
      { object: { id: world.permissions[0] }, data: { campaign: id, after: null } },
    ]);
  });

  it('that removes a permission others have is asked for, and goes once all of them are', async () => {
    const other = await mintReviewed(world);
    const { id, items, parts } = await begin(world);
    const ask = (itemId: string | undefined) =>
      decideItem(sponsor(), { id, itemId, decision: 'remove', reason: 'not needed' });
    expect((await ask(parts[0])).effect).toBe('requested');
    expect((await accessOf(world)).permissions).toHaveLength(2);
    expect((await getCampaign(admin(world), { id })).progress).toMatchObject({
      ...{ requested: 1, mine: 1 },
    });
    const theirs = items.find(
      (item) => item.agent.id === other && item.permission === world.permissions[0],
    );
    expect((await ask(theirs?.id)).effect).toBe('permission_removed');
    expect((await accessOf(world)).permissions).toEqual([world.permissions[1]]);
    expect((await itemIn(world, id, parts[0] ?? ''))?.effect).toBe('permission_removed');
  });

  it('cannot confirm what is gone, and can only say that it is', async () => {
    const { id, whole } = await begin(world);
    await inside(world, (tx) => tx.agentRole.deleteMany({ where: { agentId: world.agent } }));
    await expect(
      decideItem(sponsor(), { id, itemId: whole, decision: 'confirm' }),
    ).rejects.toMatchObject({ code: 'already_gone' });
    const input = { id, itemId: whole, decision: 'remove', reason: 'gone' };
    expect((await decideItem(sponsor(), input)).effect).toBe('already_gone');
    expect(await saidOf(world, 'agent_role.removed')).toEqual([]);
  });

  it('wants a reason for a removal', async () => {
    const { id, whole, parts } = await begin(world);
    for (const attempt of [
      () => decideItem(sponsor(), { id, itemId: whole, decision: 'remove' }),
      () => decideMany(sponsor(), { id, items: parts, decision: 'remove', reason: ' ' }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ errors: [{ field: 'reason' }] });
    }
    expect((await accessOf(world)).agents).toEqual([world.agent]);
  });

  it('of many decides what can be and says why the rest cannot', async () => {
    const strange = await mintMember(world);
    await mintReviewed(world, strange);
    const { id, items, whole } = await begin(world);
    await decideItem(sponsor(), { id, itemId: whole, decision: 'confirm' });
    const all = items.map((item) => item.id);
    const answer = await decideMany(sponsor(), { id, items: all, decision: 'confirm' });
    expect(answer.decided).toHaveLength(2);
    expect(answer.refused.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/decided already/),
        expect.stringMatching(/sponsor/),
      ]),
    );
    expect(answer.refused).toHaveLength(4);
    expect(await itemsIn(world, id, { decision: 'open' })).toHaveLength(3);
    expect(await itemsIn(world, id, { decision: 'open', reviewer: world.sponsor })).toEqual([]);
  });
});

describe('an admin', () => {
  it('decides what is escalated', async () => {
    const orphan = await mintReviewed(world, null);
    const { id, items } = await begin(world, { agents: [orphan] });
    const [whole] = items;
    const input = { id, itemId: whole?.id, decision: 'remove', reason: 'nobody answers' };
    expect(await decideItem(admin(world), input)).toMatchObject({
      ...{ decision: 'remove', effect: 'role_removed', escalation: expect.any(String) },
    });
    expect((await accessOf(world)).agents).toEqual([world.agent]);
    const said = await saidOf(world, 'campaign_item.removed');
    expect(said.map(({ data }) => (data as { before: object }).before)).toMatchObject([
      ...[{ decision: 'escalated' }, { decision: 'escalated' }, { decision: 'escalated' }],
    ]);
  });

  it.each(['remove', 'keep'])('answers a removal that reaches others: %s', async (settle) => {
    const other = await mintReviewed(world);
    const { id, parts } = await begin(world);
    const [itemId = ''] = parts;
    await decideItem(sponsor(), { id, itemId, decision: 'remove', reason: 'not needed' });
    const input = { id, itemId, settle, reason: 'talked to them' };
    const settled = await settleItem(admin(world), input);
    expect(settled).toMatchObject({
      effect: settle === 'keep' ? 'kept' : 'permission_removed',
      settledBy: { id: world.admin },
      settledReason: 'talked to them',
    });
    const access = await accessOf(world);
    expect(access.agents.toSorted()).toEqual([world.agent, other].toSorted());
    expect(access.permissions.includes(world.permissions[0] ?? '')).toBe(settle === 'keep');
    expect(await saidOf(world, 'campaign_item.settled')).toHaveLength(1);
    await expect(settleItem(admin(world), input)).rejects.toMatchObject({ status: 409 });
  });

  it('ends it before its time; nothing in it is decided after', async () => {
    const { id, whole } = await begin(world);
    const closed = await closeCampaign(admin(world), { id, reason: 'begun by mistake' });
    expect(closed).toMatchObject({ state: 'closed', closedBy: { id: world.admin } });
    await expect(
      decideItem(sponsor(), { id, itemId: whole, decision: 'confirm' }),
    ).rejects.toMatchObject({ status: 409, code: 'campaign_closed' });
    await expect(closeCampaign(admin(world), { id, reason: 'again' })).rejects.toMatchObject({
      status: 409,
    });
    expect(await saidOf(world, 'campaign.closed')).toMatchObject([
      { data: { reason: 'begun by mistake', undecided: 3 } },
    ]);
    expect((await accessOf(world)).agents).toEqual([world.agent]);
    expect(await countWaiting(sponsor(), {})).toEqual({ items: 0, dueAt: null });
  });
});

describe('the evidence', () => {
  const read = async (format: string) => {
    const { id, whole } = await begin(world);
    await decideItem(sponsor(), {
      ...{ id, itemId: whole, decision: 'remove', reason: '=cmd, "quoted"' },
    });
    const answer = (await exportEvidence(as(world, world.auditor, 'auditor'), {
      id,
      format,
    })) as Response;
    return { id, whole, text: await answer.text() };
  };

  it('leaves as CSV that no spreadsheet runs, and that is an event', async () => {
    const { id, whole, text } = await read('csv');
    const [header, first, ...rest] = text.split('\r\n');
    expect(header).toMatch(/^item,agent,agent_id,role,role_id,action_type,permission_id,granted,/);
    expect(first).toContain(whole);
    expect(first).toContain(`"'=cmd, ""quoted"""`);
    expect(rest).toHaveLength(3);
    expect(await saidOf(world, 'campaign.exported')).toMatchObject([
      { object: { id }, actor: { id: world.auditor }, data: { format: 'csv', items: 3 } },
    ]);
  });

  it('leaves as JSON with who decided what about what', async () => {
    const { id, text } = await read('json');
    const document = JSON.parse(text) as { campaign: object; items: object[] };
    expect(document.campaign).toMatchObject({ id, progress: { removed: 3 } });
    expect(document.items).toMatchObject([
      { decision: 'remove', effect: 'role_removed', decided_by_id: world.sponsor },
      { decision: 'remove', effect: 'removed_with_role', granted: expect.stringMatching(/50/) },
      { decision: 'remove', effect: 'removed_with_role' },
    ]);
  });
});

it('lists page by page, newest first, and items in their order', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 3; n += 1) ids.unshift((await begin(world)).id);
  const first = await listCampaigns(admin(world), { limit: 2 });
  const second = await listCampaigns(admin(world), { limit: 2, cursor: first.next });
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
  expect(second.next).toBeNull();
  const [id] = ids;
  const all = await itemsIn(world, id ?? '');
  const page = await listItems(admin(world), { id, limit: 2 });
  const rest = await listItems(admin(world), { id, limit: 2, cursor: page.next });
  expect([...page.items, ...rest.items]).toEqual(all);
  expect(rest.next).toBeNull();
});

it('says when a permission last satisfied an action, and how often in 30 days', async () => {
  const at = (days: number) => new Date(Date.now() - days * DAY);
  const act = (days: number, permissions: string[], decision = 'allow') =>
    inside(world, (tx) =>
      tx.action.create({
        data: {
          ...{ id: newId('act'), workspaceId: world.workspace, agentId: world.agent },
          ...{ sessionId: newId('ses'), type: 'refunds.create', parameters: {}, summary: '' },
          ...{ why: '', evidence: [], untrusted: [], decision, reasons: [], permissions },
          ...{ policyVersion: '1', digest: '', status: 'succeeded', requestHash: '' },
          ...{ idempotencyKey: newId('key'), createdAt: at(days) },
        },
      }),
    );
  const [first = ''] = world.permissions;
  await act(1, [first]);
  await act(10, [first]);
  await act(40, [first]);
  await act(0, [first], 'deny');
  const { items } = await begin(world);
  expect(items.map(({ used }) => used.recent)).toEqual([2, 2, 0]);
  expect(Math.round((Date.now() - Date.parse(items[0]?.used.last ?? '')) / DAY)).toBe(1);
  expect(items[2]?.used.last).toBeNull();
});
