'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import { readOverride, settleUrl, subscribeUrl, writeUrl } from './url-override';

type Strings = Record<string, string>;

/**
 * The state of a view, kept in the address so that it can be sent to a colleague. All values are strings; one
 * that equals its default leaves the address. Typing replaces the entry; `push` makes one to go back to.
 */
export function useUrlState<T extends Strings>(
  defaults: T,
): [T, (patch: Partial<T>, options?: { push?: boolean }) => void] {
  const routed = useSearchParams().toString();
  const path = usePathname();
  const override = useSyncExternalStore(subscribeUrl, readOverride, () => null);
  const search = override?.path === path ? override.search : routed;
  useEffect(() => settleUrl(path, routed), [path, routed]);

  const written = JSON.stringify(defaults);
  const base = useMemo(() => JSON.parse(written) as T, [written]);
  const state = useMemo(() => {
    const params = new URLSearchParams(search);
    const values: Strings = { ...base };
    for (const key of Object.keys(values)) values[key] = params.get(key) ?? values[key] ?? '';
    return values as T;
  }, [search, base]);
  const set = useCallback(
    (patch: Partial<T>, options?: { push?: boolean }) => {
      const next = new URLSearchParams(window.location.search);
      for (const [key, value] of Object.entries(patch)) {
        if (value === undefined || value === (base[key] ?? '')) next.delete(key);
        else next.set(key, value);
      }
      writeUrl(next.toString(), options?.push ?? false);
    },
    [base],
  );
  return [state, set];
}
