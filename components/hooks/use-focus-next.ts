'use client';

import { type RefObject, useEffect } from 'react';

/** Where a card goes on: at the first button of its ActionBar, or at its heading (an h2 that takes the focus). */
export function focusNextIn(card: HTMLElement | null): HTMLElement | null {
  const button = card?.querySelector<HTMLElement>('[data-action-bar] > :is(a, button)');
  return button ?? card?.querySelector<HTMLElement>('h2[tabindex]') ?? null;
}

/**
 * Moves the focus on once a card is `decided` here, since the button that had it has gone. Who has
 * moved it elsewhere meanwhile keeps it there.
 */
export function useFocusNext(card: RefObject<HTMLElement | null>, decided: boolean): void {
  useEffect(() => {
    if (!decided) return;
    const { activeElement: at, body } = document;
    // The page itself has it after a click beside all that could.
    if (at === null || at === body || at.id === 'main')
      focusNextIn(card.current)?.focus({ preventScroll: true });
  }, [card, decided]);
}
