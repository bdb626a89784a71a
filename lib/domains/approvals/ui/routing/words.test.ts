import { describe, expect, it } from 'vitest';
import { fitsWords, needsWords, routeWords } from './words';

const groups = new Map([
  ['grp_f', 'Finance'],
  ['grp_h', 'Heads'],
]);
const agents = new Map([['agt_1', 'refund-handler']]);
const need = (group: string | null, count = 1, escalation: object[] = []) =>
  ({ group, count, escalation }) as Parameters<typeof needsWords>[0][number];
const later = (after_minutes: number, group: string | null) => ({ after_minutes, group });

describe('a route in a sentence', () => {
  it('says what it is for, whose signatures it takes, how long and how', () => {
    const route = {
      fits: { action_types: ['refunds.create'], amount_from: 500 },
      needs: [need('grp_f', 2, [later(30, 'grp_h')])],
      wait_minutes: 120,
      signing: 'passkey' as const,
    };
    expect(routeWords(route, groups, agents)).toBe(
      'refunds.create from 500 on: 2 of Finance; after 30 min also Heads; waits 2 h; passkey',
    );
  });

  it('leaves out what the workspace says', () => {
    const route = { fits: {}, needs: [need(null)], wait_minutes: null, signing: null };
    expect(routeWords(route, groups, agents)).toBe('any action: any approver');
  });
});

describe('what a route is for', () => {
  it('names types, agents, amounts and data', () => {
    expect(
      fitsWords(
        {
          action_types: ['refunds.create', 'orders.cancel', 'credit.add'],
          agents: ['agt_1', 'agt_2'],
          amount_from: 500,
          amount_below: 1_000,
          classification: 'Confidential',
        },
        agents,
      ),
    ).toBe(
      'refunds.create, orders.cancel or credit.add of refund-handler or agt_2 from 500 to below 1,000 touching Confidential data or above',
    );
    expect(fitsWords({ amount_below: 20 }, agents)).toBe('any action below 20');
    expect(fitsWords({ amount_from: 500.0004 }, agents)).toBe('any action from 500.0004 on');
    // From nothing on is something: an action without an amount does not fit.
    expect(fitsWords({ amount_from: 0 }, agents)).toBe('any action from 0 on');
    // There is nothing above it.
    expect(fitsWords({ classification: 'Restricted' }, agents)).toBe(
      'any action touching Restricted data',
    );
  });
});

describe('whose signatures it takes', () => {
  it('keeps each need with those who may sign later, in the order of time', () => {
    const needs = [
      need('grp_f', 1, [later(90, null), later(30, 'grp_h')]),
      need(null, 2),
      need('grp_gone'),
    ];
    expect(needsWords(needs, groups)).toBe(
      '1 of Finance (after 30 min also Heads, after 1 h 30 min also any approver), any 2 approvers and 1 of a lost group',
    );
  });
});
