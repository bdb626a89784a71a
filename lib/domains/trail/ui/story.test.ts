import { describe, expect, it } from 'vitest';
import type { EventItem } from '../schema';
import { folded, isSealed, looksWords, progressOf } from './story';

let made = 0;
const event = (type: string, minute: number, more: Partial<EventItem> = {}): EventItem => ({
  ...{ index: (made += 1), id: `evt_${made}`, type, summary: '', action: 'act_1' },
  ...{ time: new Date(Date.UTC(2026, 10, 21, 14, minute)).toISOString() },
  actor: { type: 'member', id: 'mbr_1' },
  ...more,
});
const held = event('action.decided', 0, { outcome: 'hold', tier: 3 });
const looks = [
  event('approval.opened', 1),
  event('approval.source_read', 1),
  event('approval.source_read', 1),
  event('approval.opened', 2),
  event('approval.source_read', 2),
];

describe('a story', () => {
  it('puts repeated looks at the card into one row, and nothing else', () => {
    const approved = event('approval.approved', 3, { outcome: 'approved' });
    const rows = folded([held, ...looks, approved, event('approval.source_read', 4)]);
    expect(rows.map((row) => row.length)).toEqual([1, 5, 1, 1]);
    expect(rows.flat()).toHaveLength(8);
    expect(looksWords(rows[1] ?? [])).toBe('Card opened 2 times, sources read 3 times');
    expect(looksWords(looks.slice(1, 2))).toBe('Sources read once');
  });

  it('waits while it is held, however often somebody has looked at it', () => {
    expect(progressOf([held, ...looks], 'act_1')).toEqual({
      outcome: 'hold',
      waitingSince: held.time,
      tookMs: undefined,
    });
  });

  it('lasts until its last outcome, not until somebody looked at it again', () => {
    const ended = event('action.succeeded', 5, { outcome: 'succeeded' });
    const events = [held, event('approval.approved', 4, { outcome: 'approved' }), ended];
    expect(progressOf([...events, event('approval.opened', 40)], 'act_1')).toEqual({
      outcome: 'succeeded',
      waitingSince: undefined,
      tookMs: 5 * 60_000,
    });
    expect(progressOf([event('action.decided', 0, { outcome: 'allow' })], 'act_1')).toMatchObject({
      tookMs: undefined,
    });
  });

  it('knows a sealed payload from one that can be read', () => {
    expect(isSealed({ sealed: 1, key: '2026-11.Confidential', data: 'xyz' })).toBe(true);
    expect([{ sealed: 2 }, {}, null, 'sealed', [1]].map(isSealed)).toEqual(
      Array.from({ length: 5 }, () => false),
    );
  });
});
