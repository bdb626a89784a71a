import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import type { Condition } from '@/lib/domains/access/server';
import type { Facts } from '../cedar/context';
import { refutes, type Statement } from './confirm';
import { proveType } from './prove';
import { ACTION, closeSolver, NOW, type Side, sidesFor } from './test/sides';

const RUNS = 80;
const REQUESTS = 400;
const HOUR_MS = 3_600_000;

afterAll(closeSolver);

const texts = ['a', 'b', 'ab', 'abc', 'é"\\'];
const steps = [0, 1, 2, 3];
const of = <T>(...values: T[]) => fc.constantFrom(...values);
const is = of('==', '!=');
const order = of('==', '!=', '<', '<=', '>', '>=');
const attribute = of('parameters.place', 'session.desk', 'user.id', 'agent.model');

const pattern = of('a*', '*b', 'a*c', '*', 'ab', '*é*');
const ranges = fc.uniqueArray(of('10.0.0.0/8', '10.1.0.0/16', '::/0', '0.0.0.0/1'), {
  minLength: 1,
});

type Simple = Exclude<Condition[number], { on: 'any' }>;
const clause: fc.Arbitrary<Simple> = fc.oneof(
  fc.record({ on: fc.constant('compare'), left: attribute, is, right: of(...texts) }),
  fc.record({
    on: fc.constant('compare'),
    left: attribute,
    is,
    right: fc.record({ attribute }),
  }),
  fc.record({
    on: fc.constant('compare'),
    left: of('parameters.amount', 'parameters.count', 'session.level'),
    is: order,
    right: of(...steps, 1.5),
  }),
  fc.record({
    on: fc.constant('compare'),
    left: of('parameters.amount', 'session.level'),
    is: order,
    right: fc.constant({ attribute: 'parameters.count' }),
  }),
  fc.record({
    on: fc.constant('compare'),
    left: of('parameters.urgent'),
    is,
    right: fc.boolean(),
  }),
  fc.record({
    on: fc.constant('one_of'),
    left: attribute,
    values: fc.uniqueArray(of(...texts), { minLength: 1 }),
  }),
  fc.record({
    on: fc.constant('like'),
    left: attribute,
    pattern,
  }),
  fc.record({ on: fc.constant('has'), left: of('parameters.amount', 'session.desk', 'user.id') }),
  fc.record({
    on: fc.constant('time'),
    days: fc.uniqueArray(of('mon', 'wed', 'thu', 'sun'), { minLength: 1 }),
    from: of('09:00', '22:30'),
    to: of('10:00', '09:00'),
    zone: of('Europe/Berlin', 'America/New_York'),
  }),
  fc.record({
    on: fc.constant('network'),
    ranges,
  }),
) as unknown as fc.Arbitrary<Simple>;

const condition = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: clause },
    {
      weight: 1,
      arbitrary: fc.record({
        on: fc.constant('any' as const),
        clauses: fc.array(clause, { minLength: 2, maxLength: 3 }),
      }),
    },
  ),
  { maxLength: 2 },
) as fc.Arbitrary<Condition>;

const ladder = fc
  .tuple(of(...steps), of(...steps), of(...steps))
  .map((three) => three.toSorted((a, b) => a - b))
  .map(([autonomous = 0, supervised = 0, gated = 0]) => ({
    parameter: 'amount',
    autonomous,
    supervised,
    gated,
  }));

const permission = fc.record({
  role: of('sender', 'clerk'),
  tier: of(1 as const, 2 as const, 3 as const),
  ladder: fc.option(ladder, { nil: undefined }),
  condition,
});

const scope = `principal, action == Action::"${ACTION}", resource`;
const hand = of(
  '',
  `forbid (${scope}) when { context.parameters has amount && context.parameters.amount.greaterThan(decimal("1.5")) };`,
  `forbid (${scope}) unless { context.parameters has count && context.parameters.count * 2 - 1 < 4 };`,
  `@tier("1") permit (${scope}) when { context has user && context.user.id like "a*" };`,
  `forbid (${scope}) when { context.parameters has urgent && (if context.parameters.urgent then context has address else true) };`,
);

const agents: fc.Arbitrary<Record<string, string[]>> = of<Record<string, string[]>>(
  { one: ['sender'], two: ['clerk'] },
  { one: ['sender', 'clerk'], two: ['clerk'] },
);

const side: fc.Arbitrary<Side> = fc
  .record({ permissions: fc.array(permission, { minLength: 1, maxLength: 3 }), hand, agents })
  .map(({ permissions, hand: text, agents: held }): Side => ({
    permissions: permissions.map(({ ladder: rungs, ...one }) => ({
      ...one,
      ...(rungs ? { ladder: rungs } : {}),
    })),
    agents: held,
    ...(text === '' ? {} : { cedar: { hand: text } }),
  }));

