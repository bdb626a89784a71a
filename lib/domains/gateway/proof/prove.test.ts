import { afterAll, describe, expect, it } from 'vitest';
import { type Condition, scaled } from '@/lib/domains/access/server';
import { closeSolver, parameters, proved, type Side } from './test/sides';

const ladder = { parameter: 'amount', autonomous: 100, supervised: 300, gated: 500 };
const compare = (left: string, is: string, right: unknown) =>
  ({ on: 'compare', left, is, right }) as Condition[number];
const hours = (
  from: string,
  to: string,
  zone: string,
  days = ['mon', 'tue', 'wed', 'thu', 'fri'],
) => ({ on: 'time', days, from, to, zone }) as Condition[number];
const granting = (...condition: Condition): Side => ({ permissions: [{ condition }] });

afterAll(closeSolver);

async function verdicts(before: Side, after: Side) {
  const { allowed, runs } = await proved(before, after);
  return [allowed.verdict, runs.verdict];
}

describe('amounts', () => {
  it('proves a narrowed limit', async () => {
    const after = { ...ladder, autonomous: 50, gated: 400 };
    expect(
      await verdicts({ permissions: [{ ladder }] }, { permissions: [{ ladder: after }] }),
    ).toEqual(['proved', 'proved']);
  });

  it('refutes a raised limit by an amount between the old and the new', async () => {
    const after = { ...ladder, gated: 500.0001 };
    const { allowed, runs } = await proved(
      { permissions: [{ ladder }] },
      { permissions: [{ ladder: after }] },
    );
    expect(allowed.verdict).toBe('refuted');
    expect(allowed.example?.parameters['amount']).toBe(500.0001);
    expect(allowed.example).toMatchObject({
      agent: 'one',
      others: 0,
      before: { decision: 'deny' },
      after: { decision: 'hold', tier: 3 },
    });
    expect(runs.verdict).toBe('proved');
  });

  it('tells apart what is allowed and what runs without a person', async () => {
    const after = { ...ladder, supervised: 450 };
    const { allowed, runs } = await proved(
      { permissions: [{ ladder }] },
      { permissions: [{ ladder: after }] },
    );
    expect(allowed.verdict).toBe('proved');
    expect(runs.verdict).toBe('refuted');
    const amount = Number(runs.example?.parameters['amount']);
    expect(amount).toBeGreaterThan(300);
    expect(amount).toBeLessThanOrEqual(450);
  });

  it('goes by the floors', async () => {
    const irreversible: Side = {
      permissions: [{ ladder }],
      type: { reversibility: 'irreversible' },
      floors: { irreversible: 3, external_communication: 1 },
    };
    const looser: Side = {
      ...irreversible,
      floors: { irreversible: 2, external_communication: 1 },
    };
    expect(await verdicts(irreversible, looser)).toEqual(['proved', 'refuted']);
    expect(await verdicts(looser, irreversible)).toEqual(['proved', 'proved']);
  });

  it("goes by the floors of the agent's own environment", async () => {
    const own = (environment: 'production' | 'staging'): Side => ({
      permissions: [{ ladder }],
      type: { reversibility: 'irreversible' },
      floors: {
        ...{ irreversible: 3, external_communication: 1 },
        environments: { [environment]: { irreversible: 2 } },
      },
    });
    expect(await verdicts(own('staging'), own('production'))).toEqual(['proved', 'refuted']);
    expect(await verdicts(own('production'), own('staging'))).toEqual(['proved', 'proved']);
  });

  it('counts on numbers that are too precise to be compared being denied', async () => {
    const condition: Condition = [compare('parameters.amount', '<=', 10)];
    const both: Side = { permissions: [{ condition }, { tier: 2 }] };
    const { allowed } = await proved(both, { permissions: [{ tier: 2 }] });
    // Whatever is read as a number has at most four decimals; what is not read may have more.
    expect(allowed.verdict).toBe('refuted');
    expect(scaled(Number(allowed.example?.parameters['amount']))).toBeUndefined();
  });
});

