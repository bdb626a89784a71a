import { clock } from '@/lib/kernel/clock';
import { notFound } from '@/lib/kernel/problem';
import { query } from '@/lib/kernel/verb';
import { mayReadStory, maySearch } from '../policy';
import { countByTime, countEvents, findEvent, findEvents, findStory, firstTime } from '../repo';
import {
  countView,
  eventDetail,
  eventInput,
  eventPage,
  type EventItem,
  filterInput,
  histogramView,
  type Filters,
  searchInput,
  storyInput,
  storyView,
} from '../schema';
import { toEventPage, viewEvent } from '../view';

/** Counting goes no further, so that a common word costs no more than a rare one. */
const COUNT_CAP = 10_000;

/** For other rooms: a page of a workspace's events, newest first. Who may is theirs to ask. */
export async function searchEvents(
  workspace: string,
  filters: Filters,
  page: { cursor?: string | undefined; limit: number },
): Promise<{ items: EventItem[]; next: string | null }> {
  const rows = await findEvents(workspace, filters, { cursor: page.cursor, limit: page.limit + 1 });
  return toEventPage(rows, page.limit);
}

export const listEvents = query({
  name: 'trail.search',
  input: searchInput,
  output: eventPage,
  permit: maySearch,
  run: ({ ctx, input: { cursor, limit, ...filters } }) =>
    searchEvents(ctx.workspace, filters, { cursor, limit }),
});

export const countMatching = query({
  name: 'trail.count',
  input: filterInput,
  output: countView,
  permit: maySearch,
  run: async ({ ctx, input }) => {
    const found = await countEvents(ctx.workspace, input, COUNT_CAP + 1);
    return { count: Math.min(found, COUNT_CAP), capped: found > COUNT_CAP };
  },
});

const BARS = 60;
const DAY_MS = 86_400_000;
const SHORTEST_MS = 15 * 60_000;

/** Matching events over time: between the filter's ends, else over the last day of the log. */
export const getHistogram = query({
  name: 'trail.histogram',
  input: filterInput,
  output: histogramView,
  permit: maySearch,
  run: async ({ ctx, input }) => {
    const to = input.to ? Date.parse(input.to) : clock.now().getTime();
    const from = input.from ? Date.parse(input.from) : await beginning(ctx.workspace, to);
    const width = Math.max(1, Math.min(2_147_483_647, Math.ceil((to - from) / BARS)));
    const bounds = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    const rows = await countByTime(ctx.workspace, { ...input, ...bounds }, width);
    const found = new Map(rows.map((row) => [row.at.getTime(), row]));
    const starts = Array.from({ length: BARS }, (_, bar) => from + bar * width);
    return {
      ...bounds,
      buckets: starts
        .filter((at) => at < to)
        .map((at) => {
          const { count = 0, allow = 0, hold = 0, deny = 0 } = found.get(at) ?? {};
          return { at: new Date(at).toISOString(), count, parts: { allow, hold, deny } };
        }),
    };
  },
});

async function beginning(workspace: string, to: number): Promise<number> {
  const first = (await firstTime(workspace))?.getTime() ?? to;
  return Math.min(Math.max(first, to - DAY_MS), to - SHORTEST_MS);
}

export const getEvent = query({
  name: 'trail.event',
  input: eventInput,
  output: eventDetail,
  permit: maySearch,
  run: async ({ ctx, input }) => {
    const row = await findEvent(ctx.workspace, input.id);
    if (!row?.body) throw notFound('event');
    return {
      index: Number(row.idx),
      event: viewEvent(row),
      body: row.body,
      leaf_hash: row.leaf_hash.toString('base64'),
    };
  },
});

/** One action in order: its session's start, decision, approval, execution, outcome. */
export const getStory = query({
  name: 'trail.story',
  input: storyInput,
  output: storyView,
  permit: mayReadStory,
  run: async ({ ctx, input }) => {
    const rows = await findStory(ctx.workspace, input.action);
    if (rows.length === 0) throw notFound('action in the trail');
    return { action: input.action, items: rows.map(viewEvent) };
  },
});
