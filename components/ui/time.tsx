'use client';

import { exactTime, formatDuration, formatSpan, relativeTime, type Instant } from '../format';
import { useNow } from '../hooks/small';
import { cx } from './cx';

interface TimeProps {
  at: Instant | null | undefined;
  className?: string;
}

const iso = (at: Instant): string => {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
};

/** "2 min ago", ticking, with the exact instant on hover. */
export function TimeAgo({ at, empty = 'never', className }: TimeProps & { empty?: string }) {
  const now = useNow();
  if (at === null || at === undefined)
    return <span className={cx('text-text-3', className)}>{empty}</span>;
  return (
    <time
      dateTime={iso(at)}
      title={exactTime(at)}
      className={cx('num whitespace-nowrap', className)}
      suppressHydrationWarning
    >
      {relativeTime(at, now)}
    </time>
  );
}

/** "58 min left"; it warms as it nears, below an hour and below ten minutes. */
export function Until({ at, overdue = 'overdue', className }: TimeProps & { overdue?: string }) {
  const now = useNow(1000);
  if (at === null || at === undefined) return null;
  const left = new Date(at).getTime() - now;
  const tone = left < 10 * 60_000 ? 'text-deny' : left < 60 * 60_000 ? 'text-hold' : undefined;
  return (
    <time
      dateTime={iso(at)}
      title={exactTime(at)}
      className={cx('num whitespace-nowrap', tone, className)}
      suppressHydrationWarning
    >
      {left > 0 ? `${formatSpan(left)} left` : overdue}
    </time>
  );
}

export function ExactTime({ at, className }: TimeProps) {
  if (at === null || at === undefined) return null;
  return (
    <time
      dateTime={iso(at)}
      className={cx('num whitespace-nowrap', className)}
      suppressHydrationWarning
    >
      {exactTime(at)}
    </time>
  );
}

export function Duration({ ms, className }: { ms: number; className?: string }) {
  return (
    <span className={cx('num whitespace-nowrap', className)} title={`${ms} ms`}>
      {formatDuration(ms)}
    </span>
  );
}
