'use client';

import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { formatNumber } from '../format';
import { useIsPhone, useStored } from '../hooks/small';
import { useShortcut } from '../hooks/use-shortcut';
import { useGo } from '../hooks/use-unsaved';
import { useUrlState } from '../hooks/use-url-state';
import { Button } from '../ui/button';
import { cx, type Tone } from '../ui/cx';
import { ErrorState, SkeletonRows } from '../ui/states';
import { ColumnMenu } from './column-menu';
import { TableCards } from './table-cards';
import { TableGrid } from './table-grid';
import { nextSort, sorted, type Column, type PagedQuery, type Selection } from './table-model';

export interface DataTableProps<T> {
  id: string;
  label: string;
  columns: Column<T>[];
  rowKey: (row: T) => string;
  rowHref?: (row: T) => string;
  query?: PagedQuery<T>;
  rows?: T[];
  empty: ReactNode;
  onOpen?: (row: T) => void;
  selectedKey?: string | null;
  onSelect?: (row: T) => void;
  sortParam?: string;
  rowTone?: (row: T) => Tone | undefined;
  selection?: Selection;
  toolbar?: ReactNode;
  shortcuts?: boolean;
  className?: string;
}

/**
 * The home view of a list. Rows stay on screen, dimmed, while a changed filter loads, so that nothing jumps;
 * a detail page gets no such courtesy, since the old record under a new heading would be a lie.
 */
export function DataTable<T>(props: DataTableProps<T>) {
  const {
    id,
    label,
    columns,
    rowKey,
    rowHref,
    query,
    rows: given,
    empty,
    onOpen,
    onSelect,
    selectedKey,
  } = props;
  const { sortParam = 'sort', rowTone, selection, toolbar, shortcuts = true, className } = props;
  const go = useGo();
  const phone = useIsPhone();
  const [url, setUrl] = useUrlState({ [sortParam]: '' });
  const sort = url[sortParam] ?? '';
  const [chosen, setChosen] = useStored<Record<string, boolean>>(`columns.${id}`, {});
  const visible = columns.filter((column) => column.fixed || (chosen[column.id] ?? !column.hidden));

  const loaded = useMemo(
    () => given ?? query?.data?.pages.flatMap((page) => page.items),
    [given, query?.data],
  );
  const kept = useRef<T[] | undefined>(undefined);
  useEffect(() => {
    if (loaded) kept.current = loaded;
  }, [loaded]);
  // What a query keeps from other filters is as old as what this keeps itself.
  const stale =
    loaded === undefined
      ? kept.current !== undefined && !query?.isError
      : query?.isPlaceholderData === true;
  const rows = sorted(loaded ?? (stale ? (kept.current ?? []) : []), columns, sort);

  const [cursor, setCursor] = useState<string | null>(null);
  const currentKey = selectedKey ?? cursor;
  const index = rows.findIndex((row) => rowKey(row) === currentKey);
  const more = () => {
    if (query?.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
  };
  const step = (by: 1 | -1) => {
    const row = rows[index < 0 ? (by > 0 ? 0 : rows.length - 1) : index + by];
    if (row === undefined) {
      if (by > 0) more();
      return;
    }
    setCursor(rowKey(row));
    onSelect?.(row);
  };
  const open = () => {
    const row = rows[index];
    if (row === undefined) return;
    if (onOpen) onOpen(row);
    else if (rowHref) go(rowHref(row));
  };
  useShortcut('j', () => step(1), 'Next row', { when: shortcuts, group: 'Lists' });
  useShortcut('k', () => step(-1), 'Previous row', { when: shortcuts, group: 'Lists' });
  useShortcut('Enter', open, 'Open the row', { when: shortcuts && index >= 0, group: 'Lists' });

  if (query?.isError && loaded === undefined) {
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (loaded === undefined && !stale) return <SkeletonRows rows={8} />;

  const choosable = columns.some((column) => !column.fixed) && !phone && columns.length > 2;
  const menu = choosable ? (
    <ColumnMenu columns={columns} chosen={chosen} onChange={setChosen} />
  ) : null;
  // Without a toolbar it stands in the head: a band of its own would be an empty one.
  const inHead = menu !== null && !toolbar;
  const last = visible.at(-1);
  // The room it takes there is added, so that the last column has as much as it asked for.
  const shown =
    inHead && last?.width
      ? [...visible.slice(0, -1), { ...last, width: `calc(${last.width} + 28px)` }]
      : visible;

  const shared = {
    label,
    columns: shown,
    rows,
    rowKey,
    rowHref,
    onOpen,
    rowTone,
    selection,
    currentKey,
  };
  return (
    <div className={cx('min-w-0', className)} aria-busy={stale}>
      {toolbar ? (
        <div className="flex min-h-10 flex-wrap items-center gap-2 border-b border-line px-3 py-1">
          <div className="flex min-w-0 flex-1 flex-wrap items-center gap-2">{toolbar}</div>
          {menu}
        </div>
      ) : null}
      {rows.length === 0 ? (
        empty
      ) : (
        <div
          className={cx(
            'relative transition-opacity',
            stale && 'opacity-55',
            inHead && '[&_tr>:last-child]:pr-10',
          )}
        >
          {inHead ? (
            <div className="absolute top-0 right-1.5 z-[2] flex h-9 items-center">{menu}</div>
          ) : null}
          {phone ? (
            <TableCards {...shared} />
          ) : (
            <TableGrid
              {...shared}
              sort={sort}
              onSort={(column) => setUrl({ [sortParam]: nextSort(sort, column) })}
            />
          )}
        </div>
      )}
      {query?.hasNextPage && rows.length > 0 ? (
        <div className="flex items-center gap-3 border-t border-line px-3 py-2">
          <Button size="sm" loading={query.isFetchingNextPage} onClick={more}>
            Load more
          </Button>
          <span className="num note">{formatNumber(rows.length)} loaded</span>
          {query.isFetchNextPageError ? (
            <span className="text-sm text-deny">The next rows could not be loaded.</span>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}
