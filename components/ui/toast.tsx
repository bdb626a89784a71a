'use client';

import { Check, CircleAlert, Info, X } from 'lucide-react';
import { useEffect, useSyncExternalStore } from 'react';
import { isSignedOut, readProblem } from '../problem';
import { Button } from './button';
import { cx, toneText, type Tone } from './cx';

export interface ToastInput {
  title: string;
  description?: string;
  tone?: Tone;
  action?: { label: string; onClick: () => void };
}

interface Shown extends ToastInput {
  id: number;
}

let shown: Shown[] = [];
let last = 0;
const listeners = new Set<() => void>();

function update(next: Shown[]) {
  shown = next;
  for (const listener of listeners) listener();
}

function show(input: ToastInput | string): number {
  const id = ++last;
  update([...shown.slice(-3), { id, ...(typeof input === 'string' ? { title: input } : input) }]);
  return id;
}

/** Says that something happened. Never the only place of an error that needs an answer. */
export const toast = Object.assign(show, {
  good: (title: string, description?: string) =>
    show({ title, tone: 'allow', ...(description ? { description } : {}) }),
  error: (error: unknown, title?: string) => {
    const { sentence } = readProblem(error);
    const signIn = { label: 'Sign in', onClick: () => void window.open('/sign-in', '_blank') };
    return show({
      title: title ?? sentence,
      tone: 'deny',
      ...(title ? { description: sentence } : {}),
      ...(isSignedOut(error) ? { action: signIn } : {}),
    });
  },
  dismiss: (id: number) => update(shown.filter((each) => each.id !== id)),
});

const none: Shown[] = [];

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Mounted once, by Providers. */
export function Toaster() {
  const toasts = useSyncExternalStore(
    subscribe,
    () => shown,
    () => none,
  );
  return (
    <div
      role="region"
      aria-label="Messages"
      aria-live="polite"
      className="pointer-events-none fixed right-0 bottom-0 z-[70] [body:has([data-action-bar])_&]:wide:bottom-24 grid w-full max-w-sm gap-2 p-4 max-wide:top-12 max-wide:bottom-auto max-wide:max-w-none"
    >
      {toasts.map((each) => (
        <Item key={each.id} toast={each} />
      ))}
    </div>
  );
}

function Item({ toast: { id, title, description, tone = 'neutral', action } }: { toast: Shown }) {
  const stays = tone === 'deny' || action !== undefined;
  useEffect(() => {
    const timer = setTimeout(() => toast.dismiss(id), stays ? 12_000 : 5_000);
    return () => clearTimeout(timer);
  }, [id, stays]);
  const Icon = tone === 'allow' ? Check : tone === 'deny' || tone === 'hold' ? CircleAlert : Info;
  return (
    <div className="pointer-events-auto flex animate-in items-start gap-2.5 rounded-lg border border-line bg-panel py-2.5 pr-2 pl-3.5 shadow-float">
      <Icon
        aria-hidden
        className={cx('mt-0.5 size-4 shrink-0', toneText[tone])}
        strokeWidth={1.75}
      />
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <div className="font-medium">{title}</div>
        {description ? <div className="text-text-2">{description}</div> : null}
        {action ? (
          <Button
            size="sm"
            className="mt-1.5"
            onClick={() => {
              action.onClick();
              toast.dismiss(id);
            }}
          >
            {action.label}
          </Button>
        ) : null}
      </div>
      <button
        type="button"
        aria-label="Dismiss"
        onClick={() => toast.dismiss(id)}
        className="flex size-6 shrink-0 items-center justify-center rounded-sm text-text-3 hover:text-text max-wide:size-11"
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </div>
  );
}
