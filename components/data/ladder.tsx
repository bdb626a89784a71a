'use client';

import { formatExact } from '../format';
import { cx } from '../ui/cx';
import { ladderTier, roundUp, segments, topOf, type LadderValue } from './ladder-math';

const shade: Record<string, string> = {
  autonomous: 'bg-[color-mix(in_srgb,var(--text)_18%,var(--panel))]',
  supervised: 'bg-[color-mix(in_srgb,var(--text)_42%,var(--panel))]',
  gated: 'bg-[color-mix(in_srgb,var(--text)_70%,var(--panel))]',
  denied: 'hatched',
};

export function LadderBar({
  ladder,
  max,
  className,
}: {
  ladder: LadderValue;
  max: number;
  className?: string;
}) {
  return (
    <div aria-hidden className={cx('flex h-2 overflow-hidden rounded-sm', className)}>
      {segments(ladder, max).map((segment) => (
        <i
          key={segment.rung}
          className={shade[segment.rung]}
          style={{ width: `${((segment.to - segment.from) / max) * 100}%` }}
        />
      ))}
    </div>
  );
}

export interface LadderProps extends LadderValue {
  value?: number;
  format?: (amount: number) => string;
  max?: number;
  className?: string;
}

/** Where an amount stands against its thresholds. */
export function Ladder({
  autonomous,
  supervised,
  gated,
  value,
  format = formatExact,
  max,
  className,
}: LadderProps) {
  const ladder = { autonomous, supervised, gated };
  const end = max ?? roundUp(Math.max(topOf(ladder) * 1.2, (value ?? 0) * 1.1));
  const place = (amount: number) => Math.min(100, Math.max(0, (amount / end) * 100));
  const ends = segments(ladder, end).filter((segment) => segment.rung !== 'denied');
  const tier = value === undefined ? undefined : ladderTier(ladder, value);
  const outcome =
    tier === null ? 'denied' : tier === 1 ? 'autonomous' : tier === 2 ? 'supervised' : 'gated';
  const spoken = [
    ...ends.map((segment) => `${segment.rung} to ${format(segment.to)}`),
    'denied above',
    ...(value === undefined ? [] : [`this one is ${format(value)}: ${outcome}`]),
  ].join(', ');
  return (
    <div role="img" aria-label={`Limits: ${spoken}`} className={cx('relative', className)}>
      <div aria-hidden className="relative h-6">
        {value === undefined ? null : (
          <span
            className="num absolute bottom-1 font-semibold whitespace-nowrap"
            style={{ left: `${place(value)}%`, transform: `translateX(-${place(value)}%)` }}
          >
            {format(value)}
          </span>
        )}
      </div>
      <div className="relative">
        <LadderBar ladder={ladder} max={end} />
        {value === undefined ? null : (
          <i
            className="absolute -top-1 -bottom-1 w-0.5 -translate-x-1/2 bg-accent shadow-[0_0_0_1.5px_var(--panel)]"
            style={{ left: `${place(value)}%` }}
          />
        )}
      </div>
      {/* Beside one another, and not under their place: where that is narrow, a number would be cut. */}
      <div
        aria-hidden
        className="num mt-1.5 flex flex-wrap gap-x-3.5 gap-y-0.5 text-xs text-text-3"
      >
        {segments(ladder, end).map(({ rung, from, to }) => (
          <span key={rung} className="inline-flex items-center gap-1.5 whitespace-nowrap">
            <i className={cx('size-2 shrink-0 rounded-[2px]', shade[rung])} />
            {rung === 'denied' ? `denied above ${format(from)}` : `${rung} to ${format(to)}`}
          </span>
        ))}
      </div>
    </div>
  );
}
