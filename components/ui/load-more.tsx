'use client';

import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import { Button } from './button';

/** The foot of a list that has more. */
export function LoadMore({ query }: { query: UseInfiniteQueryResult<unknown> }) {
  if (!query.hasNextPage) return null;
  return (
    <div className="border-t border-line px-3.5 py-2">
      <Button
        size="sm"
        loading={query.isFetchingNextPage}
        onClick={() => void query.fetchNextPage()}
      >
        Load more
      </Button>
    </div>
  );
}
