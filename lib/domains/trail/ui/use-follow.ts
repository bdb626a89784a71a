'use client';

import { type InfiniteData, useQuery, useQueryClient } from '@tanstack/react-query';
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { api } from '@/lib/http/fetcher';
import { checkpointQuery, eventsQuery, trailKeys, trailPaths, type UrlFilters } from '../queries';
import type { EventItem, EventPageView } from '../schema';

type Loaded = InfiniteData<EventPageView, string>;

interface Held {
  items: EventItem[];
  prev: string | null;
  /** The filters they match. */
  of: string;
}

const STEP = 100;
/** More than these at once are not added one by one: the list is read anew. */
const MOST = 300;
/** Counts are dearer than rows. */
const COUNTS_MS = 5_000;

/**
 * Follows the log while wanted: what is new and matches is put on top, or, when the reader has
 * scrolled away from the top, kept back and announced, so that no row moves under their eyes.
 * Without following only how much the log has grown is known.
 */
export function useFollow(
  filters: UrlFilters,
  follow: boolean,
  top: RefObject<HTMLElement | null>,
): { waiting: number; grown: number; show: () => void } {
  const client = useQueryClient();
  const size = useQuery(checkpointQuery()).data?.checkpoint?.size;
  const seen = useRef(size);
  const [kept, setHeld] = useState<Held | null>(null);
  const counted = useRef(0);
  const key = JSON.stringify(filters);
  // What was kept back for other filters is theirs.
  const held = follow && kept?.of === key ? kept : null;

  const put = useCallback(
    (items: EventItem[], prev: string | null) => {
      client.setQueryData<Loaded>(eventsQuery(JSON.parse(key) as UrlFilters).queryKey, (loaded) => {
        const [first, ...others] = loaded?.pages ?? [];
        if (!loaded || !first) return loaded;
        const known = new Set(first.items.map(({ id }) => id));
        const added = items.filter(({ id }) => !known.has(id));
        return {
          ...loaded,
          pages: [{ ...first, items: [...added, ...first.items], prev }, ...others],
        };
      });
    },
    [client, key],
  );

  useEffect(() => {
    if (size === undefined || size === seen.current) return;
    const first = seen.current === undefined;
    if (first || follow) seen.current = size;
    if (first || !follow) return;
    let left = false;
    const wanted = JSON.parse(key) as UrlFilters;
    const loaded = client.getQueryData<Loaded>(eventsQuery(wanted).queryKey);
    const from = held?.prev ?? loaded?.pages[0]?.prev;
    void (async () => {
      const news = from ? await newer(wanted, from) : undefined;
      if (left) return;
      if (!news) {
        // Nothing to be next to yet, or too much to add: nobody is reading what would move.
        await client.invalidateQueries({ queryKey: [...trailKeys.lists, 'events'] });
        return;
      }
      const items = [...news.items, ...(held?.items ?? [])];
      const scrolled = (top.current?.getBoundingClientRect().top ?? 0) < 0;
      if (items.length > 0 && scrolled) setHeld({ items, prev: news.prev, of: key });
      else if (items.length > 0) {
        put(items, news.prev);
        setHeld(null);
      }
      if (news.items.length > 0 && Date.now() - counted.current > COUNTS_MS) {
        counted.current = Date.now();
        for (const part of ['count', 'facets', 'histogram']) {
          void client.invalidateQueries({ queryKey: [...trailKeys.lists, part] });
        }
      }
    })().catch(() => undefined);
    return () => {
      left = true;
    };
  }, [size, follow, key, client, held, put, top]);

  const show = () => {
    if (held) put(held.items, held.prev);
    else void client.invalidateQueries({ queryKey: trailKeys.lists });
    seen.current = size;
    setHeld(null);
    top.current?.scrollIntoView({ block: 'start' });
  };
  const grown = size !== undefined && seen.current !== undefined ? size - seen.current : 0;
  return { waiting: held?.items.length ?? 0, grown, show };
}

/** What is newer than a cursor, newest first; undefined when it is too much. */
async function newer(
  filters: UrlFilters,
  from: string,
): Promise<{ items: EventItem[]; prev: string | null } | undefined> {
  let items: EventItem[] = [];
  let cursor: string | null = from;
  while (cursor) {
    const page: EventPageView = await api.get<EventPageView>(trailPaths.events, {
      ...filters,
      cursor,
      limit: STEP,
    });
    items = [...page.items, ...items];
    if (items.length > MOST) return undefined;
    cursor = page.prev;
    if (page.items.length < STEP) break;
  }
  return { items, prev: cursor };
}
