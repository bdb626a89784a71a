'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowUp, X } from 'lucide-react';
import { Suspense, useEffect, useRef } from 'react';
import { Histogram } from '@/components/data';
import { plural } from '@/components/format';
import { useUrlState } from '@/components/hooks';
import { Page, PageHeader } from '@/components/layout';
import { Button, NoAccess, Panel, Skeleton, SkeletonRows, Switch } from '@/components/ui';
import type { Verdict } from '@/lib/kernel/verdict';
import { checkpointQuery, countQuery, histogramQuery, noFilters, trailKeys } from '../queries';
import { countWords } from './count-words';
import { EventTable } from './event-table';
import { ExportMenu } from './export-menu';
import { Filters, type Part } from './filters';
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
  const [state, set] = useUrlState({ ...noFilters, live: 'on' });
  const { live, ...filters } = state;
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
            <ExportMenu filters={filters} />
          </>
        }
      />
      <BrokenNotice />
      <Filters filters={filters} set={set} />
      <Over filters={filters} set={set} />
      <Panel padded={false}>
        <EventTable
          filters={filters}
          filtered={filtered}
          toolbar={
            <div className="flex flex-1 flex-wrap items-center gap-x-3 gap-y-1.5">
              <h2 className="num font-semibold">{countWords(count)}</h2>
              <div className="ml-auto flex items-center gap-2">
                <Tail live={live === 'on'} setLive={(on) => set({ live: on ? 'on' : 'off' })} />
              </div>
            </div>
          }
        />
      </Panel>
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
        <Histogram
          label="Events over time"
          data={histogram.buckets}
          onSelect={(range) => set(range ?? { from: '', to: '' })}
        />
      ) : (
        <Skeleton h={92} className="opacity-60" />
      )}
    </Panel>
  );
}

/** Follows the log while wanted; else says how much has been added, so that no row moves by itself. */
function Tail({ live, setLive }: { live: boolean; setLive: (on: boolean) => void }) {
  const client = useQueryClient();
  const size = useQuery(checkpointQuery()).data?.checkpoint?.size;
  const seen = useRef(size);
  useEffect(() => {
    if (size === undefined || size === seen.current) return;
    const first = seen.current === undefined;
    if (first || live) seen.current = size;
    if (live && !first) void client.invalidateQueries({ queryKey: trailKeys.lists });
  }, [size, live, client]);
  return (
    <>
      {live ? null : <Newer size={size} since={seen.current} show={() => setLive(true)} />}
      <Switch label="Live" checked={live} onCheckedChange={setLive} />
    </>
  );
}

function Newer({
  size,
  since,
  show,
}: {
  size: number | undefined;
  since: number | undefined;
  show: () => void;
}) {
  const added = size !== undefined && since !== undefined ? size - since : 0;
  if (added <= 0) return null;
  return (
    <Button size="sm" icon={ArrowUp} onClick={show}>
      {plural(added, 'newer event')}
    </Button>
  );
}
