'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback, useMemo } from 'react';

type Strings = Record<string, string>;

/**
 * The state of a view, kept in the address so that it can be sent to a colleague. All values are strings; one
 * that equals its default leaves the address. Typing replaces the entry; `push` makes one to go back to.
 */
export function useUrlState<T extends Strings>(
  defaults: T,
): [T, (patch: Partial<T>, options?: { push?: boolean }) => void] {
  const params = useSearchParams();
  const written = JSON.stringify(defaults);
  const base = useMemo(() => JSON.parse(written) as T, [written]);
  const state = useMemo(() => {
    const values: Strings = { ...base };
    for (const key of Object.keys(values)) values[key] = params.get(key) ?? values[key] ?? '';
    return values as T;
  }, [params, base]);
  const set = useCallback(
    (patch: Partial<T>, options?: { push?: boolean }) => {
      const next = new URLSearchParams(window.location.search);
      for (const [key, value] of Object.entries(patch)) {
        if (value === undefined || value === (base[key] ?? '')) next.delete(key);
        else next.set(key, value);
      }
      const query = next.toString();
      const url = `${window.location.pathname}${query ? `?${query}` : ''}${window.location.hash}`;
      if (options?.push) window.history.pushState(null, '', url);
      else window.history.replaceState(null, '', url);
    },
    [base],
  );
  return [state, set];
}
