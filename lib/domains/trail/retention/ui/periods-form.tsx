'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Column, DataTable } from '@/components/data';
import { formatDuration, formatNumber, plural } from '@/components/format';
import { useDraft } from '@/components/hooks';
import { Unsaved } from '@/components/layout';
import {
  Button,
  ChangedMeanwhile,
  ConfirmDialog,
  EmptyState,
  Input,
  Panel,
  TimeAgo,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { useNames } from '../../ui/use-names';
import { type Periods, retentionClasses } from '../classes';
import { retentionKeys, retentionPaths } from '../queries';
import type { RetentionView } from '../schema';
import { classWords, formatBytes, monthsWords } from './words';

type Forecast = RetentionView['forecast'][number];
type Given = Record<keyof Periods, string>;

const MOST = 1_200;

function toGiven(periods: Periods): Given {
  const entries = retentionClasses.map((name) => [name, String(periods[name])]);
  return Object.fromEntries(entries) as Given;
}

function problemOf(text: string): string | undefined {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= MOST && text.trim() !== '')
    return undefined;
  return `Give whole months, 1 to ${formatNumber(MOST)}.`;
}

/** The periods, each beside what it will take at the pace of what was observed. */
export function PeriodsForm({ view }: { view: RetentionView }) {
  const client = useQueryClient();
  const { nameOf } = useNames();
  const form = useDraft(toGiven(view.periods));
  const { draft: given, began } = form;
  const [asking, setAsking] = useState(false);
  const changed = retentionClasses.filter((name) => Number(given[name]) !== Number(began[name]));
  const wrong = retentionClasses.some((name) => problemOf(given[name]) !== undefined);
  const save = async () => {
    const change = Object.fromEntries(changed.map((name) => [name, Number(given[name])]));
    const saved = await api.patch<Periods>(retentionPaths.retention, change);
    form.save(given, toGiven(saved));
    // Not waited for: what is asked below would read as if nothing changed.
    void client.invalidateQueries({ queryKey: retentionKeys.all });
    toast.good('Retention changed', 'It counts from the next daily run on.');
  };
  const total = (read: (row: Forecast) => number) =>
    view.forecast.reduce((sum, row) => sum + read(row), 0);
  return (
    <>
      <Unsaved what={form.typed ? ['how long events are kept'] : []} />
      <ChangedMeanwhile shown={form.meanwhile && !asking} onDiscard={form.discard} />
      <Panel
        title="How long events are kept"
        note={
          view.updated_by ? (
            <>
              changed by {nameOf(view.updated_by) ?? view.updated_by}{' '}
              <TimeAgo at={view.updated_at} />
            </>
          ) : (
            'seven years unless it is changed'
          )
        }
        padded={false}
        actions={
          <Button
            variant="primary"
            can={view.can.edit}
            disabled={changed.length === 0 || wrong}
            onClick={() => setAsking(true)}
          >
            Save
          </Button>
        }
        footer={
          <p className="note">
            Now {formatBytes(total((row) => row.bytes))} in{' '}
            {plural(
              total((row) => row.events),
              'event',
            )}
            {projected(view) ? (
              <>
                ; at the pace of the last {formatDuration(view.observed_ms)}{' '}
                <strong className="font-semibold text-text">
                  {formatBytes(total((row) => row.bytes_at_end))}
                </strong>{' '}
                once every period is full.
              </>
            ) : (
              <>
                , all of the last {formatDuration(view.observed_ms)}. What it will take once every
                period is full is shown after a day.
              </>
            )}{' '}
            An event takes {formatBytes(view.event_bytes)} with its indexes.
          </p>
        }
      >
        <DataTable<Forecast>
          id="retention-classes"
          label="Retention by class"
          columns={columns(view, given, (name, value) =>
            form.change((now) => ({ ...now, [name]: value })),
          )}
          rows={view.forecast}
          rowKey={(row) => row.class}
          shortcuts={false}
          empty={<EmptyState title="No class" />}
        />
        <ConfirmDialog
          open={asking}
          onOpenChange={setAsking}
          title="Change how long events are kept?"
          effects={changed.map((name) => effectOf(view, name, Number(given[name])))}
          confirmLabel="Change retention"
          tone={
            changed.some((name) => Number(given[name]) < view.periods[name]) ? 'danger' : 'primary'
          }
          onConfirm={save}
        />
      </Panel>
    </>
  );
}

const DAY_MS = 86_400_000;

/** From less than a day nothing is projected: an hour of work is no pace. */
function projected(view: RetentionView): boolean {
  return view.observed_ms >= DAY_MS;
}

function effectOf(view: RetentionView, name: keyof Periods, months: number): string {
  const row = view.forecast.find((one) => one.class === name);
  const shorter = months < view.periods[name];
  const change = `${classWords[name].title}: ${monthsWords(view.periods[name])} becomes ${monthsWords(months)}`;
  return shorter
    ? `${change}. What is older goes with the next daily run, of ${plural(row?.events ?? 0, 'event')} kept now`
    : change;
}

function columns(
  view: RetentionView,
  given: Given,
  set: (name: keyof Periods, value: string) => void,
): Column<Forecast>[] {
  const locked = !view.can.edit.allowed;
  return [
    {
      id: 'class',
      header: 'Class',
      width: '32%',
      fixed: true,
      phone: 'title',
      cell: (row) => (
        <div className="wide:py-1">
          <div className="font-medium">{classWords[row.class].title}</div>
          <div className="note whitespace-normal max-wide:hidden">{classWords[row.class].hint}</div>
        </div>
      ),
    },
    {
      id: 'months',
      header: 'Kept for',
      width: '150px',
      fixed: true,
      cell: (row) => {
        const text = given[row.class];
        const problem = problemOf(text);
        return (
          <div className="grid gap-1 py-1">
            <Input
              aria-label={`Months that ${classWords[row.class].title} are kept`}
              inputMode="numeric"
              value={text}
              suffix="months"
              disabled={locked}
              invalid={problem !== undefined}
              onChange={(event) => set(row.class, event.target.value)}
            />
            <span className={problem ? 'note text-deny' : 'note'}>
              {problem ?? monthsWords(Number(text))}
            </span>
          </div>
        );
      },
    },
    {
      id: 'now',
      header: 'Now',
      align: 'right',
      cell: (row) => <Amount events={row.events} bytes={row.bytes} />,
    },
    {
      id: 'pace',
      header: projected(view) ? 'A day' : `In ${formatDuration(view.observed_ms)}`,
      align: 'right',
      cell: (row) => <Amount events={Math.round(row.events_a_day)} bytes={row.bytes_a_day} />,
    },
    {
      id: 'end',
      header: 'When full',
      align: 'right',
      cell: (row) => {
        if (!projected(view)) return <span className="text-text-3">not known yet</span>;
        const months = problemOf(given[row.class]) ? row.months : Number(given[row.class]);
        const share = months / row.months;
        return (
          <Amount events={Math.round(row.events_at_end * share)} bytes={row.bytes_at_end * share} />
        );
      },
    },
    {
      id: 'past',
      header: 'Past its period',
      width: '148px',
      align: 'right',
      cell: (row) => <span className="num">{formatNumber(row.past)}</span>,
    },
  ];
}

function Amount({ events, bytes }: { events: number; bytes: number }) {
  return (
    <span className="num inline-grid justify-items-end whitespace-nowrap max-wide:inline-flex max-wide:gap-2">
      <span>{formatBytes(bytes)}</span>
      <span className="note">{plural(events, 'event')}</span>
    </span>
  );
}
