'use client';

import { useQueryClient } from '@tanstack/react-query';
import { usePathname } from 'next/navigation';
import { useCallback, useEffect, useRef, useState } from 'react';
import { isSignedOut } from '@/components/problem';
import { meQuery } from '../queries';

function goToSignIn(): void {
  const { pathname, search } = window.location;
  window.location.assign(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
}

/**
 * What happens once the session has ended, which whatever is asked next hears. Where nothing has been
 * typed on the page, the sign-in page comes, with the way back. Where something has, it stays on
 * screen: `signedOut` is true until something is answered again, which `retry` and coming back to
 * the page find out.
 */
export function useSignedOut(): { signedOut: boolean; tell: () => void; retry: () => void } {
  const client = useQueryClient();
  const path = usePathname();
  const typedOn = useRef('');
  const [signedOut, setSignedOut] = useState(false);
  const tell = useCallback(() => setSignedOut(true), []);
  const retry = useCallback(() => {
    client
      .fetchQuery({ ...meQuery(), staleTime: 0 })
      .then(() => client.invalidateQueries())
      .catch(() => undefined);
  }, [client]);
  useEffect(() => {
    const typed = () => {
      typedOn.current = window.location.pathname;
    };
    window.addEventListener('input', typed, true);
    return () => window.removeEventListener('input', typed, true);
  }, []);
  useEffect(
    () =>
      client.getQueryCache().subscribe((event) => {
        if (event.type !== 'updated') return;
        const { action } = event;
        if (action.type === 'error' && isSignedOut(action.error)) setSignedOut(true);
        // Something was answered: somebody is signed in again. `manual` is set here, not answered.
        if (action.type === 'success' && !action.manual) setSignedOut(false);
      }),
    [client],
  );
  useEffect(
    () =>
      client.getMutationCache().subscribe((event) => {
        if (event.type !== 'updated' || event.action.type !== 'error') return;
        if (isSignedOut(event.action.error)) setSignedOut(true);
      }),
    [client],
  );
  useEffect(() => {
    if (!signedOut) return;
    if (typedOn.current !== path) {
      goToSignIn();
      return;
    }
    window.addEventListener('focus', retry);
    return () => window.removeEventListener('focus', retry);
  }, [signedOut, path, retry]);
  return { signedOut, tell, retry };
}
