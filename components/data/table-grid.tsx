'use client';

import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Checkbox } from '../ui/choice';
import { cx, type Tone } from '../ui/cx';
import type { Column, Selection } from './table-model';

export interface TableBody<T> {
  label: string;
  columns: Column<T>[];
  rows: T[];
  rowKey: (row: T) => string;
  rowHref: ((row: T) => string) | undefined;
  onOpen: ((row: T) => void) | undefined;
  rowTone: ((row: T) => Tone | undefined) | undefined;
  selection: Selection | undefined;
  currentKey: string | null | undefined;
}

const ROW = 36;
const VIRTUAL_FROM = 100;

export const edge: Record<Tone, string> = {
  neutral: '',
  accent: 'shadow-[inset_2px_0_0_var(--accent)]',
  allow: 'shadow-[inset_2px_0_0_var(--allow)]',
  hold: 'shadow-[inset_2px_0_0_var(--hold)]',
  deny: 'shadow-[inset_2px_0_0_var(--deny)]',
};

export function toggleKey(selection: Selection, key: string, on: boolean) {
  const keys = new Set(selection.keys);
  if (on) keys.add(key);
  else keys.delete(key);
  selection.onChange(keys);
}

/** The wide form. The first cell's link covers the row, so that a middle click and "copy link" work on all of it. */
export function TableGrid<T>(props: TableBody<T> & { sort: string; onSort: (id: string) => void }) {
  const {
    label,
    columns,
    rows,
    rowKey,
    rowHref,
    onOpen,
    rowTone,
    selection,
    currentKey,
    sort,
    onSort,
  } = props;
  const frame = useRef<HTMLTableElement>(null);
  const [top, setTop] = useState(0);
  const virtual = rows.length > VIRTUAL_FROM;
  useLayoutEffect(() => {
    const box = frame.current?.getBoundingClientRect();
    if (box) setTop(box.top + window.scrollY + ROW);
  }, [rows.length]);
  const windowed = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW,
    overscan: 12,
    scrollMargin: top,
    enabled: virtual,
  });
  const items = virtual ? windowed.getVirtualItems() : null;
  const first = items?.[0];
  const last = items?.at(-1);
  const before = first ? first.start - top : 0;
  const after = last ? windowed.getTotalSize() - (last.end - top) : 0;
  const shown = items ? items.map((item) => item.index) : rows.map((_, index) => index);

  // Only a move of the cursor scrolls; rows arriving must not.
  const reveal = useRef<(key: string) => void>(() => {});
  useEffect(() => {
    reveal.current = (key) => {
      const index = rows.findIndex((row) => rowKey(row) === key);
      if (index < 0) return;
      const row = frame.current?.querySelector(`[data-index="${index}"]`);
      if (row) row.scrollIntoView({ block: 'nearest' });
      else if (virtual) windowed.scrollToIndex(index);
    };
  });
  useEffect(() => {
    if (currentKey) reveal.current(currentKey);
  }, [currentKey]);

  const all = rows.length > 0 && rows.every((row) => selection?.keys.has(rowKey(row)));
  const spacer = (height: number) =>
    height > 0 ? (
      <tr aria-hidden>
        <td colSpan={columns.length + (selection ? 1 : 0)} style={{ height, padding: 0 }} />
      </tr>
    ) : null;

  return (
    <table
      ref={frame}
      aria-label={label}
      aria-rowcount={rows.length + 1}
      className="w-full table-fixed border-separate border-spacing-0"
    >
      <thead>
        <tr>
          {selection ? (
            <th className="w-10 border-b border-line px-3">
              <Checkbox
                aria-label="Select all that are loaded"
                checked={
                  all
                    ? true
                    : rows.some((row) => selection.keys.has(rowKey(row)))
                      ? 'indeterminate'
                      : false
                }
                onCheckedChange={(on) =>
                  selection.onChange(on ? new Set(rows.map(rowKey)) : new Set())
                }
              />
            </th>
          ) : null}
          {columns.map((column) => (
            <Header key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody>
        {spacer(before)}
        {shown.map((index) => {
          const row = rows[index];
          if (row === undefined) return null;
          const key = rowKey(row);
          const here = key === currentKey;
          return (
            <tr
              key={key}
              data-index={index}
              aria-rowindex={index + 2}
              {...(here ? { 'aria-current': true as const } : {})}
              className={cx(
                'group/row relative h-9 scroll-mt-16 scroll-mb-4',
                here
                  ? cx('bg-accent-weak', edge.accent)
                  : cx('hover:bg-raised', edge[rowTone?.(row) ?? 'neutral']),
                'has-[[data-row-link]:focus-visible]:outline-2 has-[[data-row-link]:focus-visible]:-outline-offset-2 has-[[data-row-link]:focus-visible]:outline-accent',
              )}
            >
              {selection ? (
                <td className="border-b border-line px-3 group-last/row:border-b-0">
                  <span className="relative z-[1]">
                    <Checkbox
                      aria-label={`Select row ${index + 1}`}
                      checked={selection.keys.has(key)}
                      onCheckedChange={(on) => toggleKey(selection, key, on)}
                    />
                  </span>
                </td>
              ) : null}
              {columns.map((column, place) => (
                <td
                  key={column.id}
                  className={cx(
                    'overflow-hidden border-b border-line px-3 py-1 text-ellipsis whitespace-nowrap group-last/row:border-b-0',
                    '[&_a:not([data-row-link])]:relative [&_a:not([data-row-link])]:z-[1] [&_button:not([data-row-link])]:relative [&_button:not([data-row-link])]:z-[1]',
                    column.align === 'right' && 'num text-right',
                  )}
                >
                  {place === 0 ? (
                    <RowLink {...{ row, rowHref, onOpen }}>{column.cell(row)}</RowLink>
                  ) : (
                    column.cell(row)
                  )}
                </td>
              ))}
            </tr>
          );
        })}
        {spacer(after)}
      </tbody>
    </table>
  );
}

export function RowLink<T>({
  row,
  rowHref,
  onOpen,
  children,
}: {
  row: T;
  rowHref: ((row: T) => string) | undefined;
  onOpen: ((row: T) => void) | undefined;
  children: React.ReactNode;
}) {
  const cover = 'outline-none after:absolute after:inset-0 after:content-[""]';
  if (rowHref) {
    return (
      <Link
        data-row-link
        href={rowHref(row)}
        className={cover}
        {...(onOpen
          ? {
              onClick: (event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                event.preventDefault();
                onOpen(row);
              },
            }
          : {})}
      >
        {children}
      </Link>
    );
  }
  if (onOpen) {
    return (
      <button
        type="button"
        data-row-link
        onClick={() => onOpen(row)}
        className={cx(cover, 'text-left')}
      >
        {children}
      </button>
    );
  }
  return <>{children}</>;
}

function Header<T>({
  column,
  sort,
  onSort,
}: {
  column: Column<T>;
  sort: string;
  onSort: (id: string) => void;
}) {
  const can = column.sortable || column.sortValue !== undefined;
  const state = sort === column.id ? 'ascending' : sort === `-${column.id}` ? 'descending' : 'none';
  const Icon =
    state === 'ascending' ? ArrowUp : state === 'descending' ? ArrowDown : ChevronsUpDown;
  return (
    <th
      scope="col"
      {...(can ? { 'aria-sort': state } : {})}
      style={column.width ? { width: column.width } : undefined}
      className={cx(
        'h-9 truncate border-b border-line px-3 text-sm font-medium text-text-3',
        column.align === 'right' ? 'text-right' : 'text-left',
      )}
    >
      {can ? (
        <button
          type="button"
          onClick={() => onSort(column.id)}
          className={cx(
            'group/sort inline-flex min-h-6 max-w-full items-center gap-1 rounded-sm hover:text-text',
            column.align === 'right' && 'flex-row-reverse',
            state !== 'none' && 'text-text',
          )}
        >
          <span className="truncate">{column.header}</span>
          <Icon
            aria-hidden
            strokeWidth={1.75}
            className={cx(
              'size-3 shrink-0',
              state === 'none' &&
                'opacity-0 group-hover/sort:opacity-100 group-focus-visible/sort:opacity-100',
            )}
          />
        </button>
      ) : (
        column.header
      )}
    </th>
  );
}
