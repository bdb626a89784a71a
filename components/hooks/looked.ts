/** A form over one thing that others may save meanwhile, which is saved as it was looked at. Pure. */

export interface Looked<T, D> {
  /** What was looked at; undefined of a new one. */
  at: T | undefined;
  /** The form as that is shown in it. */
  began: D;
  draft: D;
}

export function beginLooked<T, D>(
  at: T | undefined,
  draftOf: (at: T | undefined) => D,
): Looked<T, D> {
  const began = draftOf(at);
  return { at, began, draft: began };
}

/** Looks at what others have made of it: what was typed stays, and the rest is theirs. */
export function keepTyped<T, D>(
  form: Looked<T, D>,
  now: T | undefined,
  draftOf: (at: T | undefined) => D,
): Looked<T, D> {
  const began = draftOf(now);
  return { at: now, began, draft: merged(form.began, form.draft, began) as D };
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Field by field, within fields too; a list is one thing. */
function merged(began: unknown, draft: unknown, theirs: unknown): unknown {
  if (same(began, draft)) return theirs;
  if (!isRecord(began) || !isRecord(draft) || !isRecord(theirs)) return draft;
  const fields = [...new Set([...Object.keys(theirs), ...Object.keys(draft)])];
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = merged(began[field], draft[field], theirs[field]);
      return value === undefined ? [] : [[field, value]];
    }),
  );
}
