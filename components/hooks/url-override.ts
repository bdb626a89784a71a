/**
 * The router hears of a replaced address in a transition, so later than the click that caused it. Until it
 * has, what was written here counts; else a second click would act on the state before the first.
 */
export interface Override {
  path: string;
  search: string;
}

let override: Override | null = null;
const listeners = new Set<() => void>();

function change(next: Override | null) {
  override = next;
  for (const listener of listeners) listener();
}

/** The browser went back or forward: the address rules again. */
const forget = () => change(null);

export function subscribeUrl(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener('popstate', forget);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener('popstate', forget);
  };
}

export const readOverride = (): Override | null => override;

/** Drops what was written once the address says otherwise, or the router has caught up with it. */
export function settleUrl(path: string, routed: string): void {
  if (!override) return;
  const here = window.location.search.replace(/^\?/, '');
  if (override.path !== path || override.search !== here || override.search === routed)
    change(null);
}

export function writeUrl(query: string, push: boolean): void {
  const { pathname, hash } = window.location;
  change({ path: pathname, search: query });
  const url = `${pathname}${query ? `?${query}` : ''}${hash}`;
  if (push) window.history.pushState(null, '', url);
  else window.history.replaceState(null, '', url);
}
