'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { CircleCheckBig, Dices, Inbox } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useHydrated, useShortcut, useUrlState } from '@/components/hooks';
import { Page, PageHeader, Split } from '@/components/layout';
import { FilterBar } from '@/components/data';
import {
  Button,
  EmptyState,
  ErrorState,
  Kbd,
  Panel,
  QueryView,
  SkeletonRows,
  SkeletonText,
  Tabs,
} from '@/components/ui';
import { reviewSummaryQuery, sampleQuery, samplesQuery } from '../queries';
import type { ReviewSummary, Sample } from '../schema';
import { DrawDialog } from './draw-dialog';
import { SampleCard } from './sample-card';
import { SampleList } from './sample-list';
import { SummaryStats, SummaryTable } from './summary';

/** The daily sample: what was drawn, what was found. */
export function ReviewsPage() {
  const summary = useQuery(reviewSummaryQuery());
  // The shell asks for it too, and may have it before this page has taken over.
  const known = useHydrated() ? summary.data : undefined;
  const [drawing, setDrawing] = useState(false);
  const draw = (
    <Button icon={Dices} can={known?.can.draw} onClick={() => setDrawing(true)}>
      Draw extra sample…
    </Button>
  );
  return (
    <Page>
      <PageHeader
        title="Reviews"
        subtitle={known ? `${known.open} to review` : null}
        actions={
          <>
            <span className="note flex items-center gap-1.5 max-wide:hidden">
              <Kbd>j</Kbd> <Kbd>k</Kbd> move <Kbd>c</Kbd> correct <Kbd>w</Kbd> wrong <Kbd>u</Kbd>{' '}
              unsure
            </span>
            {draw}
          </>
        }
      />
      <Tabs
        label="Reviews"
        param="view"
        tabs={[
          { value: 'samples', label: 'Samples', content: <Samples days={known} draw={draw} /> },
          {
            value: 'days',
            label: 'By day',
            content: (
              <QueryView query={summary} skeleton={<SkeletonText lines={6} />}>
                {(data) => (
                  <div className="grid gap-3.5">
                    <SummaryStats summary={data} />
                    <Panel padded={false} className="overflow-hidden">
                      <SummaryTable days={data.days} />
                    </Panel>
                  </div>
                )}
              </QueryView>
            ),
          },
        ]}
      />
      <DrawDialog open={drawing} onOpenChange={setDrawing} />
    </Page>
  );
}

function Samples({ days, draw }: { days: ReviewSummary | undefined; draw: ReactNode }) {
  const [url, setUrl] = useUrlState({ show: 'open', day: '', selected: '' });
  const query = useInfiniteQuery(
    samplesQuery({
      ...(url.show === 'open' ? { open: 'true' } : {}),
      ...(url.show === 'reviewed' ? { open: 'false' } : {}),
      ...(url.day ? { day: url.day } : {}),
    }),
  );
  const listed = useMemo(() => query.data?.pages.flatMap((page) => page.items), [query.data]);
  const selected = url.selected || listed?.[0]?.id;
  const card = useQuery({
    ...sampleQuery(selected ?? ''),
    enabled: selected !== undefined,
    placeholderData: () => listed?.find((row) => row.id === selected),
  });
  const rows = useSteadyRows(listed, card.data);
  const index = rows?.findIndex((row) => row.id === selected) ?? -1;
  const select = (id: string) => setUrl({ selected: id });
  const move = (by: 1 | -1) => {
    const row = rows?.[index + by];
    if (row) select(row.id);
  };
  useShortcut('j', () => move(1), 'Next sample', { group: 'Lists' });
  useShortcut('k', () => move(-1), 'Previous sample', { group: 'Lists' });
  const shown = card.data?.id;
  useEffect(() => {
    if (!url.selected && shown) setUrl({ selected: shown });
  }, [url.selected, shown, setUrl]);
  const next = rows?.find((row) => row.id !== selected && row.verdict === null);

  return (
    <div className="grid gap-3.5">
      <FilterBar
        filters={[
          {
            param: 'show',
            label: 'Show',
            initial: 'open',
            options: [
              { value: 'open', label: 'to review' },
              { value: 'reviewed', label: 'reviewed' },
              { value: 'all', label: 'all' },
            ],
          },
          {
            param: 'day',
            label: 'Day',
            options: (days?.days ?? []).map(({ day }) => ({ value: day, label: day })),
          },
        ]}
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
          {url.show === 'open' && !url.day ? (
            <EmptyState icon={CircleCheckBig} title="Nothing to review" action={draw}>
              A random sample of what ran at tier 2 is drawn when a day has closed. An auditor or an
              admin can draw more at any time.
            </EmptyState>
          ) : (
            <EmptyState icon={Inbox} title="No sample like this">
              Choose another day, or show all.
            </EmptyState>
          )}
        </Panel>
      ) : (
        <Split
          list={
            <Panel padded={false} className="overflow-hidden">
              <SampleList rows={rows} selected={selected} onSelect={select} />
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
            <SampleCard
              key={card.data.id}
              sample={card.data}
              after={
                next ? (
                  <Button variant="primary" onClick={() => select(next.id)}>
                    Next sample
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
    </div>
  );
}

/** The rows, with the one on screen kept in its place although it has just been reviewed. */
function useSteadyRows(listed: Sample[] | undefined, shown: Sample | undefined) {
  const place = useRef(0);
  const at = listed?.findIndex((row) => row.id === shown?.id) ?? -1;
  useEffect(() => {
    if (at >= 0) place.current = at;
  }, [at]);
  if (!listed || !shown || at >= 0) return listed;
  return listed.toSpliced(Math.min(place.current, listed.length), 0, shown);
}
