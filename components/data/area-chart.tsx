'use client';

import { Check, Clock, X } from 'lucide-react';
import { useState, type KeyboardEvent, type PointerEvent } from 'react';
import { formatNumber } from '../format';
import { useIsPhone } from '../hooks/small';
import { cx, toneFill, toneText, toneVar, type Tone } from '../ui/cx';
import { ChartTable } from './chart-table';
import { isDay, pointLabel, topOfScale } from './chart-scale';
import { TimeAxis } from './time-axis';

export interface Point {
  /** An instant, or a calendar day (`2026-11-20`), which is named as it is. */
  at: string;
  values: Record<string, number>;
}

export interface Series {
  key: string;
  label: string;
  tone: Tone;
}

export interface AreaChartProps {
  data: Point[];
  series: Series[];
  label: string;
  height?: number;
  /** What is counted, in the singular. */
  unit?: string;
  format?: (value: number) => string;
  /** What a screen reader is told of the whole; sums by series when absent. */
  summary?: string;
  className?: string;
}

export interface LineChartProps extends AreaChartProps {
  /** Keys of the lower and upper edge of an interval. */
  band?: { low: string; high: string };
}

const W = 1000;
const signs: Partial<Record<Tone, typeof Check>> = { allow: Check, hold: Clock, deny: X };

/** Stacked: what a stack adds up to is the whole. */
export function AreaChart(props: AreaChartProps) {
  const { data, series, height = 150 } = props;
  const sums = data.map((point) =>
    series.reduce((sum, each) => sum + (point.values[each.key] ?? 0), 0),
  );
  const top = topOfScale(Math.max(0, ...sums));
  const x = place(data.length);
  const y = (value: number) => height - (value / top) * height;
  const base = data.map(() => 0);
  const areas = series.map((each) => {
    const lower = [...base];
    for (const [index, point] of data.entries()) {
      base[index] = (base[index] ?? 0) + (point.values[each.key] ?? 0);
    }
    const forth = base.map((value, index) => `${x(index)} ${y(value)}`);
    const back = lower.map((value, index) => `${x(index)} ${y(value)}`).reverse();
    return (
      <path
        key={each.key}
        d={`M${forth.join('L')}L${back.join('L')}Z`}
        fill={toneFill[each.tone]}
      />
    );
  });
  return (
    <Frame {...props} top={top}>
      {areas}
    </Frame>
  );
}

export function LineChart(props: LineChartProps) {
  const { data, series, height = 150, band } = props;
  const all = data.flatMap((point) => [
    ...series.map((each) => point.values[each.key] ?? 0),
    band ? (point.values[band.high] ?? 0) : 0,
  ]);
  const highest = Math.max(0, ...all);
  const top = highest <= 1 && highest > 0 ? Math.min(1, highest * 1.25) : topOfScale(highest);
  const x = place(data.length);
  const y = (value: number) => height - (value / top) * height;
  return (
    <Frame {...props} top={top} edges={band ? [band.low, band.high] : []}>
      {band ? (
        <path
          d={`M${data.map((point, index) => `${x(index)} ${y(point.values[band.high] ?? 0)}`).join('L')}L${data
            .map((point, index) => `${x(index)} ${y(point.values[band.low] ?? 0)}`)
            .reverse()
            .join('L')}Z`}
          fill="color-mix(in srgb, var(--text-3) 18%, transparent)"
        />
      ) : null}
      {series.map((each) => (
        <path
          key={each.key}
          d={`M${data.map((point, index) => `${x(index)} ${y(point.values[each.key] ?? 0)}`).join('L')}`}
          fill="none"
          stroke={toneVar[each.tone]}
          strokeWidth="1.75"
          vectorEffect="non-scaling-stroke"
        />
      ))}
    </Frame>
  );
}

const place = (length: number) => (index: number) =>
  length > 1 ? (index * W) / (length - 1) : W / 2;

