'use client';

import Link from 'next/link';
import { StatusPill } from '@/components/data';
import { cx, TimeAgo, Until } from '@/components/ui';
import { useIsPhone } from '@/components/hooks';
import type { Approval } from '../schema';

export interface QueueProps {
  rows: Approval[];
  selected: string | undefined;
  onSelect: (id: string) => void;
}

function intoView(row: HTMLElement | null) {
  row?.scrollIntoView({ block: 'nearest' });
}

/** Held actions, one line of what and one of who and how long. */
export function Queue({ rows, selected, onSelect }: QueueProps) {
  const phone = useIsPhone();
  return (
    <ul
      aria-label="Held actions"
      className="max-h-[calc(100dvh-220px)] overflow-y-auto max-wide:max-h-none"
    >
      {rows.map((row) => {
        const active = !phone && row.id === selected;
        return (
          <li key={row.id} className="border-b border-line last:border-b-0">
            <Link
              ref={active ? intoView : undefined}
              href={`/approvals/${row.id}`}
              aria-current={active ? 'true' : undefined}
              onClick={(event) => {
                if (phone || event.metaKey || event.ctrlKey || event.shiftKey) return;
                event.preventDefault();
                onSelect(row.id);
              }}
              className={cx(
                'grid gap-[3px] px-3.5 py-[11px] hover:bg-raised focus-visible:-outline-offset-2',
                active &&
                  'bg-accent-weak shadow-[inset_2px_0_0_var(--accent)] hover:bg-accent-weak',
              )}
            >
              <span className="line-clamp-2 font-medium [overflow-wrap:anywhere]">
                {row.display.sentence}
              </span>
              <span className="flex flex-wrap items-center gap-x-2.5 gap-y-0.5 text-sm text-text-3">
                <span className="truncate">{row.agent.name}</span>
                <TimeAgo at={row.requested_at} />
                {row.status === 'pending' ? (
                  <Until at={row.expires_at} overdue="time is up" />
                ) : (
                  <StatusPill value={row.status} />
                )}
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
