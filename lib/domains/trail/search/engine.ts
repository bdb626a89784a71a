import type { EventRow } from '../repo';
import type { Filters } from '../schema';
import type { FacetName } from './schema';

/** Where a page begins: the row it is next to, and on which side of it. */
export interface Edge {
  side: 'older' | 'newer';
  /** ISO 8601, milliseconds. */
  time: string;
  index: string;
}

export interface PageWanted {
  edge?: Edge | undefined;
  limit: number;
}

export interface FacetCount {
  facet: FacetName;
  value: string;
  count: number;
}

export interface TimeCount {
  /** The beginning of its bar. */
  at: Date;
  /** '' where an event has none. */
  outcome: string;
  count: number;
}

/** Bars of `width` milliseconds, one of which begins at `origin`. */
export interface Bars {
  origin: string;
  width: number;
}

/** Not exact when it was counted over the newest matches only. */
export interface Counted<T> {
  rows: T[];
  exact: boolean;
}

/**
 * Search of one workspace's trail. The PostgreSQL trail is the record; an engine finds in it,
 * or in a copy that is fed from it.
 */
export interface SearchEngine {
  /** At most `limit` events next to the edge, newest first whichever side they are on. */
  findEvents(workspace: string, filters: Filters, page: PageWanted): Promise<EventRow[]>;
  /** How many match; an engine for which that is dear counts event by event no further than `cap`. */
  countEvents(
    workspace: string,
    filters: Filters,
    cap: number,
  ): Promise<{ count: number; exact: boolean }>;
  /** How often each value occurs among the matches, or among the newest `over` of them. */
  facets(workspace: string, filters: Filters, over: number): Promise<Counted<FacetCount>>;
  histogram(
    workspace: string,
    filters: Filters,
    bars: Bars,
    over: number,
  ): Promise<Counted<TimeCount>>;
  /** When the log's first event happened. */
  firstTime(workspace: string): Promise<Date | undefined>;
}