describe('conditions', () => {
  it.each<[string, Condition, Condition, string]>([
    [
      'a text that must be given',
      [compare('parameters.customer', '==', 'C-00001')],
      [{ on: 'has', left: 'parameters.customer' }],
      'refuted',
    ],
    [
      'an attribute that may be absent',
      [{ on: 'has', left: 'parameters.customer' }],
      [compare('parameters.customer', '!=', 'C-00001')],
      'proved',
    ],
    [
      'one of fewer',
      [{ on: 'one_of', left: 'session.desk', values: ['a', 'b'] }],
      [{ on: 'one_of', left: 'session.desk', values: ['b'] }],
      'proved',
    ],
    [
      'one of more',
      [{ on: 'one_of', left: 'session.desk', values: ['b'] }],
      [{ on: 'one_of', left: 'session.desk', values: ['a', 'b'] }],
      'refuted',
    ],
    [
      'equal attributes',
      [compare('parameters.customer', '==', { attribute: 'session.customer' })],
      [
        compare('parameters.customer', '==', { attribute: 'session.customer' }),
        { on: 'has', left: 'user.id' },
      ],
      'proved',
    ],
    [
      'attributes that need not be equal',
      [compare('parameters.customer', '==', { attribute: 'session.customer' })],
      [{ on: 'has', left: 'parameters.customer' }],
      'refuted',
    ],
    [
      'a narrower pattern',
      [{ on: 'like', left: 'parameters.place', pattern: 'DE-*' }],
      [{ on: 'like', left: 'parameters.place', pattern: 'DE-1*x' }],
      'proved',
    ],
    [
      'a wider pattern',
      [{ on: 'like', left: 'parameters.place', pattern: 'DE-*' }],
      [{ on: 'like', left: 'parameters.place', pattern: 'D*' }],
      'refuted',
    ],
    [
      'a smaller network',
      [{ on: 'network', ranges: ['10.0.0.0/8', '2001:db8::/32'] }],
      [{ on: 'network', ranges: ['10.1.0.0/16', '2001:db8:1::/48'] }],
      'proved',
    ],
    [
      'a larger network',
      [{ on: 'network', ranges: ['10.1.0.0/16'] }],
      [{ on: 'network', ranges: ['10.0.0.0/15'] }],
      'refuted',
    ],
    [
      'another kind of network',
      [{ on: 'network', ranges: ['0.0.0.0/0'] }],
      [{ on: 'network', ranges: ['::/0'] }],
      'refuted',
    ],
    [
      'shorter hours',
      [hours('09:00', '17:00', 'Europe/Berlin')],
      [hours('10:00', '16:59', 'Europe/Berlin', ['mon', 'tue'])],
      'proved',
    ],
    [
      'hours past midnight',
      [hours('22:00', '06:00', 'Europe/Berlin', ['fri'])],
      [hours('00:00', '06:00', 'Europe/Berlin', ['sat'])],
      'proved',
    ],
    [
      'longer hours',
      [hours('09:00', '17:00', 'Europe/Berlin')],
      [hours('09:00', '17:01', 'Europe/Berlin')],
      'refuted',
    ],
    // Berlin is one hour ahead of London the whole year, and New York between five and six behind Berlin.
    [
      'the same hours in another zone',
      [hours('10:00', '18:00', 'Europe/Berlin')],
      [hours('09:00', '17:00', 'Europe/London')],
      'proved',
    ],
    [
      'hours that leave room for the clocks',
      [hours('14:00', '18:00', 'Europe/Berlin')],
      [hours('09:00', '12:00', 'America/New_York')],
      'proved',
    ],
    [
      'hours that do only when both clocks are the same',
      [hours('15:00', '18:00', 'Europe/Berlin')],
      [hours('09:00', '12:00', 'America/New_York')],
      'refuted',
    ],
    [
      'two clocks that are changed an hour after each other',
      [hours('07:00', '10:00', 'America/New_York')],
      [hours('06:00', '09:00', 'America/Chicago')],
      'proved',
    ],
    [
      'who speaks for a user',
      [compare('user.id', '==', 'ada')],
      [compare('user.id', '!=', 'bob')],
      'refuted',
    ],
    [
      'whole numbers',
      [compare('parameters.count', '<', 3)],
      [compare('parameters.count', '<=', 2)],
      'proved',
    ],
    [
      'numbers',
      [compare('parameters.amount', '<', 3)],
      [compare('parameters.amount', '<=', 2.9999)],
      'proved',
    ],
    [
      'numbers that are a ten-thousandth apart',
      [compare('parameters.amount', '<', 3)],
      [compare('parameters.amount', '<=', 3)],
      'refuted',
    ],
    [
      'any of',
      [
        {
          on: 'any',
          clauses: [
            { on: 'has', left: 'user.id' },
            { on: 'has', left: 'parameters.customer' },
          ],
        },
      ],
      [{ on: 'has', left: 'user.id' }],
      'proved',
    ],
    [
      'all of what was any of',
      [{ on: 'has', left: 'user.id' }],
      [
        {
          on: 'any',
          clauses: [
            { on: 'has', left: 'user.id' },
            { on: 'has', left: 'parameters.customer' },
          ],
        },
      ],
      'refuted',
    ],
  ])('%s', async (_, before, after, verdict) => {
    const { allowed } = await proved(granting(...before), granting(...after));
    expect(allowed, JSON.stringify(allowed)).toMatchObject({ verdict });
  });

  it('names the moment and the texts of a counterexample', async () => {
    const { allowed } = await proved(
      granting(hours('09:00', '17:00', 'Europe/Berlin')),
      granting(hours('09:00', '17:01', 'Europe/Berlin')),
    );
    const at = new Date(allowed.example?.at ?? '');
    expect(at.toLocaleTimeString('en-GB', { timeZone: 'Europe/Berlin' })).toBe('17:00:00');
    expect(Object.keys(allowed.example?.parameters ?? {})).toEqual(['place']);
  });
});

