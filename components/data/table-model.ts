import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

export interface Column<T> {
  id: string;
  header: string;
  cell: (row: T) => ReactNode;
  align?: 'right';
  /** CSS width; columns without one share what is left. */
  width?: string;
  sortable?: boolean;
  /** With it the loaded rows are sorted here; without it the server sorts by the URL's parameter. */
  sortValue?: (row: T) => string | number | boolean | Date | null | undefined;
  /** Off until chosen. */
  hidden?: boolean;
  fixed?: boolean;
  phone?: 'title' | 'aside' | 'line' | 'hide';
}

export interface Paged<T> {
  items: T[];
  next?: string | null | undefined;
}

export type PagedQuery<T> = UseInfiniteQueryResult<InfiniteData<Paged<T>>>;

export function sorted<T>(rows: T[], columns: Column<T>[], sort: string): T[] {
  const descending = sort.startsWith('-');
  const column = columns.find((each) => each.id === sort.replace(/^-/, ''));
  const value = column?.sortValue;
  if (!value) return rows;
  const direction = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const x = value(a);
    const y = value(b);
    // What has no value goes last in either direction.
    if (x === null || x === undefined) return y === null || y === undefined ? 0 : 1;
    if (y === null || y === undefined) return -1;
    if (typeof x === 'string' && typeof y === 'string')
      return x.localeCompare(y, 'en', { numeric: true }) * direction;
    return (x < y ? -1 : x > y ? 1 : 0) * direction;
  });
}

/** The next sort of a column that was clicked: up, down, none. */
export function nextSort(current: string, id: string): string {
  if (current === id) return `-${id}`;
  if (current === `-${id}`) return '';
  return id;
}

export interface Selection {
  keys: Set<string>;
  onChange: (keys: Set<string>) => void;
}
