'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowUp, X } from 'lucide-react';
import { Suspense, useEffect, useRef } from 'react';
import { DateRange, FilterBar, Histogram } from '@/components/data';
import { plural, shortId } from '@/components/format';
import { useUrlState } from '@/components/hooks';
import { Page, PageHeader } from '@/components/layout';
import { Button, Panel, SkeletonRows, Switch } from '@/components/ui';
import {
  checkpointQuery,
  countQuery,
  histogramQuery,
  noFilters,
  trailKeys,
  type UrlFilters,
} from '../queries';
import { classifications, outcomes } from '../schema';
import { kinds, outcomeWords } from './describe';
import { EventTable } from './event-table';
import { countWords, ExportMenu } from './export-menu';
import { useNames } from './use-names';
import { BrokenNotice, VerifiedTo, VerifyButton } from './verified';

/** Search of the whole trail; everything about the view is in its address. */
export function TrailPage() {
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
      <Panel
        padded={false}
        title={<span className="num">{countWords(count)}</span>}
        actions={<Tail live={live === 'on'} setLive={(on) => set({ live: on ? 'on' : 'off' })} />}
      >
        <EventTable filters={filters} filtered={filtered} />
      </Panel>
    </Page>
  );
}

interface Part {
  filters: UrlFilters;
  set: (patch: Partial<UrlFilters>) => void;
}

function Filters({ filters, set }: Part) {
  const { agents, nameOf } = useNames();
  const known = kinds.some((kind) => kind.value === filters.type) || filters.type === '';
  const chosen = (['action_type', 'actor', 'session', 'action'] as const).filter(
    (name) => filters[name] !== '',
  );
  return (
    <div className="grid gap-2">
      <FilterBar
        search={{ placeholder: 'Search words, "a phrase", a begin*, -not' }}
        filters={[
          {
            param: 'type',
            label: 'Type',
            options: known ? kinds : [...kinds, { value: filters.type, label: filters.type }],
          },
          {
            param: 'agent',
            label: 'Agent',
            options: withCurrent(
              agents.map(({ id, name }) => ({ value: id, label: name })),
              filters.agent,
            ),
          },
          {
            param: 'outcome',
            label: 'Outcome',
            options: outcomes.map((value) => ({ value, label: outcomeWords[value] ?? value })),
          },
          {
            param: 'tier',
            label: 'Tier',
            options: [
              { value: '1', label: '1, autonomous' },
              { value: '2', label: '2, supervised' },
              { value: '3', label: '3, gated' },
            ],
          },
          {
            param: 'classification',
            label: 'Classification',
            options: classifications.map((value) => ({ value, label: value })),
          },
        ]}
      >
        <DateRange />
      </FilterBar>
      {chosen.length > 0 ? (
        <ul aria-label="Further filters" className="flex flex-wrap gap-2">
          {chosen.map((name) => (
            <li key={name}>
              <Button
                size="sm"
                icon={X}
                aria-label={`Remove the filter ${name.replace('_', ' ')} ${filters[name]}`}
                onClick={() => set({ [name]: '' })}
              >
                <span className="text-text-3">{words[name]}</span>{' '}
                {nameOf(filters[name]) ?? shortId(filters[name])}
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

const words = {
  action_type: 'Action type',
  actor: 'Actor',
  session: 'Session',
  action: 'Action',
};

type Choice = { value: string; label: string };

function withCurrent(options: Choice[], current: string): Choice[] {
  if (current === '' || options.some((option) => option.value === current)) return options;
  return [...options, { value: current, label: shortId(current) }];
}

function Over({ filters, set }: Part) {
  const histogram = useQuery(histogramQuery(filters)).data;
  if (!histogram) return null;
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
      <Histogram
        label="Events over time"
        data={histogram.buckets}
        onSelect={(range) => set(range ?? { from: '', to: '' })}
      />
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
