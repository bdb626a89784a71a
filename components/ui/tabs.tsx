'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { Tabs as Radix } from 'radix-ui';
import { useState, type ReactNode } from 'react';
import { useUrlState } from '../hooks/use-url-state';
import { cx } from './cx';

// No margin below zero: what scrolls sideways would cut the underline off.
const list =
  'flex gap-1 overflow-x-auto shadow-[inset_0_-1px_0_var(--line)] [scrollbar-width:none]';
const tab =
  'relative inline-flex min-h-9 items-center gap-1.5 border-b-2 px-2 whitespace-nowrap hover:text-text max-wide:min-h-11 focus-visible:-outline-offset-2';
const resting = 'border-transparent text-text-2';
const current = 'border-accent font-medium text-text';

function Count({ children }: { children: ReactNode }) {
  return children === undefined || children === null ? null : (
    <span className="num text-xs text-text-3">{children}</span>
  );
}

export interface TabsProps {
  tabs: {
    value: string;
    label: string;
    count?: ReactNode;
    content: ReactNode;
    /** Stays mounted once it was shown, for what is typed in it. Not for content with shortcuts. */
    keep?: boolean;
  }[];
  /** The URL parameter that holds the chosen tab. */
  param?: string;
  label: string;
  className?: string;
}

export function Tabs({ tabs, param = 'tab', label, className }: TabsProps) {
  const first = tabs[0]?.value ?? '';
  const [state, set] = useUrlState({ [param]: first });
  const wanted = state[param] ?? first;
  const value = tabs.some((each) => each.value === wanted) ? wanted : first;
  const [shown, setShown] = useState([value]);
  if (!shown.includes(value)) setShown([...shown, value]);
  return (
    <Radix.Root
      value={value}
      onValueChange={(next) => set({ [param]: next })}
      className={cx('grid gap-3.5', className)}
    >
      <Radix.List aria-label={label} className={list}>
        {tabs.map((each) => (
          <Radix.Trigger
            key={each.value}
            value={each.value}
            className={cx(tab, each.value === value ? current : resting)}
          >
            {each.label}
            <Count>{each.count}</Count>
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((each) => (
        <Radix.Content
          key={each.value}
          value={each.value}
          {...(each.keep && shown.includes(each.value)
            ? { forceMount: true, hidden: each.value !== value }
            : {})}
          className="min-w-0 outline-none focus-visible:outline-2"
        >
          {each.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}

export interface LinkTabsProps {
  tabs: { href: string; label: string; count?: ReactNode }[];
  label: string;
  className?: string;
}

/** Tabs that are routes of their own. */
export function LinkTabs({ tabs, label, className }: LinkTabsProps) {
  const path = usePathname();
  return (
    <nav aria-label={label} className={cx(list, className)}>
      {tabs.map((each) => {
        const here = path === each.href;
        return (
          <Link
            key={each.href}
            href={each.href}
            {...(here ? { 'aria-current': 'page' as const } : {})}
            className={cx(tab, here ? current : resting)}
          >
            {each.label}
            <Count>{each.count}</Count>
          </Link>
        );
      })}
    </nav>
  );
}
