'use client';

import { useRouter } from 'next/navigation';
import { useCallback, useEffect, useState } from 'react';

const GO = 'countersign:go';

/** Goes to a page of the console as a link does: what is not saved is asked about first. */
export function useGo(): (href: string) => void {
  const router = useRouter();
  return useCallback(
    (href) => {
      const asked = new CustomEvent(GO, { cancelable: true, detail: href });
      if (window.dispatchEvent(asked)) router.push(href);
    },
    [router],
  );
}

/** The page of the console that a plain click leads to, if it is another than this. */
function leadsTo(event: MouseEvent): string | undefined {
  const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey);
  if (!plain || event.altKey || !(event.target instanceof Element)) return undefined;
  const link = event.target.closest<HTMLAnchorElement>('a[href]');
  if (!link || link.hasAttribute('download') || (link.target && link.target !== '_self'))
    return undefined;
  const { origin, pathname, search, hash } = new URL(link.href);
  const here = window.location;
  if (origin !== here.origin) return undefined;
  if (pathname === here.pathname && search === here.search) return undefined;
  return pathname + search + hash;
}

/**
 * Keeps a page while something on it is `changed` and not saved: a link or shortcut that leads
 * away is held until `leave`, and the browser asks before a reload. Its Back is not held.
 */
export function useUnsaved(changed: boolean) {
  const router = useRouter();
  const [held, setHeld] = useState<string | null>(null);
  useEffect(() => {
    if (!changed) return undefined;
    const onClick = (event: MouseEvent) => {
      const href = leadsTo(event);
      if (href === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      setHeld(href);
    };
    const onGo = (event: Event) => {
      event.preventDefault();
      setHeld((event as CustomEvent<string>).detail);
    };
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    document.addEventListener('click', onClick, true);
    window.addEventListener(GO, onGo);
    window.addEventListener('beforeunload', onUnload);
    return () => {
      document.removeEventListener('click', onClick, true);
      window.removeEventListener(GO, onGo);
      window.removeEventListener('beforeunload', onUnload);
    };
  }, [changed]);
  return {
    asking: held !== null,
    stay: () => setHeld(null),
    leave: () => held !== null && router.push(held),
  };
}
