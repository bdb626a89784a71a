'use client';

import Link from 'next/link';
import { StatusPill } from '@/components/data';
import { useIsPhone } from '@/components/hooks';
import { cx, TimeAgo, Until } from '@/components/ui';
import type { Sample } from '../schema';
import { useSampleWords } from './use-sample-words';

export interface SampleListProps {
  rows: Sample[];
  selected: string | undefined;
  onSelect: (id: string) => void;
}

function intoView(row: HTMLElement | null) {
  row?.scrollIntoView({ block: 'nearest' });
}

/** Sampled actions: what, by whom, and whether it is reviewed. */
export function SampleList({ rows, selected, onSelect }: SampleListProps) {
  const phone = useIsPhone();
  return (
    <ul
      aria-label="Sampled actions"
      className="max-h-[calc(100dvh-220px)] overflow-y-auto max-wide:max-h-none"
    >
      {rows.map((row) => {
        const active = !phone && row.id === selected;
        return (
          <li key={row.id} className="border-b border-line last:border-b-0">
            <Link
              ref={active ? intoView : undefined}
              href={`/reviews/${row.id}`}
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
                <Sentence action={row.action} />
              </span>
              <span className="flex flex-wrap items-center gap-x-2.5 gap-y-0.5 text-sm text-text-3">
                <span className="truncate">{row.action.agent.name}</span>
                <TimeAgo at={row.action.created_at} />
                {row.verdict ? <StatusPill value={row.verdict} /> : <Until at={row.due_at} />}
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

function Sentence({ action }: { action: Sample['action'] }) {
  return useSampleWords(action).sentence;
}
