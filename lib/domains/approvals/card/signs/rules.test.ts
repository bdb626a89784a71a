import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AmountFacts, amountSigns, stepsOf, underThreshold } from './amount';
import { type FreshFacts, freshSigns } from './fresh';
import { type Like, type LikeFacts, retriedSigns, splitSigns, thingOf } from './like';
import { hourSigns, paceSigns, rangesOf, usualHours } from './pace';
import type { Sign } from './schema';
import { amountIn, quoted, round, spanWords, timesWords } from './words';

const say = amountIn({ currency: 'USD' });
const brief = (signs: Sign[]) => signs.map(({ code, severity }) => `${code} ${severity}`);
const at = new Date('2026-11-20T12:00:00Z');
const before = (ms: number) => new Date(at.getTime() - ms);
const HOUR = 3_600_000;

describe('an amount', () => {
  const agent = { count: 40, maximum: 1_000, percentile95: 400 };
  const of = (value: number, over: Partial<AmountFacts['agent']> = {}) =>
    amountSigns({ value, say, days: 30, customer: null, agent: { ...agent, ...over } });

  it('above all earlier ones says by how many times, and of how many', () => {
    expect(of(5_000)[0]).toMatchObject({
      sentence: "$5,000.00 is 5 times the largest of this agent's 40 earlier ($1,000.00).",
      against: '40 earlier amounts of this agent and action type in 30 days',
    });
    expect(brief(of(2_000))).toEqual(['amount_above_all warning']);
    expect(brief(of(1_999.99))).toEqual(['amount_above_all notice']);
    expect(brief(of(1_000.01))).toEqual(['amount_above_all notice']);
    expect(of(1_000.01)[0]?.sentence).toContain('a little more than the largest');
  });

  it('needs some earlier ones, or to be far above the few', () => {
    expect(of(1_500, { count: 4 })).toEqual([]);
    expect(brief(of(1_500, { count: 5 }))).toEqual(['amount_above_all notice']);
    expect(brief(of(2_000, { count: 1 }))).toEqual(['amount_above_all notice']);
    expect(of(2_000, { count: 0, maximum: null, percentile95: null })).toEqual([]);
    expect(brief(of(1, { maximum: 0, percentile95: 0 }))).toEqual(['amount_above_all notice']);
  });

  it('among the earlier ones is unusual only far above nearly all', () => {
    expect(of(799)).toEqual([]);
    expect(brief(of(800))).toEqual(['amount_far_above notice']);
    expect(of(800, { count: 19 })).toEqual([]);
    expect(brief(of(1_000))).toEqual(['amount_far_above notice']);
  });

  it('that is one of the earlier ones never is above them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1 }),
        (all) => {
          const [value = 0] = all;
          const facts = { count: all.length, maximum: Math.max(...all), percentile95: null };
          expect(of(value, facts)).toEqual([]);
        },
      ),
    );
  });

  it('for a customer who is new to an agent that had others', () => {
    const first = (count: number, agents: number) =>
      amountSigns({
        ...{ value: 10, say, days: 30, customer: { id: 'C-1', count } },
        agent: { ...agent, count: agents },
      });
    expect(first(0, 5)[0]).toMatchObject({
      code: 'customer_first',
      sentence: "The first for customer C-1 among this agent's 5 earlier.",
    });
    expect(first(1, 5)).toEqual([]);
    expect(first(0, 4)).toEqual([]);
  });
});

const ladder = { parameter: 'amount', autonomous: 100, supervised: 1_000, gated: 10_000 };
const sources = {
  ...{ parameter: 'amount', ladder, type: 'refunds.create', agent: 'agt_1' },
  ...{ rules: [], daily: [], routes: [] },
};

describe('a threshold', () => {
  const under = (value: number, steps = stepsOf(sources)) => underThreshold(value, steps, say);

  it('is named when an amount lies at most 2 % under it', () => {
    expect(under(979.99)).toEqual([]);
    expect(under(980)[0]?.sentence).toBe(
      '$980.00 is $20.00 under the $1,000.00 above which a person is asked.',
    );
    expect(under(1_000)[0]?.sentence).toContain('exactly the $1,000.00');
    expect(under(1_000.01)).toEqual([]);
    expect(under(9_900)[0]?.sentence).toContain('above which it is denied');
    expect(under(10_001)).toEqual([]);
  });

  it('is of the ladder, the rules, the day, and the routes that could fit', () => {
    const route = (name: string, fits: object) => ({ name, fits });
    const steps = stepsOf({
      ...sources,
      rules: [
        { rule: 'range', parameter: 'amount', max: 5_000 },
        { rule: 'range', parameter: 'fee', max: 5 },
        { rule: 'equals_session', parameter: 'amount' },
      ],
      daily: [
        { parameter: 'amount', max: 20_000 },
        { parameter: 'fee', max: 6 },
      ],
      routes: [
        route('Two sign', { amount_from: 8_000 }),
        route('Small', { amount_below: 50, action_types: ['refunds.create'] }),
        route('Others', { amount_from: 7, action_types: ['orders.read'] }),
        route('Another', { amount_from: 8, agents: ['agt_2'] }),
      ],
    });
    expect(steps.map(({ value }) => value)).toEqual([50, 100, 1_000, 5_000, 8_000, 10_000, 20_000]);
    expect(under(7_999, steps)[0]?.sentence).toContain('from which the route “Two sign” begins');
    expect(under(8_000, steps)).toEqual([]);
  });
});

