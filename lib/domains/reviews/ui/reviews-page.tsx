'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { CircleCheckBig, Dices, Inbox } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useHydrated, useUrlState } from '@/components/hooks';
import { Page, PageHeader } from '@/components/layout';
import { FilterBar, StatusPill, WorkList } from '@/components/data';
import {
  Button,
  EmptyState,
  Kbd,
  Panel,
  QueryView,
  SkeletonText,
  Tabs,
  TimeAgo,
  Until,
} from '@/components/ui';
import { reviewSummaryQuery, sampleQuery, samplesQuery } from '../queries';
import type { ReviewSummary, Sample } from '../schema';
import { DrawDialog } from './draw-dialog';
import { FindingsList } from './findings-list';
import { Rates } from './rates';
import { SampleCard } from './sample-card';
import { SamplingForm } from './sampling-form';
import { SummaryStats, SummaryTable } from './summary';
import { useSampleWords } from './use-sample-words';
import { originWords } from './words';

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
        subtitle={
          known
            ? `${known.open} to review${known.mine ? `, ${known.mine} assigned to you` : ''}`
            : null
        }
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
            value: 'findings',
            label: 'Findings',
            ...(known ? { count: known.findings } : {}),
            content: <FindingsList />,
          },
          {
            value: 'rates',
            label: 'What they say',
            content: <Rates agreement={known?.agreement} />,
          },
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
          { value: 'sampling', label: 'Sampling', content: <SamplingForm />, keep: true },
        ]}
      />
      <DrawDialog open={drawing} onOpenChange={setDrawing} />
    </Page>
  );
}

function Samples({ days, draw }: { days: ReviewSummary | undefined; draw: ReactNode }) {
  const [url] = useUrlState({ show: 'open', day: '' });
  const filters = {
    ...(url.show === 'open' || url.show === 'mine' ? { open: 'true' } : {}),
    ...(url.show === 'mine' ? { mine: 'true' } : {}),
    ...(url.show === 'reviewed' ? { open: 'false' } : {}),
    ...(url.day ? { day: url.day } : {}),
  };
  const query = useInfiniteQuery(samplesQuery(filters));
  return (
    <div className="grid gap-3.5">
      <FilterBar
        drops={['selected']}
        filters={[
          {
            param: 'show',
            label: 'Show',
            initial: 'open',
            options: [
              { value: 'open', label: 'to review' },
              { value: 'mine', label: 'assigned to me' },
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
      <WorkList
        noun="sample"
        label="Sampled actions"
        query={query}
        filters={filters}
        detail={sampleQuery}
        href={(row) => `/reviews/${row.id}`}
        title={(row) => <Sentence sample={row} />}
        note={(row) => (
          <>
            <span className="truncate">{row.action.agent.name}</span>
            <TimeAgo at={row.action.created_at} />
            {row.verdict ? <StatusPill value={row.verdict} /> : <Until at={row.due_at} />}
            {row.mine ? <span className="font-medium text-accent">yours</span> : null}
            {originWords[row.origin] ? <span>{originWords[row.origin]}</span> : null}
            {row.late ? <span>late</span> : null}
            {row.verdict === null && row.escalated_at ? (
              <span className="font-medium text-deny">escalated</span>
            ) : null}
          </>
        )}
        isOpen={(row) => row.verdict === null}
        nextLabel="Next sample"
        card={(row, after) => <SampleCard sample={row} after={after} />}
        empty={
          url.show === 'open' && !url.day ? (
            <EmptyState icon={CircleCheckBig} title="Nothing to review" action={draw}>
              A random sample of what ran at tier 2 is drawn when a day has closed. An auditor or an
              admin can draw more at any time.
            </EmptyState>
          ) : (
            <EmptyState icon={Inbox} title="No sample like this">
              Choose another day, or show all.
            </EmptyState>
          )
        }
      />
    </div>
  );
}

function Sentence({ sample }: { sample: Sample }) {
  return useSampleWords(sample).sentence;
}
