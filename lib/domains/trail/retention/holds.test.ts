import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mintWorld } from '@/lib/infra/testing/world';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { RetentionSuite } from '../test/retention';
import { memberContext, problemOf } from '../test/world';
import { isRemoved } from './classes';
import { liftHold, listHolds, placeHold } from './service/holds';
import { updateRetention } from './service/settings';
import { holdsCovering } from './trail';

const suite = new RetentionSuite();

describe('a legal hold', () => {
  const hold = (filters: Record<string, string>, ctx = suite.auditor) =>
    placeHold(ctx, { filters, reason: 'Case 4711', owner: suite.world.admin });

  it('stops the job until it is lifted', async () => {
    const [first] = await suite.recorded(
      ...suite.events('action.decided', 5, '03', { outcome: 'deny' }),
      ...suite.events('action.decided', 7, '03', { outcome: 'allow' }),
    );
    await suite.sound();
    const placed = await hold({ type: 'action.*', outcome: 'deny' });
    expect(placed).toMatchObject({
      owner: suite.world.admin,
      reason: 'Case 4711',
      lifted_at: null,
    });
    expect(placed.can.lift.allowed).toBe(false);
    await suite.run();
    expect(await suite.leftOf('action.decided')).toBe(5);
    expect(await suite.exists(`events_${suite.year}03`)).toBe(true);
    expect(JSON.parse((await suite.left())[0]?.body ?? '').id).toBe(first?.id);
    expect(await suite.sound()).toMatchObject({ status: 'ok' });
    expect((await listHolds(suite.auditor, {})).items).toMatchObject([{ id: placed.id }]);
    await liftHold(suite.admin, { id: placed.id, reason: 'Case closed' });
    expect(
      await problemOf(liftHold(suite.admin, { id: placed.id, reason: 'again' })),
    ).toMatchObject({
      code: 'hold_lifted',
    });
    await suite.run();
    expect(await suite.leftOf('action.decided')).toBe(0);
    expect(await suite.exists(`events_${suite.year}03`)).toBe(false);
    expect((await listHolds(suite.auditor, {})).items).toMatchObject([
      { lift_reason: 'Case closed', can: { lift: { allowed: false } } },
    ]);
    expect(await suite.said('trail.hold_placed')).toMatchObject([
      { filters: { type: 'action.*', outcome: 'deny' }, owner: suite.world.admin },
    ]);
    expect(await suite.said('trail.hold_lifted')).toMatchObject([{ reason: 'Case closed' }]);
  });

  it('is placed and lifted by who may, with all that it needs', async () => {
    const approver = memberContext(suite.world.workspace, 'approver');
    expect(await problemOf(hold({ outcome: 'deny' }, approver))).toMatchObject({ status: 403 });
    expect((await listHolds(suite.auditor, {})).items).toEqual([]);
    const bad = (input: Record<string, unknown>) => problemOf(placeHold(suite.auditor, input));
    const good = { filters: { outcome: 'deny' }, reason: 'Case 1', owner: suite.world.admin };
    expect(await bad({ ...good, filters: {} })).toMatchObject({ fields: ['filters'] });
    expect(await bad({ ...good, filters: { tier: '9' } })).toMatchObject({
      fields: ['filters.tier'],
    });
    expect(await bad({ ...good, reason: ' ' })).toMatchObject({ fields: ['reason'] });
    expect(await bad({ ...good, owner: newId('mbr') })).toMatchObject({ fields: ['owner'] });
    const other = await mintWorld();
    expect(await bad({ ...good, owner: other.admin })).toMatchObject({ fields: ['owner'] });
    const { id } = await placeHold(suite.auditor, good);
    expect(await problemOf(liftHold(suite.auditor, { id, reason: 'because' }))).toMatchObject({
      status: 403,
    });
    const stranger = memberContext(other.workspace, 'admin');
    expect(await problemOf(liftHold(stranger, { id, reason: 'because' }))).toMatchObject({
      status: 404,
    });
    expect((await listHolds(stranger, {})).items).toEqual([]);
    expect((await listHolds(suite.auditor, {})).items).toMatchObject([{ id, lifted_at: null }]);
  });

  it('covers a time and a classification for who asks', async () => {
    await hold({
      from: `${suite.year}-03-01`,
      to: `${suite.year}-04-01`,
      classification: 'Restricted',
    });
    const covering = (from: string, to: string, classification: string) =>
      holdsCovering(suite.world.workspace, {
        ...{ from: new Date(`${suite.year}-${from}`), to: new Date(`${suite.year}-${to}`) },
        classification,
      });
    expect(await covering('03-31', '05-01', 'Restricted')).toHaveLength(1);
    expect(await covering('04-01', '05-01', 'Restricted')).toHaveLength(0);
    expect(await covering('02-01', '03-01', 'Restricted')).toHaveLength(0);
    expect(await covering('03-01', '04-01', 'Confidential')).toHaveLength(0);
  });

  it('keeps by any filter exactly what is not past or held, whatever there is', async () => {
    const outcomes = ['allow', 'deny', undefined] as const;
    const anEvent = fc.record({
      type: fc.constantFrom(
        'action.decided',
        'session.started',
        'agent.created',
        'request.refused',
      ),
      outcome: fc.constantFrom(...outcomes),
      tier: fc.constantFrom(1, 2, undefined),
      month: fc.constantFrom('01', '02', '08'),
      word: fc.constantFrom('alpha', 'beta'),
    });
    const aHold = fc.constantFrom<Record<string, string>>(
      ...[{ type: 'action.*' }, { type: 'agent.created,request.*' }, { outcome: 'deny' }],
      ...[{ tier: '1,2', outcome: 'allow' }, { q: 'alpha' }, { q: '-alpha', tier: '2' }],
    );
    const holds = fc.uniqueArray(aHold, { maxLength: 2 });
    const kept = fc.constantFrom(60, 86, 87, 100);
    const cases = fc.sample(
      fc.tuple(fc.array(anEvent, { minLength: 20, maxLength: 40 }), holds, kept, kept),
      { numRuns: 6, seed: 4711 },
    );
    for (const [made, filters, decisions, reads] of cases) {
      await suite.anew();
      await suite.recorded(
        ...made.map(({ month, outcome, tier, type, word }, n) => ({
          ...{ type, time: suite.at(month, n), data: { word } },
          ...(outcome ? { outcome } : {}),
          ...(tier ? { tier } : {}),
        })),
      );
      for (const each of filters) await hold(each);
      const periods = await updateRetention(suite.admin, { decisions, reads });
      await suite.sound();
      await suite.run();
      const held = (one: (typeof made)[number]) =>
        filters.some(
          ({ outcome, q, tier, type }) =>
            (type?.split(',').some((t) => one.type === t || one.type.startsWith(t.slice(0, -1))) ??
              true) &&
            (outcome === undefined || outcome === one.outcome) &&
            (tier?.split(',').includes(String(one.tier)) ?? true) &&
            (q === undefined || (q === 'alpha') === (one.word === 'alpha')),
        );
      const wanted = made.flatMap((one, n) => {
        const time = new Date(suite.at(one.month, n));
        return isRemoved({ type: one.type, time }, periods, clock.now(), held(one)) ? [] : [n];
      });
      const there = (await suite.left()).map(({ idx }) => idx).filter((idx) => idx < made.length);
      expect(there).toEqual(wanted);
      expect(await suite.sound()).toMatchObject({ status: 'ok' });
    }
  });
});
