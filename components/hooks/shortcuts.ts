import { typingGuard } from './typing-guard';

/** The registry behind useShortcut: one listener, bindings in order of mounting, the latest wins. */
export interface Shortcut {
  keys: string;
  label: string;
  group: string;
  run: (event: KeyboardEvent) => void;
}

const bindings = new Map<symbol, Shortcut>();
const listeners = new Set<() => void>();
let listed: Shortcut[] = [];
let pending = '';
let pendingTimer: ReturnType<typeof setTimeout> | undefined;
const guard = typingGuard();

function changed() {
  listed = [...bindings.values()];
  for (const listener of listeners) listener();
}

export function addShortcut(shortcut: Shortcut): () => void {
  const id = Symbol(shortcut.keys);
  if (bindings.size === 0) {
    window.addEventListener('keydown', onKeyDown);
    window.addEventListener('pointerdown', guard.end, true);
  }
  bindings.set(id, shortcut);
  changed();
  return () => {
    bindings.delete(id);
    if (bindings.size === 0) {
      window.removeEventListener('keydown', onKeyDown);
      window.removeEventListener('pointerdown', guard.end, true);
    }
    changed();
  };
}

export function subscribeShortcuts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const listShortcuts = (): Shortcut[] => listed;

const INTERACTIVE =
  'a[href],button,summary,[role=button],[role=tab],[role=checkbox],[role=switch],[role=slider]';

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('[role=menu],[role=listbox],[role=combobox]'))
    return true;
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'button', 'submit'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** While a dialog is open the page below it must not hear "a" for approve. */
function dialogOpen(): boolean {
  return (
    document.querySelector('[role=dialog][data-state=open],[role=alertdialog][data-state=open]') !==
    null
  );
}

/** Whether whoever presses it is done with a text; Enter is part of it in a field of several lines. */
function endsTyping({ key, target }: KeyboardEvent): boolean {
  if (key === 'Tab' || key === 'Escape') return true;
  if (key !== 'Enter' || !(target instanceof HTMLElement) || target === document.body) return false;
  return !(target instanceof HTMLTextAreaElement) && !target.isContentEditable;
}

function onKeyDown(event: KeyboardEvent) {
  const modified = event.metaKey || event.ctrlKey;
  const meansText =
    !modified &&
    guard.meansText({
      at: event.timeStamp,
      elsewhere: isTyping(event.target) || dialogOpen(),
      ends: endsTyping(event),
    });
  if (meansText || event.defaultPrevented || event.isComposing || event.altKey) return;
  const key =
    event.key === ' ' ? 'space' : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === 'Enter' && event.target instanceof Element && event.target.closest(INTERACTIVE))
    return;
  const named = event.shiftKey && key.startsWith('Arrow') ? `shift+${key}` : key;
  const pressed = modified ? `mod+${named}` : named;
  const sequence = pending && !modified ? `${pending} ${pressed}` : pressed;
  const all = [...bindings.values()].reverse();
  const match =
    all.find((binding) => binding.keys === sequence) ??
    all.find((binding) => binding.keys === pressed);
  clearTimeout(pendingTimer);
  pending = '';
  if (match) {
    event.preventDefault();
    match.run(event);
  } else if (all.some((binding) => binding.keys.startsWith(`${pressed} `))) {
    pending = pressed;
    pendingTimer = setTimeout(() => (pending = ''), 1200);
  }
}
