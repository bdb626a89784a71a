import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffObjects, diffWords } from './diff-words';

describe('diffWords', () => {
  it('gives both texts back', () => {
    const words = fc
      .array(fc.constantFrom('a', 'refund', ' ', 'to', '$', '750', '\n'))
      .map((all) => all.join(''));
    fc.assert(
      fc.property(words, words, (before, after) => {
        const pieces = diffWords(before, after);
        const side = (drop: string) =>
          pieces
            .filter((piece) => piece.kind !== drop)
            .map((piece) => piece.text)
            .join('');
        expect(side('new')).toBe(before);
        expect(side('gone')).toBe(after);
      }),
    );
  });

  it('marks the word that changed', () => {
    expect(diffWords('up to 100 a day', 'up to 250 a day')).toEqual([
      { kind: 'same', text: 'up to ' },
      { kind: 'gone', text: '100' },
      { kind: 'new', text: '250' },
      { kind: 'same', text: ' a day' },
    ]);
  });
});

describe('diffObjects', () => {
  it('names each leaf that differs', () => {
    const changes = diffObjects(
      { name: 'refunds', limits: { amount: 100, window: 'day' }, tags: ['a'] },
      {
        name: 'refunds',
        limits: { amount: 250, window: 'day' },
        tags: ['a', 'b'],
        owner: 'M. Okafor',
      },
    );
    expect(changes.filter((each) => each.kind !== 'same')).toEqual([
      { path: 'limits.amount', before: 100, after: 250, kind: 'changed' },
      { path: 'tags', before: ['a'], after: ['a', 'b'], kind: 'changed' },
      { path: 'owner', before: undefined, after: 'M. Okafor', kind: 'added' },
    ]);
  });

  it('treats what was made and what was removed alike', () => {
    expect(diffObjects(undefined, { a: 1 })).toEqual([
      { path: 'a', before: undefined, after: 1, kind: 'added' },
    ]);
    expect(diffObjects({ a: 1 }, undefined)).toEqual([
      { path: 'a', before: 1, after: undefined, kind: 'removed' },
    ]);
  });
});