/** Two clauses on the same, which differ in one place or not at all. */
const twoClauses = fc
  .oneof(
    fc.record({
      on: fc.constant('compare'),
      left: of('parameters.amount', 'parameters.count', 'session.level'),
      is: fc.tuple(order, order),
      right: of(...steps),
    }),
    fc.record({ on: fc.constant('like'), left: attribute, pattern: fc.tuple(pattern, pattern) }),
    fc.record({
      on: fc.constant('compare'),
      left: attribute,
      is: fc.tuple(is, is),
      right: of(...texts),
    }),
    fc.record({ on: fc.constant('network'), ranges: fc.tuple(ranges, ranges) }),
  )
  .map((both) =>
    [0, 1].map((index) =>
      Object.fromEntries(
        Object.entries(both).map(([name, value]) => [
          name,
          Array.isArray(value) ? value[index] : value,
        ]),
      ),
    ),
  ) as unknown as fc.Arbitrary<[Simple, Simple]>;

/** Most of the time two that differ in little: what is off by one would not show in others. */
const sides = side.chain((before) =>
  fc.oneof(
    twoClauses.map(([one, other]) => ({
      before: { permissions: [{ condition: [one] }] } as Side,
      after: { permissions: [{ condition: [other] }] } as Side,
    })),
    side.map((after) => ({ before, after })),
    fc.record({ ladder, narrower: condition }).map(({ ladder: rungs, narrower }) => ({
      before,
      after: {
        ...before,
        permissions: (before.permissions ?? []).map((one) => ({
          ...one,
          ...(one.ladder ? { ladder: rungs } : {}),
          condition: [...(one.condition ?? []), ...narrower],
        })),
      },
    })),
  ),
);

const near = steps.flatMap((step) => [step, step + 0.0001, step - 0.0001, step + 0.00001]);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const given = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
const request: fc.Arbitrary<Facts> = fc.record({
  parameters: fc
    .record({
      place: of(...texts),
      amount: maybe(of(...near, 1.5, 1e13)),
      count: maybe(of(...steps, -1, 2 ** 52)),
      urgent: maybe(fc.boolean()),
    })
    .map(given),
  session: fc
    .record({
      desk: maybe(of<unknown>(...texts, 1, true)),
      level: maybe(of<unknown>(...near, 'a')),
    })
    .map(given),
  user: of(null, ...texts),
  address: of(null, '10.1.2.3', '10.9.9.9', '192.0.2.1', '2001:db8::1'),
  // Each hour of the weeks in which one of the clocks is changed and of one in which none is.
  now: fc
    .tuple(of(NOW, Date.parse('2027-03-11'), Date.parse('2027-03-25')), fc.nat(7 * 24 * 2))
    .map(([from, half]) => from + (half * HOUR_MS) / 2),
});

it(`does not say "proved" where one of many requests shows otherwise, nor "refuted" without one`, async () => {
  const seen: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(sides, fc.infiniteStream(request), async ({ before, after }, requests) => {
      const asked = sidesFor(before, after);
      const found = await proveType(asked, ACTION);
      const answers = (name: string, facts: Facts) =>
        asked.evaluator.answers(`agt_${name}`, ACTION, facts);
      for (const statement of ['allowed', 'runs'] satisfies Statement[]) {
        const { verdict, example, why } = found[statement];
        seen[verdict] = (seen[verdict] ?? 0) + 1;
        expect(why).toEqual([]);
        if (example) {
          const facts = { ...example, now: example.at === null ? NOW : Date.parse(example.at) };
          expect(refutes[statement](answers(example.agent, facts))).toBe(true);
        }
      }
      let left = REQUESTS;
      for (const facts of requests) {
        for (const name of Object.keys(before.agents ?? { one: [] })) {
          const got = answers(name, facts);
          for (const statement of ['allowed', 'runs'] satisfies Statement[]) {
            if (found[statement].verdict !== 'proved') continue;
            expect(refutes[statement](got), JSON.stringify([statement, name, facts, got])).toBe(
              false,
            );
          }
        }
        left -= 1;
        if (left === 0) break;
      }
    }),
    { numRuns: RUNS },
  );
  // Otherwise it would have shown nothing.
  expect(seen['proved']).toBeGreaterThan(5);
  expect(seen['refuted']).toBeGreaterThan(5);
}, 600_000);

it('tells every two comparisons with the same bound apart as numbers do', async () => {
  const holds = {
    '==': (value: number) => value === 2,
    '!=': (value: number) => value !== 2,
    '<': (value: number) => value < 2,
    '<=': (value: number) => value <= 2,
    '>': (value: number) => value > 2,
    '>=': (value: number) => value >= 2,
  };
  const comparisons = Object.keys(holds) as (keyof typeof holds)[];
  const granting = (operator: keyof typeof holds): Side => ({
    permissions: [
      {
        condition: [{ on: 'compare', left: 'parameters.amount', is: operator, right: 2 }],
      },
    ],
  });
  for (const before of comparisons) {
    for (const after of comparisons) {
      const wider = [1.9999, 2, 2.0001].some(
        (value) => holds[after](value) && !holds[before](value),
      );
      const { allowed } = await proveType(sidesFor(granting(before), granting(after)), ACTION);
      expect([before, after, allowed.verdict]).toEqual([
        before,
        after,
        wider ? 'refuted' : 'proved',
      ]);
    }
  }
});
