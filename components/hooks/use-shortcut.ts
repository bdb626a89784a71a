'use client';

import { useEffect, useRef, useSyncExternalStore } from 'react';
import { addShortcut, listShortcuts, subscribeShortcuts, type Shortcut } from './shortcuts';

interface Options {
  /** false: not bound and not listed */
  when?: boolean;
  group?: string;
}

/**
 * Binds a key while the component is mounted and lists it under "?". `'j'`, `'mod+k'`, `'shift+ArrowDown'`, or `'g a'` in sequence.
 * Ignored while typing and, unless with mod, while a dialog is open; also what is typed on after the field has gone.
 */
export function useShortcut(
  keys: string,
  fn: (event: KeyboardEvent) => void,
  label: string,
  { when = true, group = 'This page' }: Options = {},
): void {
  const latest = useRef(fn);
  useEffect(() => {
    latest.current = fn;
  });
  useEffect(() => {
    if (!when) return;
    return addShortcut({ keys, label, group, run: (event) => latest.current(event) });
  }, [keys, label, when, group]);
}

const none: Shortcut[] = [];

/** Every shortcut that is bound now. */
export function useShortcutList(): Shortcut[] {
  return useSyncExternalStore(subscribeShortcuts, listShortcuts, () => none);
}

/** Whether a key is bound now; false until the page has taken over. */
export function useShortcutBound(keys: string | undefined): boolean {
  const bound = () => listShortcuts().some((shortcut) => shortcut.keys === keys);
  return useSyncExternalStore(subscribeShortcuts, bound, () => false);
}
