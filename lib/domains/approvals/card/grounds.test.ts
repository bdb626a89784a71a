import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPartOf } from './grounds';

const answered = {
  order: { id: '4821', total: 899, items: [{ sku: 'E1', name: 'Espresso machine' }] },
  customer: { id: 'C-1', open: true, notes: [] },
};

describe('evidence is what was read', () => {
  it.each([
    ['the whole of it', answered],
    ['a part of it', answered.order],
    ['a record with members left out', { total: 899 }],
    ['members of one record and of what is in it', { order: { id: '4821' } }],
    ['one of a list', { sku: 'E1' }],
    ['a list of it', answered.order.items],
    ['in another order of members', { total: 899, id: '4821' }],
    ['a value of it', 'Espresso machine'],
  ])('when it is %s', (_, content) => expect(isPartOf(content, answered)).toBe(true));

  it.each([
    ['a number is another', { id: '4821', total: 89 }],
    ['a number is a text', { total: '899' }],
    ['there is a member more', { id: '4821', total: 899, paid: true }],
    ['it is put together from two records', { total: 899, open: true }],
    ['a list is shortened', { items: [] }],
    ['it is empty', {}],
    ['it is a member that every object has', { constructor: 1 }],
    ['it is a name and no value', 'total'],
  ])('not when %s', (_, content) => expect(isPartOf(content, answered)).toBe(false));

  it('and every answer is a part of itself, however deep', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (answer) => {
        expect(isPartOf(answer, answer)).toBe(true);
        expect(isPartOf(answer, { within: [answer] })).toBe(true);
      }),
    );
  });

  it('and what takes too long to compare counts as differing', () => {
    const long = Array.from({ length: 60_000 }, (_, at) => ({ at, more: { at } }));
    expect(isPartOf({ at: 59_999 }, long)).toBe(false);
    expect(isPartOf({ at: 5 }, long)).toBe(true);
  });

  it('and a list is read no further than to where it differs, of however many lists', () => {
    const list = [1, 2, 3];
    let read = 0;
    const counted = Object.defineProperty([...list], 1, {
      enumerable: true,
      get: () => {
        read += 1;
        return 2;
      },
    });
    const others = Array.from({ length: 1_000 }, (_, at) => [-at, 2, 3]);
    expect(isPartOf(counted, [...others, list])).toBe(true);
    expect(read).toBe(1);
    expect(isPartOf([{ a: 1, b: [2] }], [[{ b: [2], a: 1 }]])).toBe(true);
    expect(isPartOf([[1]], [[{ 0: 1 }]])).toBe(false);
  });
});