const like = (over: Partial<Like> = {}): Like => ({
  ...{ id: 'act_1', status: 'rejected', decision: 'hold', reason: null, amount: 900 },
  ...{ at: before(20 * 60_000), same_thing: true, same_customer: true, same_session: false },
  ...over,
});
const facts = (over: Partial<LikeFacts> = {}): LikeFacts => ({
  ...{ type: 'refunds.create', value: 900, at, say, thing: { order_id: '7' }, customer: 'C-1' },
  ...{ like: [], steps: stepsOf(sources) },
  ...over,
});

describe('what was refused before', () => {
  const retried = (one: Partial<Like>, over: Partial<LikeFacts> = {}) =>
    retriedSigns(facts({ like: [like(one)], ...over }));

  it('is linked, and a warning when a person refused it', () => {
    expect(retried({})).toEqual([
      {
        ...{ code: 'retried', severity: 'warning' },
        sentence: 'One for the same order_id 7 was rejected by a person 20 minutes before.',
        against: 'what this agent proposed of refunds.create in the 24 hours before',
        actions: [{ id: 'act_1', status: 'rejected', held: true, at: like().at.toISOString() }],
      },
    ]);
    for (const status of ['denied', 'expired', 'cancelled']) {
      expect(brief(retried({ status }))).toEqual(['retried notice']);
    }
    expect(retried({ status: 'denied', decision: 'deny' })[0]?.actions[0]?.held).toBe(false);
  });

  it('and comes again with less is a warning, whoever refused', () => {
    const [sign] = retried({ status: 'denied', amount: 900.01 });
    expect(sign).toMatchObject({ code: 'retried_smaller', severity: 'warning' });
    expect(sign?.sentence).toBe(
      '$900.01 for the same order_id 7 was denied 20 minutes before; now it is $900.00.',
    );
    expect(brief(retried({ amount: 899.99 }))).toEqual(['retried warning']);
    expect(brief(retried({ amount: null, status: 'denied' }))).toEqual(['retried notice']);
    expect(brief(retried({ amount: 900 }, { value: null }))).toEqual(['retried warning']);
  });

  it('is not what ran, waits, or was only too fast', () => {
    for (const status of ['pending', 'succeeded', 'failed', 'approved', 'permitted']) {
      expect(retried({ status })).toEqual([]);
    }
    expect(retried({ status: 'denied', reason: 'limit_rate' })).toEqual([]);
    expect(retried({ status: 'denied', reason: 'above_limit' })).toHaveLength(1);
  });

  it('counts by the thing or the session; by the customer where nothing else is named', () => {
    const other = { same_thing: false, same_customer: true };
    expect(retried(other)).toEqual([]);
    const session = { ...other, same_customer: false, same_session: true, amount: 901 };
    expect(retried(session)[0]).toMatchObject({
      ...{ code: 'retried', severity: 'notice' },
      sentence: 'One in the same session was rejected by a person 20 minutes before.',
    });
    expect(brief(retried(session, { thing: {} }))).toEqual(['retried_smaller warning']);
    const both = [like(session), like({ status: 'expired', at: before(HOUR) })];
    expect(retriedSigns(facts({ like: both }))[0]?.sentence).toContain('order_id 7 was held until');
    expect(retried(other, { thing: {} })[0]?.sentence).toContain('for customer C-1');
  });
});

