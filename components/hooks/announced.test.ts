import { InfiniteQueryObserver, QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { announced } from './announced';

const SLOW_MS = 1_000;
let client: QueryClient;
let asked: string[];
let stop: (() => void)[];

/** A list on screen that takes a second to read. */
async function shown(topic: string) {
  const observer = new QueryObserver(client, {
    queryKey: [topic, 'list'],
    queryFn: async () => {
      asked.push(topic);
      await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
      return asked.length;
    },
    staleTime: Infinity,
  });
  stop.push(observer.subscribe(() => {}));
  await vi.advanceTimersByTimeAsync(SLOW_MS);
  asked = [];
  return observer;
}

beforeEach(() => {
  vi.useFakeTimers();
  client = new QueryClient();
  asked = [];
  stop = [];
});
afterEach(() => {
  for (const each of stop) each();
  client.clear();
  vi.useRealTimers();
});

it('gathers a burst, and leaves other topics alone', async () => {
  await shown('approvals');
  await shown('agents');
  const { hear } = announced(client, { hidden: () => false });
  hear('approvals');
  hear('approvals');
  await vi.advanceTimersByTimeAsync(SLOW_MS * 3);
  expect(asked).toEqual(['approvals']);
});

it('lets what is under way end, and then asks once more', async () => {
  const list = await shown('approvals');
  const { hear } = announced(client, { hidden: () => false });
  hear('approvals');
  for (let heard = 0; heard < 3; heard += 1) {
    await vi.advanceTimersByTimeAsync(300);
    hear('approvals');
  }
  await vi.advanceTimersByTimeAsync(400);
  // The first has ended although there was news all the time.
  expect(list.getCurrentResult().data).toBe(1);
  await vi.advanceTimersByTimeAsync(SLOW_MS * 5);
  expect(asked).toHaveLength(2);
  expect(list.getCurrentResult()).toMatchObject({ data: 2, fetchStatus: 'idle' });
});

it('does not cancel the next page of a list', async () => {
  const list = new InfiniteQueryObserver(client, {
    queryKey: ['trail', 'list'],
    queryFn: async ({ pageParam }) => {
      await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
      return pageParam;
    },
    initialPageParam: 0,
    getNextPageParam: (last: number) => last + 1,
    staleTime: Infinity,
  });
  stop.push(list.subscribe(() => {}));
  await vi.advanceTimersByTimeAsync(SLOW_MS);
  const { hear } = announced(client, { hidden: () => false });
  void list.fetchNextPage();
  hear('trail');
  await vi.advanceTimersByTimeAsync(SLOW_MS);
  expect(list.getCurrentResult().data?.pages).toEqual([0, 1]);
  await vi.advanceTimersByTimeAsync(SLOW_MS * 3);
  expect(list.getCurrentResult()).toMatchObject({ fetchStatus: 'idle', isStale: false });
});

it('waits while the page is hidden, and asks once when it is shown', async () => {
  await shown('approvals');
  let hidden = true;
  const { hear, flush, missed } = announced(client, { hidden: () => hidden });
  hear('approvals');
  await vi.advanceTimersByTimeAsync(SLOW_MS);
  hear('approvals');
  missed();
  await vi.advanceTimersByTimeAsync(SLOW_MS);
  expect(asked).toEqual([]);
  hidden = false;
  flush();
  await vi.advanceTimersByTimeAsync(SLOW_MS * 3);
  expect(asked).toEqual(['approvals']);
});
