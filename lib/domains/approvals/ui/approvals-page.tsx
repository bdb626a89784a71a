'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { CircleCheckBig, Inbox } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import { useHydrated, useShortcut, useUrlState } from '@/components/hooks';
import { Page, PageHeader, Split } from '@/components/layout';
import { FilterBar } from '@/components/data';
import {
  Button,
  EmptyState,
  ErrorState,
  Kbd,
  Panel,
  SkeletonRows,
  SkeletonText,
} from '@/components/ui';
import { approvalCountQuery, approvalQuery, approvalsQuery } from '../queries';
import type { Approval } from '../schema';
import { ApprovalCard } from './approval-card';
import { Queue } from './queue';

const views = [
  { value: 'pending', label: 'waiting' },
  { value: 'decided', label: 'all decided' },
  { value: 'succeeded', label: 'succeeded' },
  { value: 'failed', label: 'failed' },
  { value: 'unknown', label: 'outcome unknown' },
  { value: 'rejected', label: 'rejected' },
  { value: 'expired', label: 'expired' },
  { value: 'cancelled', label: 'cancelled' },
];

/** The queue beside one card. */
export function ApprovalsPage() {
  const [url, setUrl] = useUrlState({ status: 'pending', selected: '', agent: '' });
  const count = useQuery(approvalCountQuery()).data;
  const hydrated = useHydrated();
  const query = useInfiniteQuery(
    approvalsQuery({
      ...(url.status === 'decided' ? { decided: 'true' } : { status: url.status }),
      ...(url.agent ? { agent: url.agent } : {}),
    }),
  );
  const listed = useMemo(() => query.data?.pages.flatMap((page) => page.items), [query.data]);
  const selected = url.selected || listed?.[0]?.id;
  const card = useApproval(selected, listed);
  const rows = useSteadyRows(listed, card.data);

  const index = rows?.findIndex((row) => row.id === selected) ?? -1;
  const select = (id: string) => setUrl({ selected: id });
  const move = (by: 1 | -1) => {
    const row = rows?.[index + by];
    if (row) select(row.id);
  };
  useShortcut('j', () => move(1), 'Next action', { group: 'Lists' });
  useShortcut('k', () => move(-1), 'Previous action', { group: 'Lists' });

  // What is on screen stays selected while it is decided and while others arrive.
  const shown = card.data?.id;
  useEffect(() => {
    if (!url.selected && shown) setUrl({ selected: shown });
  }, [url.selected, shown, setUrl]);

  const next = rows?.find((row) => row.id !== selected && row.status === 'pending');
  return (
    <Page>
      <PageHeader
        title="Approvals"
        subtitle={
          hydrated && count ? (count.pending ? `${count.pending} waiting` : 'none waiting') : null
        }
        actions={
          <span className="note flex items-center gap-1.5 max-wide:hidden">
            <Kbd>j</Kbd> <Kbd>k</Kbd> move <Kbd>a</Kbd> approve <Kbd>r</Kbd> reject
          </span>
        }
      />
      <FilterBar
        filters={[{ param: 'status', label: 'Show', options: views, initial: 'pending' }]}
      />
      {rows === undefined ? (
        <Panel padded={false}>
          {query.isError ? (
            <ErrorState error={query.error} onRetry={() => void query.refetch()} />
          ) : (
            <SkeletonRows rows={6} />
          )}
        </Panel>
      ) : rows.length === 0 ? (
        <Panel>
          <Nothing view={url.status} />
        </Panel>
      ) : (
        <Split
          list={
            <Panel padded={false} className="overflow-hidden">
              <Queue rows={rows} selected={selected} onSelect={select} />
              {query.hasNextPage ? (
                <div className="border-t border-line px-3.5 py-2">
                  <Button
                    size="sm"
                    loading={query.isFetchingNextPage}
                    onClick={() => void query.fetchNextPage()}
                  >
                    Load more
                  </Button>
                </div>
              ) : null}
            </Panel>
          }
        >
          {card.data ? (
            <ApprovalCard
              key={card.data.id}
              approval={card.data}
              after={
                next ? (
                  <Button variant="primary" onClick={() => select(next.id)}>
                    Next waiting action
                  </Button>
                ) : null
              }
            />
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
      )}
    </Page>
  );
}

/** One action, at first as the list has it; asked for often while it is about to run. */
export function useApproval(id: string | undefined, listed?: Approval[]) {
  return useQuery({
    ...approvalQuery(id ?? ''),
    enabled: id !== undefined,
    placeholderData: () => listed?.find((row) => row.id === id),
    refetchInterval: ({ state }) =>
      state.data?.status === 'approved' || state.data?.status === 'running' ? 1_000 : false,
  });
}

/** The rows, with the one on screen kept in its place although it has just left the queue. */
function useSteadyRows(listed: Approval[] | undefined, shown: Approval | undefined) {
  const place = useRef(0);
  const at = listed?.findIndex((row) => row.id === shown?.id) ?? -1;
  useEffect(() => {
    if (at >= 0) place.current = at;
  }, [at]);
  if (!listed || !shown || at >= 0) return listed;
  return listed.toSpliced(Math.min(place.current, listed.length), 0, shown);
}

function Nothing({ view }: { view: string }) {
  if (view === 'pending') {
    return (
      <EmptyState icon={CircleCheckBig} title="Nothing waits for a person">
        Actions at tier 3 appear here the moment an agent proposes them. What was decided is under
        “Show: all decided”.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={Inbox} title="No action like this yet">
      Choose another view above, or “waiting” for what can be decided now.
    </EmptyState>
  );
}
