'use client';

import { useEffect, useState } from 'react';

/**
 * The one-time token of the page's address, taken out of it at once so that it stays neither
 * in the history nor on the screen. Undefined until the browser has looked, null without one.
 */
export function useLinkToken(): string | null | undefined {
  const [token, setToken] = useState<string | null | undefined>(undefined);
  useEffect(() => {
    const { hash, search, pathname } = window.location;
    const found =
      new URLSearchParams(hash.slice(1)).get('token') ?? new URLSearchParams(search).get('token');
    if (found !== null) window.history.replaceState(null, '', pathname);
    // Effects run twice in development; the second look finds the address already clean.
    setToken((known) => found ?? known ?? null);
  }, []);
  return token;
}
