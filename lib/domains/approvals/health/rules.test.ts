import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayIn, daysUpTo } from './days';
import { type Act, IN_A_ROW, MEDIAN_SECONDS, stamping } from './rules';

const acts = (given: [boolean, number | null][], member = 'mbr_1'): Act[] =>
  given.map(([approved, seconds], at) => ({ member, approved, seconds, at: new Date(at * 1_000) }));
const times = (count: number, seconds: number | null, approved = true) =>
  Array.from({ length: count }, (): [boolean, number | null] => [approved, seconds]);

describe('signing without reading', () => {
  it('is twenty approvals in a row, half of them faster than anyone reads', () => {
    expect(stamping(acts(times(IN_A_ROW, 1)))).toEqual([
      {
        ...{ member: 'mbr_1', in_a_row: IN_A_ROW, median_seconds: 1, unopened: 0 },
        until: new Date((IN_A_ROW - 1) * 1_000),
      },
    ]);
    expect(stamping(acts(times(IN_A_ROW - 1, 1)))).toEqual([]);
    expect(stamping(acts(times(IN_A_ROW, MEDIAN_SECONDS)))).toEqual([]);
    const [slow, fast] = [times(11, 60), times(9, 0)];
    expect(stamping(acts([...slow, ...fast]))).toEqual([]);
  });

  it('is also signing without ever opening the card', () => {
    expect(stamping(acts(times(IN_A_ROW, null)))).toMatchObject([{ unopened: IN_A_ROW }]);
  });

  it('begins anew with every rejection, and is each member’s own', () => {
    const broken = [...times(19, 1), ...times(1, 1, false), ...times(19, 1)];
    expect(stamping(acts(broken))).toEqual([]);
    const two = [...acts(times(15, 1)), ...acts(times(15, 1), 'mbr_2')];
    expect(stamping(two)).toEqual([]);
  });

  it('is seen although it has ended since', () => {
    const ended = [...times(25, 1), ...times(1, 90, false), ...times(3, 90)];
    expect(stamping(acts(ended))).toMatchObject([{ in_a_row: 25 }]);
  });

  it('is never said of who rejects at least every twentieth, or reads what they approve', () => {
    const seconds = fc.option(fc.double({ min: 0, max: 600, noNaN: true }), { nil: null });
    const act = fc.tuple(fc.boolean(), seconds);
    fc.assert(
      fc.property(fc.array(act, { maxLength: 120 }), (given) => {
        const found = stamping(acts(given)).length > 0;
        const runs = given.map((_, at) => given.slice(Math.max(0, at - IN_A_ROW + 1), at + 1));
        const expected = runs.some(
          (run) =>
            run.length === IN_A_ROW &&
            run.every(([approved]) => approved) &&
            middle(run.map(([, taken]) => taken ?? 0)) < MEDIAN_SECONDS,
        );
        expect(found).toBe(expected);
      }),
    );
  });
});

function middle(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[IN_A_ROW / 2 - 1] ?? 0) + (sorted[IN_A_ROW / 2] ?? 0)) / 2;
}

it('counts days on the clock of the workspace', () => {
  expect(dayIn('Asia/Tokyo', new Date('2026-11-26T20:00:00Z'))).toBe('2026-11-27');
  expect(dayIn('UTC', new Date('2026-11-26T20:00:00Z'))).toBe('2026-11-26');
  expect(daysUpTo('2026-03-01', 3)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
});
