import { afterAll, describe, expect, it } from 'vitest';
import { closeDb } from '@/lib/infra/db';
import { eventsOf } from '@/lib/infra/testing/events';
import { closeTrailDb } from '@/lib/infra/trail-db';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { memberContext, problemOf } from '../test/world';
import { createSearch, deleteSearch, listSearches } from './saved';

afterAll(async () => {
  await closeTrailDb();
  await closeDb();
});

const workspace = newId('ws');
const [ada, ben] = [memberContext(workspace, 'auditor'), memberContext(workspace, 'auditor')];
const admin = memberContext(workspace, 'admin');
const filters = { q: '"no refund"', outcome: 'deny,hold', from: '2026-11-01' };

const namesOf = async (ctx: Context) => (await listSearches(ctx, {})).items.map(({ name }) => name);
const told = async () =>
  (await eventsOf(workspace)).filter(({ type }) => type.startsWith('saved_'));

describe('a saved search', () => {
  it("is its owner's, or everyone's when it is shared, and says so in the trail", async () => {
    const own = await createSearch(ada, { name: ' Denied ', filters });
    const shared = await createSearch(ada, { name: 'Month', filters: { tier: 3 }, shared: true });
    expect(own).toMatchObject({
      name: 'Denied',
      filters: { ...filters, from: '2026-11-01T00:00:00.000Z' },
      shared: false,
      own: true,
      can: { delete: { allowed: true } },
    });
    expect(await namesOf(ada)).toEqual(['Denied', 'Month']);
    expect(await namesOf(ben)).toEqual(['Month']);
    const [seen] = (await listSearches(ben, {})).items;
    expect(seen).toMatchObject({
      own: false,
      member: ada.actor.id,
      can: { delete: { allowed: false } },
    });
    expect((await told()).map(({ type, data }) => [type, data])).toEqual([
      ['saved_search.created', { after: { name: 'Denied', filters: own.filters, shared: false } }],
      ['saved_search.created', { after: { name: 'Month', filters: shared.filters, shared: true } }],
    ]);
  });

  it('is deleted by its owner or an admin; a private one is not there for others', async () => {
    const mine = await createSearch(ada, { name: 'Mine', filters });
    const ours = await createSearch(ada, { name: 'Ours', filters, shared: true });
    const before = await told();
    expect(await problemOf(deleteSearch(ben, { id: mine.id }))).toMatchObject({ status: 404 });
    expect(await problemOf(deleteSearch(ben, { id: ours.id }))).toMatchObject({ status: 403 });
    const approver = memberContext(workspace, 'approver');
    for (const call of [
      () => deleteSearch(approver, { id: ours.id }),
      () => createSearch(approver, { name: 'x', filters }),
      () => listSearches(approver, {}),
    ]) {
      expect(await problemOf(call())).toMatchObject({ status: 403 });
    }
    expect(await namesOf(ada)).toEqual(expect.arrayContaining(['Mine', 'Ours']));
    expect(await told()).toEqual(before);
    await deleteSearch(admin, { id: ours.id });
    await deleteSearch(ada, { id: mine.id });
    expect(await problemOf(deleteSearch(ada, { id: mine.id }))).toMatchObject({ status: 404 });
    expect((await told()).slice(before.length).map(({ type, data }) => [type, data])).toEqual([
      ['saved_search.deleted', { before: { name: 'Ours', filters: ours.filters, shared: true } }],
      ['saved_search.deleted', { before: { name: 'Mine', filters: mine.filters, shared: false } }],
    ]);
  });

  it("is not another workspace's", async () => {
    const { id } = await createSearch(ada, { name: 'Kept here', filters, shared: true });
    const other = memberContext(newId('ws'), 'admin');
    expect(await namesOf(other)).toEqual([]);
    expect(await problemOf(deleteSearch(other, { id }))).toMatchObject({ status: 404 });
    expect(await namesOf(ada)).toContain('Kept here');
  });

  it('needs a name of its own and filters that are some, each field named', async () => {
    await createSearch(ada, { name: 'Once', filters });
    expect(await problemOf(createSearch(ada, { name: 'Once', filters }))).toMatchObject({
      status: 409,
    });
    const bad: [object, string][] = [
      [{ name: '', filters }, 'name'],
      [{ name: 'n'.repeat(81), filters }, 'name'],
      [{ name: 'x', filters: {} }, 'filters'],
      [{ name: 'x', filters: { outcome: 'maybe' } }, 'filters.outcome'],
      [{ name: 'x', filters: { from: '2026-02-02', to: '2026-02-01' } }, 'filters.to'],
      [{ name: 'x', filters: { q: 'x', colour: 'red' } }, 'filters.colour'],
    ];
    for (const [input, field] of bad) {
      expect(await problemOf(createSearch(ada, input))).toMatchObject({
        status: 422,
        fields: [field],
      });
    }
  });
});
