import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Attribute,
  Condition,
  isOther,
  resolveTypes,
  type SimpleClause,
  type Time,
  weekdays,
} from '@/lib/domains/access/server';
import { type Classification, classifications, rank } from '@/lib/domains/classification';
import { compilePolicies } from './compile';
import { contextOf, type Facts } from './context';
import { evaluate } from './evaluate';

const properties = {
  amount: { type: 'number' },
  customer_id: { type: 'string' },
  urgent: { type: 'boolean' },
};
const agent = {
  id: 'agt_1',
  name: 'refund-handler',
  model: 'scripted-1',
  environment: 'production',
  roles: new Set(['rol_1']),
  clearance: 'Restricted' as const,
  state: 'active',
};

function policiesFor(condition: Condition, classification: Classification = 'Internal') {
  const type = { key: 'refunds.create', classification, parameters: { properties } };
  const permission = { id: 'prm_1', role_id: 'rol_1', tier: 1 as const, ladder: null, condition };
  return compilePolicies(type, { environment: null }, [permission]);
}

function holds(condition: Condition, facts: Facts, classification?: Classification): boolean {
  const policies = policiesFor(condition, classification);
  const answer = evaluate(policies, agent, contextOf(policies.inputs, facts));
  expect(answer).not.toHaveProperty('error');
  return answer.allowed;
}

const facts = (over: Partial<Facts> = {}): Facts => ({
  parameters: {},
  session: {},
  user: null,
  address: null,
  now: Date.parse('2026-11-26T10:00:00Z'),
  ...over,
});

/** What a clause means, said directly. */
function meant(clause: SimpleClause, given: Facts, classification: Classification): boolean {
  const read = (attribute: Attribute): unknown => {
    const [of = '', name = ''] = attribute.split('.');
    if (of === 'agent') return agent[name as 'name' | 'model' | 'environment'];
    if (of === 'user') return given.user ?? undefined;
    return given[of as 'parameters' | 'session'][name];
  };
  switch (clause.on) {
    case 'compare': {
      const left = read(clause.left);
      const right = isOther(clause.right) ? read(clause.right.attribute) : clause.right;
      if (left === undefined || right === undefined) return false;
      if (typeof left !== typeof right) return false;
      const order = (left as number) - (right as number);
      const outcomes = {
        '==': left === right,
        '!=': left !== right,
        '<': order < 0,
        '<=': order <= 0,
        '>': order > 0,
        '>=': order >= 0,
      };
      return outcomes[clause.is];
    }
    case 'one_of':
      return clause.values.some((value) => value === read(clause.left));
    case 'like': {
      const value = read(clause.left);
      const parts = clause.pattern.split('*').map((part) => part.replaceAll(/[^a-z0-9]/gi, '\\$&'));
      return typeof value === 'string' && new RegExp(`^${parts.join('.*')}$`, 's').test(value);
    }
    case 'has':
      return read(clause.left) !== undefined;
    case 'classification':
      return rank(classification) <= rank(clause.atMost);
    default:
      throw new Error('tested on its own');
  }
}

