import { clock } from '@/lib/kernel/clock';
import { decodeCursor, encodeCursor } from '@/lib/kernel/page';
import { invalid } from '@/lib/kernel/problem';
import { query } from '@/lib/kernel/verb';
import { maySearch } from '../policy';
import { withProtected } from '../payload/terms';
import type { EventRow } from '../repo';
import {
  countView,
  eventPage,
  type EventItem,
  filterInput,
  type Filters,
  searchInput,
} from '../schema';
import { viewEvent } from '../view';
import { barsOf, COARSE_MS, coarser, countedFrom } from './bars';
import type { Edge } from './engine';
import { searchEngine } from './engines';
import { facetNames, type FacetsView, facetsView, histogramView } from './schema';

/** Counting event by event goes no further, so that a common word costs no more than a rare one. */
const COUNT_CAP = 10_000;

interface EventPage {
  items: EventItem[];
  next: string | null;
  prev: string | null;
}

/**
 * For other rooms too: a page of a workspace's events, newest first. Who may is theirs to ask.
 * `next` leads to older ones and `prev` to newer ones; the newest page has no `prev` until
 * newer ones are there, when a cursor to them is made of its first row.
 */
export async function searchEvents(
  workspace: string,
  filters: Filters,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<EventPage> {
  const edge = cursor === undefined ? undefined : edgeOf(cursor);
  const rows = await searchEngine().findEvents(workspace, filters, { edge, limit: limit + 1 });
  const more = rows.length > limit;
  const newer = edge?.side === 'newer';
  const shown = newer ? rows.slice(-limit) : rows.slice(0, limit);
  const [first, last] = [shown[0], shown.at(-1)];
  return {
    items: shown.map(viewEvent),
    next: (newer || more) && last ? cursorOf('older', last) : null,
    // Newer ones may come at any time, so there is always a way to ask for them.
    prev: first ? cursorOf('newer', first) : newer ? (cursor ?? null) : null,
  };
}

function cursorOf(side: Edge['side'], { time, idx }: EventRow): string {
  return encodeCursor([side, time, idx]);
}

function edgeOf(cursor: string): Edge {
  const [side = '', time = '', index = ''] = decodeCursor(cursor, 3);
  const known = side === 'older' || side === 'newer';
  const exact = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time) && Date.parse(time) > 0;
  if (known && exact && /^\d{1,18}$/.test(index)) return { side, time, index };
  throw invalid([{ field: 'cursor', message: 'is not a cursor of this list; start without one' }]);
}

export const listEvents = query({
  name: 'trail.search',
  input: searchInput,
  output: eventPage,
  permit: maySearch,
  run: async ({ ctx, input: { cursor, limit, ...filters }, tx }) => {
    const found = await withProtected(tx, ctx.actor, filters);
    return searchEvents(ctx.workspace, found, { cursor, limit });
  },
});

export const countMatching = query({
  name: 'trail.count',
  input: filterInput,
  output: countView,
  permit: maySearch,
  run: async ({ ctx, input, tx }) => {
    const filters = await withProtected(tx, ctx.actor, input);
    const { count, exact } = await searchEngine().countEvents(ctx.workspace, filters, COUNT_CAP);
    return { count, capped: !exact };
  },
});

/** How often each value occurs among what matches, the most frequent first. */
export const getFacets = query({
  name: 'trail.facets',
  input: filterInput,
  output: facetsView,
  permit: maySearch,
  run: async ({ ctx, input, tx }) => {
    const filters = await withProtected(tx, ctx.actor, input);
    const { rows, exact } = await searchEngine().facets(ctx.workspace, filters, COUNT_CAP);
    const sorted = rows.toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
    const facets = Object.fromEntries(
      facetNames.map((name) => [
        name,
        sorted
          .filter(({ facet }) => facet === name)
          .slice(0, MOST_VALUES)
          .map(({ value, count }) => ({ value, count })),
      ]),
    ) as FacetsView['facets'];
    return { facets, ...told(exact) };
  },
});

const MOST_VALUES = 50;
const told = (exact: boolean) => (exact ? { exact } : { exact, over: COUNT_CAP });

const parts: Record<string, 'allow' | 'hold' | 'deny'> = {
  ...{ allow: 'allow', succeeded: 'allow', approved: 'allow', hold: 'hold', unknown: 'hold' },
  ...{ deny: 'deny', rejected: 'deny', failed: 'deny', refused: 'deny' },
};

/** Matching events over time: between the filter's ends, else over the last days of the log. */
export const getHistogram = query({
  name: 'trail.histogram',
  input: filterInput,
  output: histogramView,
  permit: maySearch,
  run: async ({ ctx, input, tx }) => {
    const engine = searchEngine();
    const filters = await withProtected(tx, ctx.actor, input);
    const now = clock.now().getTime();
    const began = input.from === undefined ? await engine.firstTime(ctx.workspace) : undefined;
    const draw = async (hourly?: number) => {
      const picture = barsOf(input, began?.getTime() ?? now, now, hourly);
      const within = { ...filters, ...picture.range };
      const drawn = await engine.histogram(ctx.workspace, within, picture.bars, COUNT_CAP);
      return { ...picture, drawn };
    };
    let picture = await draw();
    // Whole hours are counted beforehand: fewer bars that are true go before many that are not.
    if (!picture.drawn.exact && coarser(picture) && countedByHour(input)) {
      const hours = await draw(COARSE_MS);
      if (hours.drawn.exact) picture = hours;
    }
    const { drawn, range, starts } = picture;
    const buckets = new Map(
      starts.map((at) => [at, { count: 0, parts: { allow: 0, hold: 0, deny: 0 } }]),
    );
    for (const { at, outcome, count } of drawn.rows) {
      const bucket = buckets.get(at.getTime());
      if (!bucket) continue;
      bucket.count += count;
      const part = parts[outcome];
      if (part) bucket.parts[part] += count;
    }
    return {
      ...range,
      buckets: [...buckets].map(([at, bucket]) => ({ at: new Date(at).toISOString(), ...bucket })),
      ...told(drawn.exact),
      ...(drawn.exact ? {} : { counted_from: countedFrom(drawn.rows, range.to) }),
    };
  },
});

/** Whether there are hourly counts of what these filters match, as far as can be told from them. */
function countedByHour({ q, session, action, actor }: Filters): boolean {
  return [q, session, action, actor].every((given) => given === undefined);
}
