import { describe, expect, it } from 'vitest';
import { newId } from '@/lib/kernel/ids';
import { CreateRoute } from '../../schema';
import { bodyOf, draftOf, faultsOf, newNeed, newStep } from './route-draft';

const [finance, heads, agent] = [newId('grp'), newId('grp'), newId('agt')];

const whole = {
  name: 'Large refunds',
  fits: {
    action_types: ['refunds.create'],
    agents: [agent],
    classification: 'Confidential' as const,
    amount_from: 0,
    amount_below: 99.5,
  },
  needs: [
    {
      ...{ group: finance, count: 2 },
      escalation: [
        { after_minutes: 30, group: heads },
        { after_minutes: 60, group: null },
      ],
    },
    { group: null, count: 1, escalation: [] },
  ],
  wait_minutes: 43_200,
  signing: 'passkey' as const,
};
const bare = {
  ...{ name: 'All', fits: {}, wait_minutes: null, signing: null },
  needs: [{ group: null, count: 1, escalation: [] }],
};

describe('a route’s draft', () => {
  it('becomes what it was made of', () => {
    for (const route of [whole, bare]) {
      expect(bodyOf(draftOf(route))).toEqual(route);
      expect(CreateRoute.parse(bodyOf(draftOf(route)))).toEqual(route);
      expect(faultsOf(draftOf(route))).toBeUndefined();
    }
  });

  it('begins with one signature of any approver for everything, and lacks a name', () => {
    const draft = draftOf();
    expect(bodyOf(draft)).toEqual({ ...bare, name: '' });
    expect(faultsOf(draft)).toEqual({ name: 'must not be empty' });
  });

  it('says of each field what is wrong with it', () => {
    const draft = draftOf(bare);
    const found = faultsOf({
      ...draft,
      amountFrom: 'much',
      wait: '43201',
      needs: [
        { ...newNeed(finance), count: '' },
        { ...newNeed(), count: '11', escalation: [{ ...newStep(), after: '0' }] },
      ],
    });
    expect(Object.keys(found ?? {}).sort()).toEqual([
      'fits.amount_from',
      'needs.0.count',
      'needs.1.count',
      'needs.1.escalation.0.after_minutes',
      'wait_minutes',
    ]);
    expect(found).toMatchObject({
      'fits.amount_from': 'must be a number',
      'needs.0.count': 'must be a number',
      'needs.1.count': 'must be at most 10',
    });
    expect(faultsOf({ ...draft, needs: [] })).toHaveProperty('needs');
  });

  it('is for no amounts when it begins where it ends', () => {
    const draft = { ...draftOf(bare), amountFrom: '500', amountBelow: '500' };
    expect(faultsOf(draft)).toHaveProperty(['fits.amount_below']);
    expect(faultsOf({ ...draft, amountBelow: '500.01' })).toBeUndefined();
  });

  it('gives each row a key of its own, so that one can go from between', () => {
    const keys = draftOf(whole).needs.flatMap((need) => [
      need.key,
      ...need.escalation.map((step) => step.key),
    ]);
    expect(new Set([...keys, newNeed().key, newStep().key]).size).toBe(keys.length + 2);
  });
});
