'use client';

import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';
import { Checkbox } from '../ui/choice';
import { cx } from '../ui/cx';
import { edge, RowLink, toggleKey, type TableBody } from './table-grid';

const VIRTUAL_FROM = 100;

/** The phone's form: a card a row, so that nothing scrolls sideways. */
export function TableCards<T>({
  label,
  columns,
  rows,
  rowKey,
  rowHref,
  onOpen,
  rowTone,
  selection,
  currentKey,
}: TableBody<T>) {
  const frame = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  const virtual = rows.length > VIRTUAL_FROM;
  useLayoutEffect(() => {
    const box = frame.current?.getBoundingClientRect();
    if (box) setTop(box.top + window.scrollY);
  }, [rows.length]);
  const windowed = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => 92,
    overscan: 8,
    scrollMargin: top,
    enabled: virtual,
  });
  const items = virtual ? windowed.getVirtualItems() : null;
  const first = items?.[0];
  const last = items?.at(-1);
  const title = columns.find((column) => column.phone === 'title') ?? columns[0];
  const asides = columns.filter((column) => column.phone === 'aside' && column !== title);
  const lines = columns.filter(
    (column) => column !== title && column.phone !== 'aside' && column.phone !== 'hide',
  );
  return (
    <ul
      ref={frame}
      aria-label={label}
      style={{
        paddingTop: first ? first.start - top : 0,
        paddingBottom: last ? windowed.getTotalSize() - (last.end - top) : 0,
      }}
    >
      {(items ? items.map((item) => item.index) : rows.map((_, index) => index)).map((index) => {
        const row = rows[index];
        if (row === undefined) return null;
        const key = rowKey(row);
        return (
          <li
            key={key}
            data-index={index}
            ref={virtual ? windowed.measureElement : undefined}
            className={cx(
              'relative flex gap-3 border-b border-line px-3.5 py-3 last:border-b-0 [&_button:not([data-row-link])]:relative [&_button:not([data-row-link])]:z-[1]',
              key === currentKey
                ? cx('bg-accent-weak', edge.accent)
                : edge[rowTone?.(row) ?? 'neutral'],
              'has-[[data-row-link]:focus-visible]:outline-2 has-[[data-row-link]:focus-visible]:-outline-offset-2 has-[[data-row-link]:focus-visible]:outline-accent',
            )}
          >
            {selection ? (
              <span className="pt-0.5">
                <Checkbox
                  aria-label={`Select row ${index + 1}`}
                  checked={selection.keys.has(key)}
                  onCheckedChange={(on) => toggleKey(selection, key, on)}
                />
              </span>
            ) : null}
            <div className="grid min-w-0 flex-1 gap-1">
              <div className="flex items-start justify-between gap-3">
                <div className="min-w-0 font-medium [overflow-wrap:anywhere]">
                  {title ? (
                    <RowLink {...{ row, rowHref, onOpen }}>{title.cell(row)}</RowLink>
                  ) : null}
                </div>
                <div className="num flex shrink-0 flex-wrap justify-end gap-2">
                  {asides.map((column) => (
                    <span key={column.id}>{column.cell(row)}</span>
                  ))}
                </div>
              </div>
              {lines.length > 0 ? (
                <dl className="grid grid-cols-[fit-content(50%)_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-sm">
                  {lines.map((column) => (
                    <div key={column.id} className="contents">
                      <dt className="min-w-24 text-text-3">{column.header}</dt>
                      <dd className="min-w-0 text-text-2 [overflow-wrap:anywhere]">
                        {column.cell(row)}
                      </dd>
                    </div>
                  ))}
                </dl>
              ) : null}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
