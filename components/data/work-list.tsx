'use client';

import { useQuery, type QueryKey, type UseQueryOptions } from '@tanstack/react-query';
import Link from 'next/link';
import { Fragment, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useIsPhone, useShortcut, useUrlState } from '../hooks';
import { Split } from '../layout';
import { Button, cx, ErrorState, LoadMore, Panel, SkeletonRows, SkeletonText } from '../ui';
import { grouped } from './grouped';
import type { PagedQuery } from './table-model';

export interface WorkListProps<T extends { id: string }, K extends QueryKey> {
  /** What one of them is called, as in “Next action”. */
  noun: string;
  /** The list's name for a screen reader. */
  label: string;
  query: PagedQuery<T>;
  /** What the query asks for. Another list is begun anew: what was on screen is none of its rows. */
  filters: Readonly<Record<string, string>>;
  /** Asks for one; the list shows it meanwhile. */
  detail: (id: string) => UseQueryOptions<T, Error, T, K>;
  href: (row: T) => string;
  /** Two lines: what it is, and by whom and when. */
  title: (row: T) => ReactNode;
  note: (row: T) => ReactNode;
  /** Whether it still waits for the reader. */
  isOpen: (row: T) => boolean;
  /** What the button to the next open one says. */
  nextLabel: string;
  /** The whole of one; `after` leads on to the next and belongs where a decision ends. */
  card: (row: T, after: ReactNode) => ReactNode;
  /** Told which one is on screen; the same function each time. */
  onShown?: (id: string) => void;
  /** Shown when there is nothing. */
  empty: ReactNode;
  /** What stands together in the list, and what is said above it. */
  group?: { of: (row: T) => string; head: (rows: T[]) => ReactNode };
  /** A control of its own before a row. */
  mark?: (row: T) => ReactNode;
}

/**
 * Work to go through: the list beside the card of the one selected, which is in the address.
 * j and k move, and the card's heading (an h2 that takes the focus) is where its reader starts. What is on screen stays in its place while it is decided and others arrive.
 */
export function WorkList<T extends { id: string }, K extends QueryKey>(props: WorkListProps<T, K>) {
  return <List key={JSON.stringify(props.filters)} {...props} />;
}

function List<T extends { id: string }, K extends QueryKey>(props: WorkListProps<T, K>) {
  const { query, detail, isOpen, nextLabel, noun, onShown } = props;
  const [url, setUrl] = useUrlState({ selected: '' });
  const listed = useMemo(() => query.data?.pages.flatMap((page) => page.items), [query.data]);
  const [first, setFirst] = useState<string>();
  const selected = url.selected || first || listed?.[0]?.id;
  const card = useQuery({
    ...detail(selected ?? ''),
    enabled: selected !== undefined,
    placeholderData: () => listed?.find((row) => row.id === selected) as never,
  });
  const steady = useSteadyRows(listed, card.data);
  const { group } = props;
  const rows = group && steady ? grouped(steady, group.of).flat() : steady;
  const place = useRef<HTMLDivElement>(null);
  const moved = useRef(false);
  const select = (id: string) => {
    moved.current = id !== selected;
    setUrl({ selected: id });
  };
  const move = (by: 1 | -1) => {
    const at = rows?.findIndex((row) => row.id === selected) ?? -1;
    const row = rows?.[at + by];
    if (row) select(row.id);
  };
  useShortcut('j', () => move(1), `Next ${noun}`, { group: 'Lists' });
  useShortcut('k', () => move(-1), `Previous ${noun}`, { group: 'Lists' });

  // What nobody chose stays on screen as well, but is written into no address: that would undo
  // a step to another page that somebody has just begun.
  const shown = card.data?.id;
  useEffect(() => {
    if (!url.selected && shown) setFirst(shown);
    if (shown) onShown?.(shown);
  }, [url.selected, shown, onShown]);

  // Whoever moves on reads the next one from its head, and not from where the last was left.
  useEffect(() => {
    if (!moved.current || shown === undefined || shown !== selected) return;
    moved.current = false;
    const top = place.current?.getBoundingClientRect().top ?? 0;
    if (top < 0) place.current?.scrollIntoView({ block: 'start' });
    place.current?.querySelector<HTMLElement>('h2[tabindex]')?.focus({ preventScroll: true });
  }, [shown, selected]);

  if (rows === undefined) {
    return (
      <Panel padded={false}>
        {query.isError ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <SkeletonRows rows={6} />
        )}
      </Panel>
    );
  }
  if (rows.length === 0) return <Panel>{props.empty}</Panel>;
  const next = rows.find((row) => row.id !== selected && isOpen(row));
  const after = next ? (
    <Button variant="primary" onClick={() => select(next.id)}>
      {nextLabel}
    </Button>
  ) : null;
  return (
    <Split
      sticky
      list={
        <Panel padded={false} className="overflow-hidden">
          <Rows {...props} rows={rows} selected={selected} select={select} />
          <LoadMore query={query} />
        </Panel>
      }
    >
      {card.data ? (
        <div key={card.data.id} ref={place}>
          {props.card(card.data, after)}
        </div>
      ) : (
        <Panel>
          {card.isError ? (
            <ErrorState error={card.error} onRetry={() => void card.refetch()} />
          ) : (
            <SkeletonText lines={8} className="py-4" />
          )}
        </Panel>
      )}
    </Split>
  );
}

