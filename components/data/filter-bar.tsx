'use client';

import { CalendarDays, Search, X } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { formatClock, formatDate } from '../format';
import { useDebounced } from '../hooks/small';
import { useUrlState } from '../hooks/use-url-state';
import { Button } from '../ui/button';
import { control, cx } from '../ui/cx';
import { Input } from '../ui/input';
import { Popover } from '../ui/menu';
import { Select, type Option } from '../ui/select';

export interface FilterBarProps {
  search?: { param?: string; placeholder: string };
  filters?: { param: string; label: string; options: Option[]; initial?: string }[];
  /** More controls, after the filters. */
  children?: ReactNode;
  /** What those filter by and Clear clears as well. */
  also?: string[];
  /** What leaves the address as a filter changes, as what was selected among other rows. */
  drops?: string[];
  count?: ReactNode;
  className?: string;
}

/** Search and filters of a view; all of it lives in the URL. */
export function FilterBar({
  search,
  filters = [],
  children,
  also = [],
  drops = [],
  count,
  className,
}: FilterBarProps) {
  const defaults: Record<string, string> = Object.fromEntries([
    ...filters.map((filter) => [filter.param, filter.initial ?? '']),
    ...also.map((param) => [param, '']),
  ]);
  const q = search?.param ?? 'q';
  const dropped = Object.fromEntries(drops.map((param) => [param, '']));
  const [state, setUrl] = useUrlState<Record<string, string>>({ ...defaults, ...dropped, [q]: '' });
  const set = (patch: Record<string, string>) => setUrl({ ...patch, ...dropped });
  const active =
    Object.entries(defaults).some(([param, value]) => state[param] !== value) ||
    (search && state[q]);
  return (
    <div role="search" className={cx('flex flex-wrap items-center gap-2', className)}>
      {search ? <SearchBox param={q} placeholder={search.placeholder} /> : null}
      {filters.map((filter) => (
        <Select
          key={filter.param}
          label={filter.label}
          value={state[filter.param] ?? ''}
          onValueChange={(value) => set({ [filter.param]: value })}
          options={
            filter.options.some((option) => option.value === '') || filter.initial
              ? filter.options
              : [{ value: '', label: 'any' }, ...filter.options]
          }
          className="max-w-64"
        />
      ))}
      {children}
      {active ? (
        <Button
          variant="ghost"
          icon={X}
          onClick={() => set({ ...defaults, ...(search ? { [q]: '' } : {}) })}
        >
          Clear
        </Button>
      ) : null}
      {count === undefined ? null : (
        <span role="status" className="num note ml-auto">
          {count}
        </span>
      )}
    </div>
  );
}

function SearchBox({ param, placeholder }: { param: string; placeholder: string }) {
  const [state, set] = useUrlState({ [param]: '' });
  const written = state[param] ?? '';
  const [text, setText] = useState(written);
  const settled = useDebounced(text, 250);
  const sent = useRef(written);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // What was typed before the page had taken over is kept.
    const typed = box.current?.value;
    if (typed) setText(typed);
  }, []);
  useEffect(() => {
    if (settled === sent.current) return;
    sent.current = settled;
    set({ [param]: settled });
  }, [settled, param, set]);
  useEffect(() => {
    // The address changed by other means: Clear, the back button, a link.
    if (written === sent.current) return;
    sent.current = written;
    setText(written);
  }, [written]);
  return (
    <Input
      ref={box}
      type="search"
      icon={Search}
      aria-label={placeholder}
      placeholder={placeholder}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.blur();
        if (event.key === 'Enter') {
          // It searches, and does not send the form that it may stand in.
          event.preventDefault();
          sent.current = text;
          set({ [param]: text });
        }
      }}
      className="grow basis-56 max-wide:basis-full"
    />
  );
}

const presets: { label: string; hours: number }[] = [
  { label: 'Last hour', hours: 1 },
  { label: 'Last 24 hours', hours: 24 },
  { label: 'Last 7 days', hours: 168 },
  { label: 'Last 30 days', hours: 720 },
];

const toLocal = (iso: string): string => {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};
const toIso = (local: string): string => {
  const date = new Date(local);
  return local === '' || Number.isNaN(date.getTime()) ? '' : date.toISOString();
};
/** An address can say anything; what is no time is none here. */
const instantOr = (text = ''): string => (Number.isNaN(Date.parse(text)) ? '' : text);
const brief = (iso: string): string => `${formatDate(iso)} ${formatClock(iso, false)}`;

export interface DateRangeProps {
  fromParam?: string;
  toParam?: string;
  label?: string;
}

/** A stretch of time, as two exact instants in the URL, so that the link means the same tomorrow. */
export function DateRange({ fromParam = 'from', toParam = 'to', label = 'Time' }: DateRangeProps) {
  const [state, set] = useUrlState({ [fromParam]: '', [toParam]: '' });
  const [open, setOpen] = useState(false);
  const from = instantOr(state[fromParam]);
  const to = instantOr(state[toParam]);
  const text =
    from && to
      ? `${brief(from)} to ${brief(to)}`
      : from
        ? `since ${brief(from)}`
        : to
          ? `until ${brief(to)}`
          : 'any';
  return (
    <Popover
      label={label}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button type="button" className={cx(control, 'inline-flex w-auto items-center gap-2')}>
          <CalendarDays aria-hidden className="size-[15px] text-text-3" strokeWidth={1.5} />
          <span className="text-text-3">{label}</span> <span className="num truncate">{text}</span>
        </button>
      }
    >
      <div className="grid w-64 gap-3">
        <div className="grid grid-cols-2 gap-1.5">
          {presets.map((preset) => (
            <Button
              key={preset.hours}
              size="sm"
              onClick={() => {
                set({
                  [fromParam]: new Date(Date.now() - preset.hours * 3_600_000).toISOString(),
                  [toParam]: '',
                });
                setOpen(false);
              }}
            >
              {preset.label}
            </Button>
          ))}
        </div>
        <label className="grid gap-1 text-sm">
          From
          <Input
            type="datetime-local"
            value={toLocal(from)}
            onChange={(event) => set({ [fromParam]: toIso(event.target.value) })}
          />
        </label>
        <label className="grid gap-1 text-sm">
          To
          <Input
            type="datetime-local"
            value={toLocal(to)}
            onChange={(event) => set({ [toParam]: toIso(event.target.value) })}
          />
        </label>
        {from || to ? (
          <Button size="sm" variant="ghost" onClick={() => set({ [fromParam]: '', [toParam]: '' })}>
            Any time
          </Button>
        ) : null}
      </div>
    </Popover>
  );
}
