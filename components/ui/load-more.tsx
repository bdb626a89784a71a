'use client';

import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import { readProblem } from '../problem';
import { Button } from './button';

/** The foot of a list that has more. */
export function LoadMore({ query }: { query: UseInfiniteQueryResult<unknown> }) {
  if (!query.hasNextPage) return null;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-3.5 py-2">
      <Button
        size="sm"
        loading={query.isFetchingNextPage}
        onClick={() => void query.fetchNextPage()}
      >
        Load more
      </Button>
      <span role="alert" className="text-sm text-deny">
        {query.isFetchNextPageError
          ? `The rest did not load. ${readProblem(query.error).sentence}`
          : null}
      </span>
    </div>
  );
}
