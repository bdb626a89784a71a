'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { exactTime, formatClock, formatDate, type Instant } from '../format';
import { cx } from '../ui/cx';
import { Disclosure } from '../ui/disclosure';
import { Tier, type TierValue } from './atoms';

export interface TimelineItem {
  id: string;
  at: Instant;
  title: ReactNode;
  detail?: ReactNode;
  tone?: 'neutral' | 'accent' | 'allow' | 'hold' | 'deny';
  aside?: ReactNode;
  tier?: TierValue;
  href?: string;
  body?: ReactNode;
}

const dots = {
  neutral: 'bg-panel shadow-[0_0_0_1px_var(--line-control)]',
  accent: 'bg-accent',
  allow: 'bg-allow',
  hold: 'bg-hold',
  deny: 'bg-deny',
};

/** What happened, in order. The words say the outcome; the dot repeats it in colour. */
export function Timeline({
  items,
  label,
  className,
}: {
  items: TimelineItem[];
  label: string;
  className?: string;
}) {
  let day = '';
  return (
    <ol aria-label={label} className={cx('py-1.5', className)}>
      {items.map((item) => {
        const today = formatDate(item.at);
        const heading = today === day ? null : today;
        const first = day === '';
        day = today;
        return (
          <li key={item.id} className={cx('px-3.5', item.href && 'hover:bg-raised')}>
            {heading && !first ? (
              <div className="note border-t border-line py-1.5">{heading}</div>
            ) : null}
            <div className="grid grid-cols-[64px_13px_minmax(0,1fr)_auto] items-start gap-x-2.5 py-[5px] wide:grid-cols-[72px_17px_minmax(0,1fr)_auto]">
              <time
                dateTime={new Date(item.at).toISOString()}
                title={exactTime(item.at)}
                className="mono num pt-px text-text-3"
                suppressHydrationWarning
              >
                {formatClock(item.at)}
              </time>
              <span
                aria-hidden
                className={cx(
                  'mx-auto mt-1.5 size-[9px] rounded-full',
                  dots[item.tone ?? 'neutral'],
                )}
              />
              <div className="min-w-0 [overflow-wrap:anywhere]">
                {item.href ? (
                  <Link href={item.href} className="hover:underline">
                    {item.title}
                  </Link>
                ) : (
                  item.title
                )}
                {item.tier ? <Tier value={item.tier} word={false} className="ml-2" /> : null}
                {item.detail ? (
                  <span className="ml-2 text-sm text-text-3">{item.detail}</span>
                ) : null}
                {item.body ? (
                  <Disclosure label="Details" className="mt-0.5">
                    <div className="pt-1 pb-2">{item.body}</div>
                  </Disclosure>
                ) : null}
              </div>
              <div className="num text-right text-sm text-text-3">{item.aside}</div>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
