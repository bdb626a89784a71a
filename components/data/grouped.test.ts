import { expect, it } from 'vitest';
import { grouped } from './grouped';

it('puts together what has one key, in the order in which each key comes first', () => {
  expect(grouped(['b1', 'a1', 'b2', 'c1', 'a2'], (item) => item.slice(0, 1))).toEqual([
    ['b1', 'b2'],
    ['a1', 'a2'],
    ['c1'],
  ]);
  expect(grouped([], String)).toEqual([]);
});
