import { expect, it } from 'vitest';
import { beginLooked, keepTyped } from './looked';

interface Group {
  name: string;
  members: string[];
}
const draftOf = (group?: Group) => ({ name: group?.name ?? '', members: group?.members ?? [] });
const first = { name: 'Finance', members: ['ada', 'bob'] };
const theirs = { name: 'Finance', members: ['bob'] };

it('shows what was looked at', () => {
  expect(beginLooked(first, draftOf)).toEqual({ at: first, began: first, draft: first });
  expect(beginLooked(undefined, draftOf).draft).toEqual({ name: '', members: [] });
});

it('keeps what was typed over what others have saved, and takes the rest from them', () => {
  const form = beginLooked(first, draftOf);
  const renamed = { ...form, draft: { ...form.draft, name: 'Payments' } };
  expect(keepTyped(renamed, theirs, draftOf)).toEqual({
    at: theirs,
    began: theirs,
    draft: { name: 'Payments', members: ['bob'] },
  });
  const manned = { ...form, draft: { ...form.draft, members: ['ada', 'bob', 'eve'] } };
  expect(keepTyped(manned, theirs, draftOf).draft.members).toEqual(['ada', 'bob', 'eve']);
});

it('takes away what was taken away, and leaves what others have added', () => {
  const values = (of: Record<string, string>) => ({ id: 'ada', values: of });
  const form = beginLooked<unknown, ReturnType<typeof values>>(1, () =>
    values({ city: 'Bern', note: 'x' }),
  );
  const typed = { ...form, draft: values({ city: 'Basel' }) };
  const now = values({ city: 'Bern', note: 'x', level: '3' });
  expect(keepTyped(typed, 2, () => now).draft).toEqual(values({ city: 'Basel', level: '3' }));
});
