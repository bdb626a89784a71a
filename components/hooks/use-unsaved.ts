'use client';

import { useRouter } from 'next/navigation';
import { useCallback, useEffect, useRef, useState } from 'react';

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

/** The page of the console that a plain click leads to, if it is another than this; `data-stays` says that it is not. */
function leadsTo(event: MouseEvent): string | undefined {
  const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey);
  if (!plain || event.altKey || !(event.target instanceof Element)) return undefined;
  const link = event.target.closest<HTMLAnchorElement>('a[href]');
  if (!link || link.hasAttribute('download') || (link.target && link.target !== '_self'))
    return undefined;
  if (link.dataset['stays'] !== undefined) return undefined;
  const { origin, pathname, search, hash } = new URL(link.href);
  const here = window.location;
  if (origin !== here.origin) return undefined;
  if (pathname === here.pathname && search === here.search) return undefined;
  return pathname + search + hash;
}

/** What is read of https://html.spec.whatwg.org/multipage/nav-history-apis.html#navigation-interface */
interface History extends EventTarget {
  traverseTo: (key: string) => unknown;
}
interface Step extends Event {
  navigationType: string;
  destination: { key: string; url: string };
}

/** The browser's own history, where it lets a page hold its Back. */
function historyOf(host: object): History | undefined {
  return 'navigation' in host ? (host.navigation as History) : undefined;
}

/** The entry of the history that Back or Forward leads to, if it is another page and can be held. */
export function stepsTo(
  {
    cancelable,
    navigationType,
    destination,
  }: Pick<Step, 'cancelable' | 'navigationType' | 'destination'>,
  here: string,
): string | undefined {
  if (!cancelable || navigationType !== 'traverse') return undefined;
  return new URL(destination.url).pathname === here ? undefined : destination.key;
}

/**
 * Keeps a page while something on it is `changed` and not saved: a link, a shortcut or the browser's
 * Back that leads away is held until `leave`, and the browser asks before a reload. A second Back at
 * once is not held: no browser lets a page keep somebody.
 */
export function useUnsaved(changed: boolean) {
  const router = useRouter();
  const [held, setHeld] = useState<{ href: string } | { step: string } | null>(null);
  const leaving = useRef(false);
  useEffect(() => {
    if (!changed) return undefined;
    const onClick = (event: MouseEvent) => {
      const href = leadsTo(event);
      if (href === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      setHeld({ href });
    };
    const onGo = (event: Event) => {
      event.preventDefault();
      setHeld({ href: (event as CustomEvent<string>).detail });
    };
    const onStep = (event: Event) => {
      const step = leaving.current ? undefined : stepsTo(event as Step, window.location.pathname);
      if (step === undefined) return;
      event.preventDefault();
      setHeld({ step });
    };
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    document.addEventListener('click', onClick, true);
    window.addEventListener(GO, onGo);
    historyOf(window)?.addEventListener('navigate', onStep);
    window.addEventListener('beforeunload', onUnload);
    return () => {
      document.removeEventListener('click', onClick, true);
      window.removeEventListener(GO, onGo);
      historyOf(window)?.removeEventListener('navigate', onStep);
      window.removeEventListener('beforeunload', onUnload);
    };
  }, [changed]);
  return {
    asking: held !== null,
    stay: () => setHeld(null),
    leave: () => {
      leaving.current = true;
      if (held === null) return;
      if ('href' in held) router.push(held.href);
      else historyOf(window)?.traverseTo(held.step);
    },
  };
}
