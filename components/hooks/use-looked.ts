'use client';

import { useState } from 'react';
import { beginLooked, keepTyped } from './looked';

/**
 * A form over one thing that others may save meanwhile. It is known again by its `digest`: saving
 * it sends that of `at`, which was looked at, and `theirs` is what somebody else has saved since.
 */
export function useLooked<T extends { digest: string }, D extends object>(
  now: T | undefined,
  draftOf: (at: T | undefined) => D,
) {
  const [form, setForm] = useState(() => beginLooked(now, draftOf));
  const { at, began, draft } = form;
  return {
    ...{ at, began, draft },
    theirs: at && now && at.digest !== now.digest ? now : undefined,
    change: (patch: Partial<D>) =>
      setForm((was) => ({ ...was, draft: { ...was.draft, ...patch } })),
    keep: () => setForm((was) => keepTyped(was, now, draftOf)),
    discard: () => setForm(beginLooked(now, draftOf)),
  };
}