interface RowsProps<T extends { id: string }> {
  label: string;
  rows: T[];
  selected: string | undefined;
  select: (id: string) => void;
  href: (row: T) => string;
  title: (row: T) => ReactNode;
  note: (row: T) => ReactNode;
  group?: WorkListProps<T, QueryKey>['group'];
  mark?: (row: T) => ReactNode;
}

function Rows<T extends { id: string }>(props: RowsProps<T>) {
  const { label, rows, group } = props;
  const groups = group ? grouped(rows, group.of) : [rows];
  return (
    <ul
      aria-label={label}
      className="max-h-[calc(100dvh-220px)] overflow-y-auto max-wide:max-h-none"
    >
      {groups.map((of) => {
        const head = group?.head(of);
        return (
          <Fragment key={of[0]?.id}>
            {head ? (
              <li className="border-b border-line bg-raised px-3.5 py-2 text-sm">{head}</li>
            ) : null}
            {of.map((row) => (
              <Row key={row.id} {...props} row={row} />
            ))}
          </Fragment>
        );
      })}
    </ul>
  );
}

function Row<T extends { id: string }>(props: RowsProps<T> & { row: T }) {
  const { row, selected, select, href, title, note } = props;
  const phone = useIsPhone();
  const active = !phone && row.id === selected;
  const mark = props.mark?.(row);
  return (
    <li
      className={cx(
        'flex border-b border-line last:border-b-0 hover:bg-raised',
        active && 'bg-accent-weak shadow-[inset_2px_0_0_var(--accent)] hover:bg-accent-weak',
      )}
    >
      {mark ? <span className="flex items-center pr-1.5 pl-3.5">{mark}</span> : null}
      <Link
        ref={active ? intoView : undefined}
        href={href(row)}
        aria-current={active ? 'true' : undefined}
        data-stays={phone ? undefined : ''}
        onClick={(event) => {
          if (phone || event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          select(row.id);
        }}
        className="grid min-w-0 flex-1 gap-[3px] px-3.5 py-[11px] focus-visible:-outline-offset-2"
      >
        <span className="line-clamp-2 font-medium [overflow-wrap:anywhere]">{title(row)}</span>
        <span className="flex flex-wrap items-center gap-x-2.5 gap-y-0.5 text-sm text-text-3">
          {note(row)}
        </span>
      </Link>
    </li>
  );
}

function intoView(row: HTMLElement | null) {
  row?.scrollIntoView({ block: 'nearest' });
}

/** The rows, with the one on screen kept in its place although it has just left the list. */
function useSteadyRows<T extends { id: string }>(listed: T[] | undefined, shown: T | undefined) {
  const place = useRef(0);
  const at = listed?.findIndex((row) => row.id === shown?.id) ?? -1;
  useEffect(() => {
    if (at >= 0) place.current = at;
  }, [at]);
  if (!listed || !shown || at >= 0) return listed;
  return listed.toSpliced(Math.min(place.current, listed.length), 0, shown);
}
