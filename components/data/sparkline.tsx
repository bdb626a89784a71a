import Link from 'next/link';
import type { ReactNode } from 'react';
import { formatNumber } from '../format';
import { cx, toneVar, type Tone } from '../ui/cx';

export interface SparklineProps {
  values: number[];
  label: string;
  tone?: Tone;
  width?: number;
  height?: number;
}

export function Sparkline({
  values,
  label,
  tone = 'neutral',
  width = 80,
  height = 20,
}: SparklineProps) {
  const highest = Math.max(1, ...values);
  const x = (index: number) =>
    values.length > 1 ? 1 + (index * (width - 2)) / (values.length - 1) : width / 2;
  const y = (value: number) => height - 1.5 - (value / highest) * (height - 3);
  const path = values
    .map((value, index) => `${x(index).toFixed(1)} ${y(value).toFixed(1)}`)
    .join('L');
  return (
    <svg
      role="img"
      aria-label={`${label}: ${values.map(formatNumber).join(', ')}`}
      width={width}
      height={height}
      className="inline-block align-middle"
    >
      {values.length > 0 ? (
        <path
          d={`M${path}`}
          fill="none"
          stroke={toneVar[tone]}
          strokeWidth="1.5"
          strokeLinejoin="round"
        />
      ) : null}
    </svg>
  );
}

export interface BarsProps {
  items: { label: ReactNode; value: number; tone?: Tone; href?: string; detail?: ReactNode }[];
  label: string;
  format?: (value: number) => string;
  className?: string;
}

/** Horizontal bars; the numbers stand beside them, so it is its own table. */
export function Bars({ items, label, format = formatNumber, className }: BarsProps) {
  const highest = Math.max(1, ...items.map((item) => item.value));
  return (
    <ul aria-label={label} className={cx('grid gap-1.5', className)}>
      {items.map((item, index) => (
        <li key={index} className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3">
          <span className="truncate">
            {item.href ? (
              <Link href={item.href} className="hover:underline">
                {item.label}
              </Link>
            ) : (
              item.label
            )}
          </span>
          <span className="num text-text-2">
            {format(item.value)}
            {item.detail ? <span className="ml-2 text-sm text-text-3">{item.detail}</span> : null}
          </span>
          <span aria-hidden className="col-span-2 mt-0.5 h-1 overflow-hidden rounded-full bg-line">
            <i
              className="block h-full rounded-full"
              style={{
                width: `${(item.value / highest) * 100}%`,
                background: item.tone
                  ? toneVar[item.tone]
                  : 'color-mix(in srgb, var(--text) 55%, var(--panel))',
              }}
            />
          </span>
        </li>
      ))}
    </ul>
  );
}