function Frame({
  data,
  series,
  label,
  height = 150,
  unit,
  format = formatNumber,
  summary,
  top,
  edges = [],
  children,
  className,
}: AreaChartProps & {
  top: number;
  /** Keys of an interval's edges, told beside the series. */
  edges?: string[];
  children: React.ReactNode;
}) {
  const [at, setAt] = useState<number | null>(null);
  const phone = useIsPhone();
  const point = at === null ? undefined : data[at];
  const share = at === null || data.length < 2 ? 0 : at / (data.length - 1);
  const follow = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    setAt(
      Math.max(
        0,
        Math.min(
          data.length - 1,
          Math.round(((event.clientX - box.left) / box.width) * (data.length - 1)),
        ),
      ),
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    setAt((was) =>
      Math.max(0, Math.min(data.length - 1, was === null ? data.length - 1 : was + by)),
    );
  };
  const totals = series.map((each) =>
    data.reduce((sum, point) => sum + (point.values[each.key] ?? 0), 0),
  );
  if (data.length === 0)
    return (
      <div className={cx('note grid place-items-center', className)} style={{ height }}>
        Nothing in this time.
      </div>
    );
  return (
    <figure className={cx('grid gap-1.5', className)}>
      <div
        tabIndex={0}
        role="img"
        aria-label={`${label}. ${
          summary ??
          `${series.map((each, index) => `${each.label} ${format(totals[index] ?? 0)}`).join(', ')} in all.`
        }`}
        onPointerMove={follow}
        onPointerLeave={() => setAt(null)}
        onBlur={() => setAt(null)}
        onKeyDown={onKeyDown}
        className="relative rounded-sm"
        style={{ height }}
      >
        <span className="num absolute top-0 left-0 z-[1] rounded-sm bg-panel/80 pr-1 text-[11px] text-text-3">
          {format(top)}
          {unit ? ` ${unit}${top === 1 ? '' : 's'}` : ''}
        </span>
        <svg
          aria-hidden
          viewBox={`0 0 ${W} ${height}`}
          preserveAspectRatio="none"
          className="absolute inset-0 size-full"
        >
          {[0.25, 0.5, 0.75].map((part) => (
            <path
              key={part}
              d={`M0 ${height * part}H${W}`}
              stroke="var(--line)"
              vectorEffect="non-scaling-stroke"
            />
          ))}
          {children}
          <path
            d={`M0 ${height}H${W}`}
            stroke="var(--line-strong)"
            vectorEffect="non-scaling-stroke"
          />
        </svg>
        {point ? (
          <>
            <i
              aria-hidden
              className="pointer-events-none absolute inset-y-0 w-px bg-text-3"
              style={{ left: `${share * 100}%` }}
            />
            <div
              role="status"
              className="num pointer-events-none absolute top-1 z-10 grid gap-0.5 rounded-md border border-line bg-panel px-2.5 py-1.5 text-sm whitespace-nowrap shadow-float"
              style={
                share > 0.5
                  ? { right: `calc(${(1 - share) * 100}% + 8px)` }
                  : { left: `calc(${share * 100}% + 8px)` }
              }
            >
              <span className="text-text-3">{pointLabel(point.at)}</span>
              {series.map((each) => (
                <span key={each.key} className="flex items-center justify-between gap-4">
                  <Key label={each.label} tone={each.tone} />
                  <b className="font-medium">{format(point.values[each.key] ?? 0)}</b>
                </span>
              ))}
              {edges.length > 0 ? (
                <span className="text-text-3">
                  {edges.map((key) => format(point.values[key] ?? 0)).join(' to ')}
                </span>
              ) : null}
            </div>
          </>
        ) : null}
      </div>
      <div className="num text-[11px] text-text-3">
        <TimeAxis points={data} count={phone ? 3 : 6} />
      </div>
      <figcaption className="flex flex-wrap items-center justify-between gap-x-4">
        <ChartTable
          label={label}
          head={[
            data.every((each) => isDay(each.at)) ? 'Day' : 'Time',
            ...series.map((each) => each.label),
            ...(edges.length > 0 ? ['From', 'To'] : []),
          ]}
          rows={data.map((each) => [
            pointLabel(each.at),
            ...[...series.map(({ key }) => key), ...edges].map((key) =>
              format(each.values[key] ?? 0),
            ),
          ])}
        />
        <span className="flex flex-wrap gap-x-4 gap-y-1">
          {series.map((each) => (
            <Key key={each.key} label={each.label} tone={each.tone} />
          ))}
        </span>
      </figcaption>
    </figure>
  );
}

function Key({ label, tone }: Pick<Series, 'label' | 'tone'>) {
  const Icon = signs[tone];
  return (
    <span className={cx('inline-flex items-center gap-1.5 text-sm font-medium', toneText[tone])}>
      {Icon ? (
        <Icon aria-hidden className="size-3.5" strokeWidth={1.75} />
      ) : (
        <i aria-hidden className="h-0.5 w-3 bg-current" />
      )}
      {label}
    </span>
  );
}
