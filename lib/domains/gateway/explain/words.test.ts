import { describe, expect, it } from 'vitest';
import type { HeldPermission } from './schema';
import { type Known, sentenceOf, stagesOf, tierWords } from './words';

const held = (over: Partial<HeldPermission> = {}): HeldPermission => ({
  ...{ permission: 'prm_1', role: { id: 'rol_1', name: 'refunds' }, words: 'tier 1', cedar: [] },
  by: 'role refunds',
  ...{ tier: 1, counted: true },
  ...over,
});
const known = (over: Partial<Known>): Known => ({
  ...{ decision: 'allow', stage: 'classify', tier: 1, floors: [], reasons: [] },
  ...{ permissions: [held()], actionType: 'refunds.create', agent: 'refund-agent' },
  ...{ amount: null, tops: [] },
  ...over,
});

describe('the sentence of an explanation', () => {
  it('names the role that it is counted against, and what raised the tier', () => {
    expect(sentenceOf(known({}))).toBe(
      'Allowed at tier 1: role refunds grants refunds.create at tier 1.',
    );
    const floor = { code: 'floor_irreversible', message: 'It cannot be undone, and so on.' };
    expect(sentenceOf(known({ decision: 'hold', tier: 3, floors: [floor] }))).toBe(
      'Held for a person at tier 3: role refunds grants refunds.create at tier 1, raised to tier 3: it cannot be undone, and so on.',
    );
  });

  it('names the policy by hand that it is counted against', () => {
    const permit = held({
      permission: 'cedar:notes#1',
      role: null,
      by: 'the Cedar policy notes#1',
    });
    expect(sentenceOf(known({ permissions: [permit] }))).toBe(
      'Allowed at tier 1: the Cedar policy notes#1 grants refunds.create at tier 1.',
    );
  });

  it('says how far each role grants what is above all of them', () => {
    const reasons = [{ code: 'above_limit', message: 'amount 750 is outside' }];
    const said = sentenceOf(
      known({
        ...{ decision: 'deny', stage: 'authorize', tier: null, reasons },
        permissions: [held({ tier: null, counted: false })],
        amount: { parameter: 'amount', value: 750 },
        tops: [{ role: 'refunds', top: 500 }],
      }),
    );
    expect(said).toBe(
      'Denied by stage authorize: refund-agent holds no permission for refunds.create with amount 750; role refunds grants up to 500 at tier 3.',
    );
  });

  it('says what else refused it in its own words', () => {
    const reasons = [{ code: 'agent_suspended', message: 'The agent is suspended.' }];
    const denied = known({ decision: 'deny', stage: 'authenticate', reasons });
    expect(sentenceOf(denied)).toBe('Denied by stage authenticate: The agent is suspended.');
    const refused = known({ decision: 'refused', stage: 'limit', reasons });
    expect(sentenceOf(refused)).toBe('Refused by stage limit: The agent is suspended.');
  });
});

const told = {
  ...{ authenticate: 'active', session: 'Its own.', resolve: '', inspect: '' },
  ...{ authorize: 'role refunds at tier 1', limit: 'role refunds', classify: 'Tier 1.' },
};

describe('the stages', () => {
  it('all passed when it was allowed', () => {
    const stages = stagesOf('classify', null, told);
    expect(stages.map(({ outcome }) => outcome)).toEqual(Array(7).fill('passed'));
    expect(stages[4]?.words).toBe('Permitted by role refunds at tier 1.');
  });

  it('end with the one that refused; those after it were not reached', () => {
    const stages = stagesOf('inspect', [{ code: 'rule_range', message: 'Too large.' }], told);
    expect(stages.map(({ outcome }) => outcome)).toEqual([
      ...['passed', 'passed', 'passed', 'refused'],
      ...['not_reached', 'not_reached', 'not_reached'],
    ]);
    expect(stages[3]?.words).toBe('Too large.');
  });

  it('say from where a floor raised the tier', () => {
    expect(tierWords(1, 1, [])).toBe('Tier 1, as granted; no floor raises it.');
    const floors = [{ code: 'floor_probation', message: 'It is on probation.' }];
    expect(tierWords(1, 2, floors)).toBe('Tier 2, raised from 1. It is on probation.');
  });
});