describe('parts', () => {
  const done = { status: 'succeeded', decision: 'allow' };
  const split = (value: number, amounts: number[], over: Partial<Like> = {}) =>
    splitSigns(facts({ value, like: amounts.map((amount) => like({ ...done, amount, ...over })) }));

  it('that are each under a step and together above it are a warning', () => {
    const [sign] = split(600, [500]);
    expect(sign).toMatchObject({ code: 'split', severity: 'warning' });
    expect(sign?.sentence).toBe(
      '2 for the same order_id 7 in 24 hours come to $1,100.00: each under, together above the $1,000.00 above which a person is asked.',
    );
    expect(split(500, [500])).toEqual([]);
    expect(brief(split(500.01, [500]))).toEqual(['split warning']);
    expect(split(0.1, [0.2, 99.7])).toEqual([]);
  });

  it('are none when one alone is above the step, was refused, or is of something else', () => {
    expect(split(1_001, [1])).toEqual([]);
    expect(split(600, [1_200])).toEqual([]);
    for (const status of ['denied', 'rejected', 'expired', 'cancelled', 'failed']) {
      expect(split(600, [500], { status })).toEqual([]);
    }
    const neither = { same_thing: false, same_customer: false, same_session: true };
    expect(split(600, [500], neither)).toEqual([]);
    expect(split(600, [500], { same_thing: false })[0]?.sentence).toContain('for customer C-1');
  });

  it('never make a sign of a sum that no step lies in', () => {
    const amount = fc.integer({ min: 1, max: 50 });
    fc.assert(
      fc.property(amount, fc.array(amount, { maxLength: 9 }), (value, amounts) => {
        const all = [value, ...amounts];
        const sum = all.reduce((total, each) => total + each, 0);
        const crossed = amounts.length > 0 && sum > 100;
        expect(split(value, amounts)).toHaveLength(crossed ? 1 : 0);
      }),
    );
  });
});

it('what an action is about is what names it, without the customer', () => {
  const parameters = {
    ...{ order_id: 7, invoiceId: 'i', iban: 'DE1', customer_id: 'C', amount: 3, currency: 'USD' },
    ...{ note: 'x', paid: true, empty_id: '', nested_id: { a: 1 } },
  };
  expect(thingOf(parameters)).toEqual({ order_id: '7', invoiceId: 'i', iban: 'DE1' });
});

describe('a pace', () => {
  const pace = (lastHour: number, activeHours: number[], more = false) =>
    brief(paceSigns({ type: 'refunds.create', days: 30, lastHour, more, activeHours }));

  it('is unusual above three times the median, and a warning above ten', () => {
    expect(pace(5, [2, 2, 2, 2, 9])).toEqual([]);
    expect(pace(6, [2, 2, 2, 2, 9])).toEqual(['pace notice']);
    expect(pace(19, [2, 2, 2, 2, 9])).toEqual(['pace notice']);
    expect(pace(20, [2, 2, 2, 2, 9])).toEqual(['pace warning']);
  });

  it('is known after five hours, and of five in one', () => {
    expect(pace(50, [1, 1, 1, 1])).toEqual([]);
    expect(pace(3, [1, 1, 1, 1, 1])).toEqual([]);
    expect(pace(4, [1, 1, 1, 1, 1])).toEqual(['pace notice']);
    const [sign] = paceSigns({
      ...{ type: 'refunds.create', days: 30, lastHour: 2_000, more: true },
      activeHours: [1, 2, 1, 2, 1, 2],
    });
    expect(sign?.sentence).toContain('2,001 or more of refunds.create');
    expect(sign?.sentence).toContain('usually 1.5 an hour');
  });
});

