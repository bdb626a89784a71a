import { describe, expect, it } from 'vitest';
import { dayOf } from '../day';
import { rateHref } from './rate-href';
import { meanwhileWords, mustSay } from './words';

const may = { review: { allowed: true }, see_payload: { allowed: true } };
const mayNot = { ...may, review: { allowed: false, reason: 'It has its verdict already.' } };
const waits = { verdict: null, reviewed_by: null, wanted: 1, can: may };
const lena = { id: 'mem_1', name: 'Lena Brandt' };

describe('what happened while somebody was writing about a sample', () => {
  it('is nothing as long as the verdict is theirs to give', () => {
    expect(meanwhileWords(waits)).toBeNull();
    expect(meanwhileWords({ ...waits, wanted: 2 })).toBeNull();
  });

  it('names who gave the verdict, and which', () => {
    const given = { ...waits, verdict: 'wrong' as const, reviewed_by: lena, can: mayNot };
    expect(meanwhileWords(given)).toBe('Lena Brandt has just marked this wrong.');
    expect(meanwhileWords({ ...given, reviewed_by: null })).toBe(
      'This has just been marked wrong.',
    );
    expect(meanwhileWords({ ...given, wanted: 2 })).toBe(
      'Both reviews of this have just come in. Its verdict: wrong.',
    );
  });

  it('says why the verdict is no longer theirs', () => {
    const reason = 'You have reviewed it. The second review is someone else’s.';
    const can = { ...may, review: { allowed: false, reason } };
    expect(meanwhileWords({ ...waits, wanted: 2, can })).toBe(reason);
  });
});

describe('closing a finding', () => {
  const one = { id: 'rfu_1', kind: 'correct' as const, note: '', draft: null };
  const done = { ...one, by: lena, at: '2026-11-12T10:00:00Z' };

  it('takes a note where nothing was done about it', () => {
    expect(mustSay('close', { follow_ups: [] })).toBe(true);
    expect(mustSay('close', { follow_ups: [done] })).toBe(false);
  });

  it('is beside the follow-ups, of which some take one', () => {
    const said = (['correct', 'isolate', 'tighten', 'probation'] as const).map((what) =>
      mustSay(what, { follow_ups: [] }),
    );
    expect(said).toEqual([true, true, false, false]);
  });
});

describe('rates of one agent or action type', () => {
  const url = { days: '30', agent: '', action_type: '' };

  it('keep the period and the other filter', () => {
    expect(rateHref({ ...url, days: '90', action_type: 'refunds.create' }, 'agent', 'agt_1')).toBe(
      '/reviews?view=rates&days=90&agent=agt_1&action_type=refunds.create',
    );
  });

  it('replace the filter they set, and name no default', () => {
    expect(rateHref({ ...url, agent: 'agt_1' }, 'agent', 'agt_2')).toBe(
      '/reviews?view=rates&agent=agt_2',
    );
    expect(rateHref(url, 'action_type', 'a&b')).toBe('/reviews?view=rates&action_type=a%26b');
  });
});

it('offers to draw from the day that it is where the workspace is', () => {
  const late = new Date('2026-11-20T23:30:00Z');
  expect(dayOf(late, 'UTC')).toBe('2026-11-20');
  expect(dayOf(late, 'Europe/Berlin')).toBe('2026-11-21');
  expect(dayOf(new Date('2026-11-21T02:00:00Z'), 'America/New_York')).toBe('2026-11-20');
});
