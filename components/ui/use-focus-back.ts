'use client';

import { useRef } from 'react';

/** What had the focus, or the button of the menu that it was chosen from, which has closed by now. */
function openerOf(active: Element | null): HTMLElement | null {
  const menu = active?.closest('[role=menu]');
  const opener = menu
    ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '')
    : active;
  return opener instanceof HTMLElement && opener !== document.body ? opener : null;
}

/**
 * Gives the focus to `next` when a dialog closes, where there is one, or back to what had it when it
 * opened; to the page where that has gone. Radix gives it back to a trigger only, and most dialogs
 * here have none.
 */
export function useFocusBack(next?: () => HTMLElement | null) {
  const opener = useRef<HTMLElement | null>(null);
  return {
    remember: () => {
      opener.current = openerOf(document.activeElement);
    },
    giveBack: (event: Event) => {
      event.preventDefault();
      const there = opener.current?.isConnected ? opener.current : document.getElementById('main');
      (next?.() ?? there)?.focus({ preventScroll: true });
    },
  };
}