const word = fc.constantFrom('a', 'b', 'cus_1', 'x"y\\z', 'é*', '');
const amount = fc.integer({ min: -20_000, max: 20_000 }).map((value) => value / 100);
const textAttribute = fc.constantFrom(
  'parameters.customer_id',
  'session.customer_id',
  'agent.model',
  'user.id',
);
const equality = fc.constantFrom('==' as const, '!=' as const);
const order = fc.constantFrom('==', '!=', '<', '<=', '>', '>=' as const);
const clause = fc.oneof(
  fc.record({
    on: fc.constant('compare' as const),
    left: textAttribute,
    is: equality,
    right: word,
  }),
  fc.record({
    on: fc.constant('compare' as const),
    left: textAttribute,
    is: equality,
    right: fc.record({ attribute: textAttribute }),
  }),
  fc.record({
    on: fc.constant('compare' as const),
    left: fc.constant('parameters.amount'),
    is: order,
    right: fc.oneof(amount, fc.constant({ attribute: 'session.ceiling' })),
  }),
  fc.record({
    on: fc.constant('compare' as const),
    left: fc.constant('parameters.urgent'),
    is: equality,
    right: fc.boolean(),
  }),
  fc.record({
    on: fc.constant('one_of' as const),
    left: textAttribute,
    values: fc.array(word, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    on: fc.constant('like' as const),
    left: textAttribute,
    pattern: fc.constantFrom('cus_*', '*', '*"y*', 'a', 'é*'),
  }),
  fc.record({
    on: fc.constant('has' as const),
    left: fc.oneof(textAttribute, fc.constant('parameters.amount')),
  }),
  fc.record({
    on: fc.constant('classification' as const),
    atMost: fc.constantFrom(...classifications),
  }),
);
const conditions = fc
  .array(
    fc.oneof(
      clause,
      fc.record({
        on: fc.constant('any' as const),
        clauses: fc.array(clause, { minLength: 2, maxLength: 3 }),
      }),
    ),
    { maxLength: 4 },
  )
  .map((raw) => Condition.parse(raw));
const given = fc
  .record({
    parameters: fc.record(
      { amount, customer_id: word, urgent: fc.boolean() },
      { requiredKeys: [] },
    ),
    session: fc.record({ customer_id: word, ceiling: amount }, { requiredKeys: [] }),
    user: fc.option(word),
  })
  .map((some) => facts(some));

describe('a condition', () => {
  it('holds exactly when all its clauses do', () => {
    fc.assert(
      fc.property(
        conditions,
        fc.array(given, { minLength: 3, maxLength: 3 }),
        fc.constantFrom(...classifications),
        (condition, all, classification) => {
          for (const one of all) {
            const expected = condition.every((part) =>
              part.on === 'any'
                ? part.clauses.some((inner) => meant(inner, one, classification))
                : meant(part, one, classification),
            );
            expect(holds(condition, one, classification)).toBe(expected);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('takes a value of another type as absent', () => {
    const same: Condition = [
      {
        on: 'compare',
        left: 'parameters.customer_id',
        is: '==',
        right: { attribute: 'session.customer_id' },
      },
    ];
    expect(
      holds(same, facts({ parameters: { customer_id: '7' }, session: { customer_id: '7' } })),
    ).toBe(true);
    expect(
      holds(same, facts({ parameters: { customer_id: '7' }, session: { customer_id: 7 } })),
    ).toBe(false);
    expect(holds(same, facts({ parameters: { customer_id: '7' } }))).toBe(false);
    // Inherited members are nobody's attributes.
    const inherited: Condition = [{ on: 'has', left: 'session.constructor' }];
    expect(holds(inherited, facts())).toBe(false);
  });

  it('knows the time of another zone, over midnight and over the change of its clocks', () => {
    const at = (time: Partial<Time>, instant: string) =>
      holds(
        [
          {
            on: 'time',
            days: [...weekdays],
            from: '09:00',
            to: '17:00',
            zone: 'Europe/Berlin',
            ...time,
          },
        ],
        facts({ now: Date.parse(instant) }),
      );
    expect(at({}, '2026-11-26T07:59:59Z')).toBe(false);
    expect(at({}, '2026-11-26T08:00:00Z')).toBe(true);
    expect(at({}, '2026-11-26T15:59:59Z')).toBe(true);
    expect(at({}, '2026-11-26T16:00:00Z')).toBe(false);
    // Summer time: one hour earlier in UTC.
    expect(at({}, '2026-07-01T07:00:00Z')).toBe(true);
    expect(at({}, '2026-07-01T06:59:00Z')).toBe(false);
    // Thursday only.
    expect(at({ days: ['thu'] }, '2026-11-26T10:00:00Z')).toBe(true);
    expect(at({ days: ['fri'] }, '2026-11-26T10:00:00Z')).toBe(false);
    // From Sunday 22:00 to Monday 06:00.
    const night = { days: ['sun' as const], from: '22:00', to: '06:00', zone: 'UTC' };
    expect(at(night, '2026-11-29T21:59:00Z')).toBe(false);
    expect(at(night, '2026-11-29T22:00:00Z')).toBe(true);
    expect(at(night, '2026-11-30T05:59:00Z')).toBe(true);
    expect(at(night, '2026-11-30T06:00:00Z')).toBe(false);
    expect(at(night, '2026-11-29T05:00:00Z')).toBe(false);
  });

  it('knows where a request comes from, and denies where that is not known', () => {
    const inside: Condition = [{ on: 'network', ranges: ['10.1.0.0/16', '2001:db8::/32'] }];
    expect(holds(inside, facts({ address: '10.1.255.7' }))).toBe(true);
    expect(holds(inside, facts({ address: '10.2.0.1' }))).toBe(false);
    expect(holds(inside, facts({ address: '2001:db8::9' }))).toBe(true);
    expect(holds(inside, facts())).toBe(false);
  });

  it('denies with an error where Cedar has no value for the address', () => {
    const inside: Condition = [{ on: 'network', ranges: ['10.1.0.0/16'] }];
    const policies = policiesFor(inside);
    for (const address of ['::ffff:10.1.0.1', 'fe80::1%eth0']) {
      const answer = evaluate(policies, agent, contextOf(policies.inputs, facts({ address })));
      expect(answer).toMatchObject({ allowed: false, error: expect.any(String) });
    }
  });
});

describe('the types of a condition', () => {
  const types = (condition: unknown, known?: Parameters<typeof resolveTypes>[2]) =>
    resolveTypes(Condition.parse(condition), { properties }, known);

  it('contradict where a value is compared as two things, or as what it is not', () => {
    const left = 'session.level';
    expect(types([{ on: 'compare', left, is: '>', right: 3 }])).toEqual(
      new Map([[left, 'number']]),
    );
    expect(
      types([
        { on: 'compare', left, is: '>', right: 3 },
        { on: 'like', left, pattern: 'x' },
      ]),
    ).toMatch(/as text here/);
    expect(types([{ on: 'like', left, pattern: 'x' }], new Map([[left, 'number']]))).toMatch(
      /elsewhere/,
    );
    expect(types([{ on: 'compare', left: 'parameters.amount', is: '==', right: 'much' }])).toMatch(
      /as text/,
    );
    expect(types([{ on: 'has', left: 'parameters.nothing' }])).toMatch(
      /no text, number or boolean/,
    );
    expect(
      types([
        {
          on: 'compare',
          left: 'parameters.amount',
          is: '==',
          right: { attribute: 'parameters.customer_id' },
        },
      ]),
    ).toMatch(/never equal/);
  });

  it('and a permission that contradicts grants nothing and takes nothing from others', () => {
    const type = {
      key: 'refunds.create',
      classification: 'Internal' as const,
      parameters: { properties },
    };
    const one = (id: string, condition: unknown) => ({
      id,
      role_id: 'rol_1',
      tier: 1 as const,
      ladder: null,
      condition: Condition.parse(condition),
    });
    const policies = compilePolicies(type, { environment: null }, [
      one('prm_1', [{ on: 'compare', left: 'session.level', is: '>', right: 3 }]),
      one('prm_2', [{ on: 'like', left: 'session.level', pattern: '*' }]),
    ]);
    const allowed = (level: unknown) =>
      evaluate(policies, agent, contextOf(policies.inputs, facts({ session: { level } })));
    expect(allowed(4)).toEqual({ allowed: true, grants: [{ permission: 'prm_1', tier: 1 }] });
    expect(allowed('4')).toMatchObject({ allowed: false });
  });
});
