'use client';

import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { exactTime, formatNumber } from '../format';
import { useIsPhone } from '../hooks/small';
import { cx } from '../ui/cx';
import { ChartTable } from './chart-table';
import { spanOf } from './chart-scale';
import { TimeAxis } from './time-axis';

export interface Bucket {
  /** Its beginning. */
  at: string;
  count: number;
  parts?: { allow?: number; hold?: number; deny?: number };
  /** What is in it was not counted, or not all of it. */
  uncounted?: boolean;
}

/** What a bar says: a number, or that there is none to be had. */
function countOf({ count, uncounted }: Bucket): string {
  if (!uncounted) return formatNumber(count);
  return count > 0 ? `at least ${formatNumber(count)}` : 'not counted';
}

export interface HistogramProps {
  data: Bucket[];
  label: string;
  selected?: { from: string; to: string } | null;
  onSelect?: (range: { from: string; to: string } | null) => void;
  height?: number;
  className?: string;
}

type Span = { from: number; to: number };

/** Bars over time; a drag, or Shift and the arrow keys, narrows. Ends are instants, the last one exclusive. */
export function Histogram({
  data,
  label,
  selected,
  onSelect,
  height = 56,
  className,
}: HistogramProps) {
  const box = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Span | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const phone = useIsPhone();
  const width = data.length > 1 ? spanOf(data) / (data.length - 1) : 3_600_000;
  const highest = Math.max(1, ...data.map((bucket) => bucket.count));
  const time = (index: number) => new Date(data[index]?.at ?? 0).getTime();
  const chosen: Span | null = drag ? ordered(drag) : selectedSpan();

  function selectedSpan(): Span | null {
    if (!selected) return null;
    const from = new Date(selected.from).getTime();
    const to = selected.to ? new Date(selected.to).getTime() : Number.POSITIVE_INFINITY;
    const inside = data
      .map((_, index) => index)
      .filter((index) => time(index) + width > from && time(index) < to);
    const first = inside[0];
    const last = inside.at(-1);
    return first === undefined || last === undefined ? null : { from: first, to: last };
  }
  const commit = (range: Span) => {
    const { from, to } = ordered(range);
    onSelect?.({
      from: new Date(time(from)).toISOString(),
      to: new Date(time(to) + width).toISOString(),
    });
  };
  const indexAt = (event: PointerEvent) => {
    const rect = box.current?.getBoundingClientRect();
    if (!rect || data.length === 0) return 0;
    return Math.max(
      0,
      Math.min(
        data.length - 1,
        Math.floor(((event.clientX - rect.left) / rect.width) * data.length),
      ),
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by !== 0) {
      event.preventDefault();
      const next = Math.max(
        0,
        Math.min(data.length - 1, (cursor ?? (by > 0 ? -1 : data.length)) + by),
      );
      setCursor(next);
      setDrag(event.shiftKey ? { from: drag?.from ?? cursor ?? next, to: next } : null);
    } else if (event.key === 'Enter' && onSelect && cursor !== null) {
      commit(drag ?? { from: cursor, to: cursor });
      setDrag(null);
    } else if (event.key === 'Escape') {
      setDrag(null);
      onSelect?.(null);
    }
  };
  const here = cursor === null ? undefined : data[cursor];
  const total = data.reduce((sum, bucket) => sum + bucket.count, 0);
  return (
    <figure className={cx('grid gap-1', className)}>
      <div
        ref={box}
        tabIndex={0}
        role={onSelect ? 'application' : 'img'}
        aria-label={`${label}: ${formatNumber(total)} ${data.some((bucket) => bucket.uncounted) ? 'counted, and older ones that are not' : 'in all'}.${onSelect ? ' Arrow keys move, Shift selects, Enter narrows, Escape clears.' : ''}`}
        onKeyDown={onKeyDown}
        onBlur={() => setCursor(null)}
        onPointerLeave={() => !drag && setCursor(null)}
        onPointerDown={(event) => {
          if (!onSelect || event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ from: indexAt(event), to: indexAt(event) });
        }}
        onPointerMove={(event) => {
          const index = indexAt(event);
          setCursor(index);
          if (drag && event.buttons > 0) setDrag({ from: drag.from, to: index });
        }}
        onPointerUp={() => {
          if (drag && onSelect) commit(drag);
          setDrag(null);
        }}
        onPointerCancel={() => setDrag(null)}
        className={cx(
          'relative flex touch-pan-y items-end gap-px rounded-sm select-none',
          onSelect && 'cursor-crosshair',
        )}
        style={{ height }}
      >
        {data.map((bucket, index) => (
          <Bar
            key={bucket.at}
            bucket={bucket}
            highest={highest}
            on={chosen !== null && index >= chosen.from && index <= chosen.to}
            here={index === cursor}
          />
        ))}
      </div>
      <div className="num flex justify-between gap-2 text-[11px] text-text-3">
        {here ? (
          <span role="status" className="text-text-2">
            {exactTime(here.at)}: {countOf(here)}
          </span>
        ) : (
          <TimeAxis points={data} count={phone ? 3 : 6} />
        )}
      </div>
      <figcaption>
        <ChartTable
          label={label}
          head={['From', 'Events']}
          rows={data.map((bucket) => [exactTime(bucket.at), countOf(bucket)])}
        />
      </figcaption>
    </figure>
  );
}

const ordered = ({ from, to }: Span): Span => (from <= to ? { from, to } : { from: to, to: from });

function Bar({
  bucket,
  highest,
  on,
  here,
}: {
  bucket: Bucket;
  highest: number;
  on: boolean;
  here: boolean;
}) {
  const share = bucket.count === 0 ? 0 : Math.max(4, (bucket.count / highest) * 100);
  const { hold = 0, deny = 0 } = bucket.parts ?? {};
  const part = (count: number) => (bucket.count > 0 ? `${(count / bucket.count) * 100}%` : '0%');
  return (
    <span
      aria-hidden
      className={cx(
        'flex h-full flex-1 flex-col justify-end',
        here && 'bg-raised',
        bucket.uncounted &&
          'bg-[repeating-linear-gradient(135deg,var(--line)_0_2px,transparent_2px_6px)]',
      )}
    >
      <span
        className={cx(
          'flex flex-col overflow-hidden rounded-[1px]',
          on ? 'bg-accent' : 'bg-[color-mix(in_srgb,var(--text)_24%,var(--panel))]',
        )}
        style={{ height: `${share}%` }}
      >
        {deny > 0 ? <i className="bg-[var(--fill-deny)]" style={{ height: part(deny) }} /> : null}
        {hold > 0 ? <i className="bg-[var(--fill-hold)]" style={{ height: part(hold) }} /> : null}
      </span>
    </span>
  );
}