describe('an hour', () => {
  const hours = new Map([
    [8, 40],
    [9, 40],
    [17, 15],
    [3, 5],
  ]);
  const proposed = (instant: string, zone = 'UTC', of = hours, coveredHours = 168) =>
    hourSigns({ at: new Date(instant), zone, days: 30, hours: of, coveredHours });

  it('is unusual outside of those with 95 % of all, in the zone', () => {
    expect(proposed('2026-11-20T17:59:59Z')).toEqual([]);
    expect(proposed('2026-11-20T08:00:00Z')).toEqual([]);
    const [sign] = proposed('2026-11-20T03:10:00Z');
    expect(sign?.sentence).toBe(
      "Proposed between 3 and 4 o'clock (UTC); 95 % of this agent's 100 earlier were proposed 8 to 10, 17 to 18.",
    );
    expect(proposed('2026-11-20T02:10:00Z', 'Europe/Berlin')).toHaveLength(1);
    expect(proposed('2026-11-20T16:10:00Z', 'Europe/Berlin')).toEqual([]);
  });

  it('is known from fifty on, and after a week', () => {
    expect(proposed('2026-11-20T03:00:00Z', 'UTC', hours, 167)).toEqual([]);
    expect(proposed('2026-11-20T03:00:00Z', 'UTC', new Map([[8, 49]]))).toEqual([]);
    expect(proposed('2026-11-20T03:00:00Z', 'UTC', new Map([[8, 50]]))).toHaveLength(1);
  });

  it('is never among the usual ones when less busy than one that is not', () => {
    const counts = fc.array(fc.nat({ max: 50 }), { minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(counts, (all) => {
        const usual = usualHours(new Map(all.entries()));
        const total = all.reduce((sum, count) => sum + count, 0);
        const inside = all.reduce((sum, count, hour) => sum + (usual.has(hour) ? count : 0), 0);
        expect(inside).toBeGreaterThanOrEqual(total * 0.95);
        const least = Math.min(...[...usual].map((hour) => all[hour] ?? 0));
        for (const [hour, count] of all.entries()) {
          if (!usual.has(hour)) expect(count === 0 || count < least).toBe(true);
        }
      }),
    );
  });

  it('stands in ranges, over midnight in one', () => {
    expect(rangesOf(new Set([22, 23, 0, 1]))).toBe('22 to 2');
    expect(rangesOf(new Set([23]))).toBe('23 to 24');
    expect(rangesOf(new Set(Array.from({ length: 24 }, (_, hour) => hour)))).toBe('at all hours');
  });
});

describe('what is new', () => {
  const settled: FreshFacts = {
    ...{ type: 'refunds.create', days: 30, at, hasAmount: true, earlier: 3 },
    agentSince: before(7 * 24 * HOUR),
    credentials: [{ changed: before(24 * HOUR), what: 'made' }],
    permissions: [{ changed: before(24 * HOUR), by: 'Ada', what: 'permission' }],
  };
  const fresh = (over: Partial<FreshFacts>) => freshSigns({ ...settled, ...over });

  it('is nothing after a week, or a day', () => {
    expect(fresh({})).toEqual([]);
    expect(fresh({ earlier: null })).toEqual([]);
  });

  it('is the first of its type, the agent, its credential, and what permits it', () => {
    expect(fresh({ earlier: 0 })[0]?.sentence).toBe(
      'The first refunds.create of this agent with an amount in 30 days.',
    );
    expect(fresh({ earlier: 0, hasAmount: false })[0]?.sentence).toContain('held or denied');
    expect(fresh({ agentSince: before(7 * 24 * HOUR - 1) })[0]?.sentence).toBe(
      'The agent was registered 6 days before.',
    );
    const soon = { changed: before(24 * HOUR - 1) };
    expect(fresh({ credentials: [{ ...soon, what: 'revoked' }] })[0]?.sentence).toBe(
      'A credential of the agent was revoked 23 hours before.',
    );
    expect(fresh({ permissions: [{ ...soon, by: 'Ada', what: 'policy' }] })[0]?.sentence).toBe(
      'The policy that allows it was last changed 23 hours before, by Ada.',
    );
    const later = { changed: before(-90_000), by: 'Ada', what: 'permission' as const };
    expect(fresh({ permissions: [...settled.permissions, later] })[0]?.sentence).toContain(
      '1 minute after it was proposed, by Ada',
    );
  });

  it('is not what a new agent was set up with, but what came after', () => {
    const since = before(3 * HOUR);
    const within = (hours: number) => [
      { changed: before((3 - hours) * HOUR), what: 'made' as const },
    ];
    const codes = (hours: number) =>
      fresh({ agentSince: since, credentials: within(hours) }).map(({ code }) => code);
    expect(codes(1)).toEqual(['new_agent']);
    expect(codes(1.01)).toEqual(['new_agent', 'new_credential']);
  });
});

it('numbers and times are said plainly', () => {
  expect([1.05, 1.1, 4.29, 9.99, 12.7, 1_234].map(timesWords)).toEqual([
    ...['a little more than', '1.1 times', '4.2 times', '9.9 times', '12 times', '1,234 times'],
  ]);
  expect([0, 60_000, 119 * 60_000, 120 * 60_000, 48 * HOUR].map(spanWords)).toEqual([
    ...['less than a minute', '1 minute', '119 minutes', '2 hours', '2 days'],
  ]);
  expect(amountIn({})(1_234.5)).toBe('1,234.5');
  expect(amountIn({ currency: 'EUR' })(round(0.1 + 0.2))).toBe('€0.30');
  expect(amountIn({})(500.00004)).toBe('500.00004');
});

it('what an agent chose stands in a sentence shortly, and shows', () => {
  expect(quoted('C-20931')).toBe('C-20931');
  expect(quoted('a\u202Eb\nc\u200B')).toBe('a\uFFFDb\uFFFDc\uFFFD');
  expect(quoted('x'.repeat(60))).toBe('x'.repeat(60));
  expect(quoted('x'.repeat(61))).toBe(`${'x'.repeat(60)}…`);
  expect(quoted('\u{1F600}'.repeat(500))).toBe(`${'\u{1F600}'.repeat(60)}…`);
  const thing = { order_id: '7\u202E' };
  expect(retriedSigns(facts({ like: [like()], thing }))[0]?.sentence).toContain(
    'order_id 7\uFFFD was',
  );
});
