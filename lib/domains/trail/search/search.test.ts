import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDb } from '@/lib/infra/db';
import { closeTrailDb } from '@/lib/infra/trail-db';
import { newId } from '@/lib/kernel/ids';
import { textQuery, words } from './words';
import { getEvent, getStory } from '../service/events';
import { countMatching, getHistogram, listEvents } from './service';
import { agentContext, happened, memberContext, load, problemOf } from '../test/world';

afterAll(async () => {
  await closeTrailDb();
  await closeDb();
});

describe('words', () => {
  it('are cut the same way on both sides', () => {
    expect(words('Refund #4821 für „Ärger“: refunds.create ①')).toEqual([
      'refund',
      '4821',
      'für',
      'ärger',
      'refunds',
      'create',
      '1',
    ]);
    expect(textQuery('cracked boil* "no refund" -mail')).toBe(
      `('cracked') & ('boil':*) & ('no' <-> 'refund') & !('mail')`,
    );
    expect(textQuery(`it's "unclosed quote`)).toBe(`('it' <-> 's') & ('unclosed' <-> 'quote')`);
    expect(textQuery(' " " - * ')).toBeUndefined();
  });
});

describe('search', () => {
  const workspace = newId('ws');
  const auditor = memberContext(workspace, 'auditor');
  const [agent, session, action] = [newId('agt'), newId('ses'), newId('act')];
  const find = async (input: object) =>
    (await listEvents(auditor, input)).items.map((item) => item.data?.['n'] ?? item.type);

  beforeAll(async () => {
    const as = agentContext(workspace, agent);
    await happened(as, {
      type: 'session.started',
      session,
      object: { type: 'session', id: session },
      data: { n: 1 },
    });
    await happened(as, {
      type: 'action.decided',
      session,
      action,
      object: { type: 'action_type', id: 'refunds.create' },
      outcome: 'hold',
      tier: 3,
      classification: 'Confidential',
      data: {
        n: 2,
        summary: 'Refund $750 for order #4821',
        why: 'The boiler arrived cracked',
        parameters: { order_id: '4821', amount: 750 },
      },
    });
    await happened(memberContext(workspace, 'approver'), {
      type: 'approval.approved',
      action,
      session,
      agent,
      outcome: 'approved',
      data: { n: 3, reason: 'Photograph shows it' },
    });
    await happened(as, {
      type: 'action.succeeded',
      session,
      action,
      object: { type: 'action_type', id: 'refunds.create' },
      outcome: 'succeeded',
      tier: 3,
      data: { n: 4, result: { refund: 'R-19' } },
    });
    await load(workspace, { type: 'sample.drawn', data: { n: 5, sentence: 'boiler plate' } });
  });

  it('finds newest first and by every filter', async () => {
    expect(await find({})).toEqual([5, 4, 3, 2, 1]);
    expect(await find({ type: 'action.decided' })).toEqual([2]);
    expect(await find({ type: 'action.*' })).toEqual([4, 2]);
    expect(await find({ agent })).toEqual([4, 3, 2, 1]);
    expect(await find({ actor: agent })).toEqual([4, 2, 1]);
    expect(await find({ action_type: 'refunds.create', outcome: 'hold' })).toEqual([2]);
    expect(await find({ tier: '3', classification: 'Confidential' })).toEqual([2]);
    expect(await find({ session })).toEqual([4, 3, 2, 1]);
    expect(await find({ action })).toEqual([4, 3, 2]);
    expect(await find({ from: '2099-01-01' })).toEqual([]);
    expect(await find({ to: '2099-01-01T00:00:00+02:00', limit: '2' })).toEqual([5, 4]);
  });

  it('finds words, phrases, beginnings, numbers and what is not there', async () => {
    expect(await find({ q: 'BOILER' })).toEqual([5, 2]);
    expect(await find({ q: 'boiler 750' })).toEqual([2]);
    expect(await find({ q: '"boiler arrived"' })).toEqual([2]);
    expect(await find({ q: '"arrived boiler"' })).toEqual([]);
    expect(await find({ q: 'photo*' })).toEqual([3]);
    expect(await find({ q: 'boiler -plate' })).toEqual([2]);
    expect(await find({ q: 'refunds.create' })).toEqual([4, 2]);
    expect(await find({ q: `'); DROP TABLE events; --` })).toEqual([]);
    expect(await countMatching(auditor, { q: 'boiler' })).toEqual({ count: 2, capped: false });
  });

  it('draws what matches over time', async () => {
    const all = await getHistogram(auditor, {});
    expect(all.buckets.length).toBeGreaterThan(50);
    expect(all.buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(5);
    const refunds = await getHistogram(auditor, { action_type: 'refunds.create' });
    const parts = refunds.buckets.map((bucket) => [bucket.parts.allow, bucket.parts.hold]);
    expect(parts.reduce(([a, h], [allow, hold]) => [a! + allow!, h! + hold!], [0, 0])).toEqual([
      1, 1,
    ]);
    const none = await getHistogram(auditor, { from: '2020-01-01', to: '2020-01-02' });
    expect(none).toMatchObject({
      from: '2020-01-01T00:00:00.000Z',
      to: '2020-01-02T00:00:00.000Z',
    });
  });

  it('pages by key, stable while events arrive', async () => {
    const first = await listEvents(auditor, { limit: 2 });
    await load(workspace, { type: 'sample.drawn', data: { n: 6 } });
    const second = await listEvents(auditor, { limit: 2, cursor: first.next });
    const third = await listEvents(auditor, { limit: 2, cursor: second.next });
    const seen = [...first.items, ...second.items, ...third.items].map((item) => item.data?.['n']);
    expect(seen).toEqual([5, 4, 3, 2, 1]);
    expect(third.next).toBeNull();
  });

  it('tells the story of an action in order, beginning with its session', async () => {
    const story = await getStory(memberContext(workspace, 'approver'), { action });
    expect(story.items.map((item) => item.type)).toEqual([
      'session.started',
      'action.decided',
      'approval.approved',
      'action.succeeded',
    ]);
  });

  it('leaves large data out of the list and keeps it in the event', async () => {
    const [made] = await load(workspace, {
      type: 'model.called',
      tier: 1,
      data: { prompt: 'long '.repeat(10_000) },
    });
    const { items } = await listEvents(auditor, { type: 'model.called' });
    expect(items[0]).toMatchObject({
      id: made?.id,
      time: made?.time,
      actor: made?.actor,
      tier: 1,
      data_omitted: true,
    });
    expect(items[0]).not.toHaveProperty('data');
    const one = await getEvent(auditor, { id: made?.id });
    expect(one.event.data?.['prompt']).toHaveLength(50_000);
    expect(JSON.parse(one.body)).toEqual(JSON.parse(JSON.stringify(made)));
  });

  it('names the field of what is malformed', async () => {
    const bad: [object, string][] = [
      [{ tier: '4' }, 'tier'],
      [{ outcome: 'maybe' }, 'outcome'],
      [{ from: 'yesterday' }, 'from'],
      [{ from: '2026-02-02', to: '2026-02-01' }, 'to'],
      [{ agent: 'somebody' }, 'agent'],
      [{ type: 'Robert;' }, 'type'],
      [{ cursor: 'garbage' }, 'cursor'],
      [{ limit: '0' }, 'limit'],
      [{ colour: 'red' }, 'colour'],
    ];
    for (const [input, field] of bad) {
      expect(await problemOf(listEvents(auditor, input))).toMatchObject({
        status: 422,
        fields: [field],
      });
    }
  });

  it('shows another workspace none of it', async () => {
    const other = memberContext(newId('ws'), 'auditor', 'admin', 'approver');
    expect((await listEvents(other, {})).items).toEqual([]);
    expect(await countMatching(other, { session })).toEqual({ count: 0, capped: false });
    expect(await problemOf(getStory(other, { action }))).toMatchObject({ status: 404 });
    const { items } = await listEvents(auditor, { limit: 1 });
    expect(await problemOf(getEvent(other, { id: items[0]?.id }))).toMatchObject({ status: 404 });
  });

  it('is refused to an approver, which is itself all that is written', async () => {
    const approver = memberContext(workspace, 'approver');
    const before = (await listEvents(auditor, { limit: 1 })).items[0]?.index ?? 0;
    expect(await problemOf(listEvents(approver, {}))).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
    await load(workspace);
    const { items } = await listEvents(auditor, { limit: 1 });
    expect(items[0]).toMatchObject({
      index: before + 1,
      type: 'request.refused',
      actor: { id: approver.actor.id },
    });
  });
});
