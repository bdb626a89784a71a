'use client';

import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';

/** The value once it has rested for `ms`. */
export function useDebounced<T>(value: T, ms = 200): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return rested;
}

interface Clock {
  now: number;
  listeners: Set<() => void>;
  subscribe: (listener: () => void) => () => void;
  read: () => number;
}

const clocks = new Map<number, Clock>();

function clockFor(everyMs: number): Clock {
  const known = clocks.get(everyMs);
  if (known) return known;
  let timer: ReturnType<typeof setInterval> | undefined;
  const clock: Clock = {
    now: Date.now(),
    listeners: new Set(),
    subscribe(listener) {
      clock.listeners.add(listener);
      timer ??= setInterval(() => {
        clock.now = Date.now();
        for (const each of clock.listeners) each();
      }, everyMs);
      return () => {
        clock.listeners.delete(listener);
        if (clock.listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
    read() {
      // A clock nobody listened to stands still: bring it forward before the first reading.
      if (!timer && Date.now() - clock.now > everyMs) clock.now = Date.now();
      return clock.now;
    },
  };
  clocks.set(everyMs, clock);
  return clock;
}

/** Milliseconds now, ticking; all that ask for the same rate share one timer. */
export function useNow(everyMs = 10_000): number {
  const clock = clockFor(everyMs);
  return useSyncExternalStore(clock.subscribe, clock.read, clock.read);
}

const PHONE = '(max-width: 860px)';

function subscribePhone(listener: () => void): () => void {
  const media = window.matchMedia(PHONE);
  media.addEventListener('change', listener);
  return () => media.removeEventListener('change', listener);
}

/** True where the side nav does not fit. */
export function useIsPhone(): boolean {
  return useSyncExternalStore(
    subscribePhone,
    () => window.matchMedia(PHONE).matches,
    () => false,
  );
}

/** Copies, and says so for a moment. Falls back where the clipboard needs a secure origin. */
export function useCopy(): { copied: boolean; copy: (text: string) => Promise<void> } {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = useCallback(async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement('textarea');
      area.value = text;
      area.style.position = 'fixed';
      area.style.opacity = '0';
      document.body.append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    }
    setCopied(true);
  }, []);
  return { copied, copy };
}

const stores = new Map<string, Set<() => void>>();

function readStored(key: string): string | null {
  try {
    return localStorage.getItem(`countersign.${key}`);
  } catch {
    return null;
  }
}

/** State kept in this browser, shared by everything that uses the same key. */
export function useStored<T>(key: string, initial: T): [T, (value: T) => void] {
  const subscribe = useCallback(
    (listener: () => void) => {
      const listeners = stores.get(key) ?? new Set();
      stores.set(key, listeners.add(listener));
      window.addEventListener('storage', listener);
      return () => {
        listeners.delete(listener);
        window.removeEventListener('storage', listener);
      };
    },
    [key],
  );
  const raw = useSyncExternalStore(
    subscribe,
    () => readStored(key),
    () => null,
  );
  const set = useCallback(
    (value: T) => {
      try {
        localStorage.setItem(`countersign.${key}`, JSON.stringify(value));
      } catch {
        // Without storage the choice lasts as long as the page does not need it.
      }
      for (const listener of stores.get(key) ?? []) listener();
    },
    [key],
  );
  return [raw === null ? initial : parse(raw, initial), set];
}

function parse<T>(raw: string, initial: T): T {
  try {
    return JSON.parse(raw) as T;
  } catch {
    return initial;
  }
}

const never = () => () => undefined;

/**
 * False on the server and while the page takes over, true after. For what the shell may have
 * loaded before the page under it has taken over, so that both render the same at first.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