describe('agents and what stands around', () => {
  const both: Side = {
    permissions: [{ role: 'sender' }, { role: 'clerk', tier: 3 }],
    agents: { one: ['sender'], two: ['clerk'], three: ['clerk'] },
  };

  it('refutes a role that is granted, and proves one that is taken away', async () => {
    const wider = {
      ...both,
      agents: { one: ['sender', 'clerk'], two: ['clerk', 'sender'], three: ['clerk'] },
    };
    const { allowed, runs } = await proved(both, wider);
    expect(allowed.verdict).toBe('proved');
    expect(runs).toMatchObject({ verdict: 'refuted', example: { agent: 'two', others: 0 } });
    const { example } = (
      await proved({ ...both, agents: { one: [] } }, { ...both, agents: { one: ['clerk'] } })
    ).allowed;
    expect(example).toMatchObject({ agent: 'one', after: { decision: 'hold' } });
    expect(await verdicts(wider, both)).toEqual(['proved', 'proved']);
  });

  it('counts the agents that a counterexample is the same for', async () => {
    const { allowed, kinds } = await proved(both, {
      ...both,
      permissions: [{ role: 'sender' }, { role: 'clerk', tier: 3 }, { role: 'clerk', tier: 1 }],
    });
    expect(allowed.verdict).toBe('proved');
    expect(kinds).toBe(2);
  });

  it('goes by clearance, and by who may act at all', async () => {
    const secret: Side = { permissions: [{}], type: { classification: 'Confidential' } };
    const cleared: Side = { ...secret, agent: { clearance: 'Confidential' } };
    expect(await verdicts(secret, cleared)).toEqual(['refuted', 'proved']);
    expect(await verdicts(cleared, secret)).toEqual(['proved', 'proved']);
    const suspended = { state: 'suspended' };
    expect(
      await verdicts(
        { ...secret, agent: suspended },
        { ...cleared, agent: { ...cleared.agent, ...suspended } },
      ),
    ).toEqual(['proved', 'proved']);
  });

  it('goes by the action type’s rules and JSON Schema', async () => {
    const rules = [
      { parameter: 'customer', rule: 'equals_session', attribute: 'customer' } as const,
    ];
    const own = granting(compare('parameters.customer', '==', { attribute: 'session.customer' }));
    const given = granting({ on: 'has', left: 'parameters.customer' });
    expect(await verdicts({ ...own, type: { rules } }, { ...given, type: { rules } })).toEqual([
      'proved',
      'proved',
    ]);
    const few = {
      ...parameters,
      properties: { ...parameters.properties, place: { enum: ['a', 'b'], type: 'string' } },
    };
    const oneOf = (...values: string[]) => ({
      ...granting({ on: 'one_of', left: 'parameters.place', values }),
      type: { parameters: few },
    });
    expect(await verdicts(oneOf('a', 'b'), oneOf('a', 'b', 'c'))).toEqual(['proved', 'proved']);
    expect(await verdicts(oneOf('a'), oneOf('a', 'b', 'c'))).toEqual(['refuted', 'proved']);
  });
});
