'use client';

import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { Suspense, useRef } from 'react';
import { Histogram } from '@/components/data';
import { formatNumber, humanize } from '@/components/format';
import { useUrlState } from '@/components/hooks';
import { Page, PageHeader } from '@/components/layout';
import {
  Button,
  ExactTime,
  NoAccess,
  Notice,
  Panel,
  Skeleton,
  SkeletonRows,
} from '@/components/ui';
import type { Verdict } from '@/lib/kernel/verdict';
import { countQuery, histogramQuery, noFilters } from '../queries';
import { readFilters } from './address';
import { countWords } from './count-words';
import { EventTable } from './event-table';
import { ExportMenu } from './export-menu';
import { Facets } from './facets';
import { Filters, type Part } from './filters';
import { Follow } from './follow';
import { SavedSearches } from './saved-searches';
import { BrokenNotice, VerifiedTo, VerifyButton } from './verified';

/** Search of the whole trail; everything about the view is in its address. */
export function TrailPage({ can }: { can: Verdict }) {
  if (!can.allowed) {
    return (
      <Page>
        <PageHeader title="Trail" subtitle={<VerifiedTo />} />
        <Panel>
          <NoAccess reason={can.reason} />
        </Panel>
      </Page>
    );
  }
  return (
    <Suspense fallback={<SkeletonRows rows={10} />}>
      <Search />
    </Suspense>
  );
}

function Search() {
  const [state, set] = useUrlState({ ...noFilters, follow: 'off' });
  const { follow, ...given } = state;
  const { filters, ignored } = readFilters(given);
  const top = useRef<HTMLDivElement>(null);
  const filtered = Object.values(filters).some((value) => value !== '');
  const count = useQuery(countQuery(filters)).data;
  return (
    <Page>
      <PageHeader
        title="Trail"
        subtitle={<VerifiedTo />}
        actions={
          <>
            <VerifyButton />
            <SavedSearches filters={filters} set={set} />
            <ExportMenu filters={filters} />
          </>
        }
      />
      <BrokenNotice />
      {ignored.length > 0 ? (
        <Notice
          tone="hold"
          title="Part of this address could not be read"
          action={
            <Button
              size="sm"
              onClick={() => set(Object.fromEntries(ignored.map((name) => [name, ''])))}
            >
              Remove it
            </Button>
          }
        >
          {`Left out: ${ignored.map((name) => `${humanize(name)} “${given[name]}”`).join(', ')}.`}
        </Notice>
      ) : null}
      <Filters filters={filters} set={set} />
      <Over filters={filters} set={set} />
      {/* Alone, the list takes the whole width: without its counts it must not stand in their column. */}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3.5 wide:grid-cols-[220px_minmax(0,1fr)] [&>:only-child]:col-span-full">
        <Facets filters={filters} set={set} />
        <div ref={top} className="min-w-0 scroll-mt-4">
          <Panel padded={false}>
            <EventTable
              filters={filters}
              filtered={filtered}
              toolbar={
                <div className="flex flex-1 flex-wrap items-center gap-x-3 gap-y-1.5">
                  <h2 className="num font-semibold">{countWords(count)}</h2>
                  <div className="ml-auto flex items-center gap-2">
                    <Follow
                      filters={filters}
                      follow={follow === 'on'}
                      setFollow={(on) => set({ follow: on ? 'on' : 'off' })}
                      top={top}
                    />
                  </div>
                </div>
              }
            />
          </Panel>
        </div>
      </div>
    </Page>
  );
}

function Over({ filters, set }: Part) {
  const query = useQuery(histogramQuery(filters));
  const histogram = query.data;
  // The list below says what is wrong; one of them is enough.
  if (query.isError && !histogram) return null;
  const narrowed = filters.from !== '' || filters.to !== '';
  return (
    <Panel
      title="Over time"
      actions={
        narrowed ? (
          <Button size="sm" variant="ghost" icon={X} onClick={() => set({ from: '', to: '' })}>
            Any time
          </Button>
        ) : (
          <span className="note max-wide:hidden">Drag to narrow</span>
        )
      }
    >
      {histogram ? (
        <>
          <Histogram
            label="Events over time"
            data={histogram.buckets.map((bucket) =>
              histogram.counted_from !== undefined && bucket.at <= histogram.counted_from
                ? { ...bucket, uncounted: true }
                : bucket,
            )}
            onSelect={(range) => set(range ?? { from: '', to: '' })}
          />
          {histogram.counted_from === undefined ? null : (
            <p className="mt-1 flex items-start gap-2 text-sm text-text-2">
              <i
                aria-hidden
                className="mt-1 h-3 w-6 shrink-0 rounded-[1px] border border-line bg-[repeating-linear-gradient(135deg,var(--line)_0_2px,transparent_2px_6px)]"
              />
              <span>
                Not counted: what is older than <ExactTime at={histogram.counted_from} />. Only the
                newest {formatNumber(histogram.over ?? 0)} matches are; narrow the search to count
                all of it.
              </span>
            </p>
          )}
        </>
      ) : (
        <Skeleton h={92} className="opacity-60" />
      )}
    </Panel>
  );
}
