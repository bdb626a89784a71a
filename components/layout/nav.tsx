'use client';

import type { LucideIcon } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { cx } from '../ui/cx';

export interface NavItem {
  href: string;
  label: string;
  icon: LucideIcon;
  count?: ReactNode;
  /** Somebody waits. */
  hot?: boolean;
  /** In the phone's bottom bar; four at most. */
  phone?: boolean;
}

export interface NavGroup {
  label?: string;
  items: NavItem[];
}

/** The item whose address is the longest beginning of the path. */
export function useCurrent(groups: NavGroup[]): string | undefined {
  const path = usePathname();
  return groups
    .flatMap((group) => group.items)
    .filter(({ href }) => path === href || (href !== '/' && path.startsWith(`${href}/`)))
    .sort((a, b) => b.href.length - a.href.length)[0]?.href;
}

export function NavList({ groups, onNavigate }: { groups: NavGroup[]; onNavigate?: () => void }) {
  const current = useCurrent(groups);
  return (
    <div className="grid gap-0.5">
      {groups.map((group, index) => (
        <div key={group.label ?? index} className="grid gap-0.5">
          {group.label ? (
            <div className="px-2 pt-3.5 pb-1 text-[11.5px] text-text-3">{group.label}</div>
          ) : null}
          {group.items.map(({ href, label, icon: Icon, count, hot }) => (
            <Link
              key={href}
              href={href}
              {...(onNavigate ? { onClick: onNavigate } : {})}
              {...(href === current ? { 'aria-current': 'page' as const } : {})}
              className={cx(
                'flex min-h-8 items-center gap-[9px] rounded-md px-2 max-wide:min-h-11 focus-visible:-outline-offset-1',
                href === current
                  ? 'bg-panel font-medium text-text shadow-[inset_0_0_0_1px_var(--line)]'
                  : 'text-text-2 hover:bg-raised hover:text-text',
              )}
            >
              <Icon aria-hidden className="size-[15px] shrink-0" strokeWidth={1.5} />
              <span className="min-w-0 flex-1 truncate">{label}</span>
              {count === undefined || count === null ? null : (
                <span className={cx('num text-xs font-medium', hot ? 'text-hold' : 'text-text-3')}>
                  {count}
                </span>
              )}
            </Link>
          ))}
        </div>
      ))}
    </div>
  );
}
