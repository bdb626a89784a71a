'use client';

import { useLayoutEffect } from 'react';

/**
 * Names the tab and the history's entry after what the page shows, once that is loaded. The route's
 * own title may arrive later than the page does; as long as the page is this one it is named anew.
 */
export function DocumentTitle({ children }: { children: string }) {
  useLayoutEffect(() => {
    const path = window.location.pathname;
    const title = `${children} · Countersign`;
    const name = () => {
      if (window.location.pathname === path && document.title !== title) document.title = title;
    };
    name();
    const observer = new MutationObserver(name);
    observer.observe(document.head, { childList: true, subtree: true, characterData: true });
    return () => observer.disconnect();
  }, [children]);
  return null;
}
