/** What is typed into a form of settings that others may save meanwhile. Pure. */
export interface Draft<T> {
  /** What was known to be saved when it was last looked at. */
  seen: T;
  /** What was saved when the first was typed. */
  began: T;
  draft: T;
  /** Whether somebody else has saved other values since. */
  meanwhile: boolean;
}

/** By what is sent. What is no number is sent as null, and differs from every number. */
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export function beginDraft<T>(saved: T): Draft<T> {
  return { seen: saved, began: saved, draft: saved, meanwhile: false };
}

export function isTyped<T>({ began, draft }: Draft<T>): boolean {
  return !same(began, draft);
}

/** What is saved is shown as long as nothing is typed; what is typed stays. */
export function seeSaved<T>(form: Draft<T>, saved: T): Draft<T> {
  if (same(form.seen, saved)) return form;
  if (!isTyped(form) || same(form.draft, saved)) return beginDraft(saved);
  return { ...form, seen: saved, meanwhile: !same(form.began, saved) };
}

/** Once `sent` is saved, as `saved`: what was typed while it was is what the next save sends. */
export function saveDraft<T>(form: Draft<T>, sent: T, saved: T): Draft<T> {
  return same(form.draft, sent)
    ? { ...beginDraft(saved), seen: form.seen }
    : { ...form, began: sent, meanwhile: false };
}
