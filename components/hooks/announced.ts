import type { Query, QueryClient, QueryFilters } from '@tanstack/react-query';

const GATHER_MS = 250;

interface Options {
  /** Whether nobody sees the page: what is announced then waits until it is shown. */
  hidden: () => boolean;
  onTopic?: (topic: string) => void;
}

/**
 * Refetches what is announced, at most four times a second. No fetch under way is cancelled for it,
 * else a list that takes longer would never be there; what it may have missed is fetched once more
 * when it has ended.
 */
export function announced(client: QueryClient, { hidden, onTopic }: Options) {
  const topics = new Set<string>();
  const again = new Set<Query>();
  let everything = false;
  let gather: ReturnType<typeof setTimeout> | undefined;

  const onceMore = async (query: Query) => {
    if (again.has(query)) return;
    again.add(query);
    const predicate = (one: Query) => one === query;
    await client.refetchQueries({ predicate }, { cancelRefetch: false });
    again.delete(query);
    await client.invalidateQueries({ predicate }, { cancelRefetch: false });
  };
  const refresh = (filters: QueryFilters) => {
    const busy = client.getQueryCache().findAll({ ...filters, fetchStatus: 'fetching' });
    void client.invalidateQueries(filters, { cancelRefetch: false });
    for (const query of busy) void onceMore(query);
  };
  const flush = () => {
    clearTimeout(gather);
    gather = undefined;
    if (hidden()) return;
    if (everything) refresh({});
    else for (const topic of topics) refresh({ queryKey: [topic] });
    for (const topic of topics) onTopic?.(topic);
    everything = false;
    topics.clear();
  };
  return {
    hear: (topic: string) => {
      topics.add(topic);
      gather ??= setTimeout(flush, GATHER_MS);
    },
    /** After a gap, in which anything may have been announced. */
    missed: () => {
      everything = true;
      flush();
    },
    /** To be called when the page is shown again. */
    flush,
    stop: () => clearTimeout(gather),
  };
}
