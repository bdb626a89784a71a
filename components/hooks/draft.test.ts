import { expect, it } from 'vitest';
import { beginDraft, isTyped, saveDraft, seeSaved } from './draft';

const first = { size: 30, twice: 0.1 };
const theirs = { size: 50, twice: 0.1 };
const typed = (draft: typeof first) => ({ ...beginDraft(first), draft });

it('follows what is saved as long as nothing is typed', () => {
  expect(seeSaved(beginDraft(first), theirs)).toEqual(beginDraft(theirs));
});

it('keeps what is typed when somebody else saves, and says so', () => {
  const mine = typed({ size: 30, twice: 0.5 });
  expect(seeSaved(mine, { ...first })).toBe(mine);
  const form = seeSaved(mine, theirs);
  expect(form).toEqual({ ...mine, seen: theirs, meanwhile: true });
  expect(isTyped(form)).toBe(true);
  // Until they put it back.
  expect(seeSaved(form, first)).toEqual(mine);
});

it('takes what is no number for typed', () => {
  expect(isTyped(typed({ size: Number.NaN, twice: 0.1 }))).toBe(true);
});

it('begins anew once it is saved, also where that is seen first', () => {
  const sent = { size: 30, twice: 0.5 };
  const merged = { size: 50, twice: 0.5 };
  expect(seeSaved(typed(sent), sent)).toEqual(beginDraft(sent));
  const saved = saveDraft(seeSaved(typed(sent), theirs), sent, merged);
  expect(saved).toEqual({ seen: theirs, began: merged, draft: merged, meanwhile: false });
  // What was known before is not shown again.
  expect(seeSaved(saved, theirs)).toBe(saved);
  expect(seeSaved(saved, merged)).toEqual(beginDraft(merged));
});

it('keeps what is typed while it is saved', () => {
  const sent = { size: 30, twice: 0.5 };
  const later = { size: 40, twice: 0.5 };
  const form = saveDraft(typed(later), sent, sent);
  expect(form).toEqual({ seen: first, began: sent, draft: later, meanwhile: false });
  expect(seeSaved(form, sent)).toMatchObject({ draft: later, meanwhile: false });
});
