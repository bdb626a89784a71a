'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Plus, Send } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { type Column, DataTable, FilterBar, Sparkline } from '@/components/data';
import { useNow, useUrlState } from '@/components/hooks';
import { Page, PageHeader } from '@/components/layout';
import { Button, EmptyState, NoAccess, Panel, SecretOnce, TimeAgo } from '@/components/ui';
import type { Verdict } from '@/lib/kernel/verdict';
import { sinksQuery } from '../queries';
import type { SinkView, SinkWithSecret } from '../schema';
import { SinkForm } from './sink-form';
import { addressOf, kindWords, lagOf, minutesOf, SinkState } from './words';

interface Props {
  /** Who is looking may see sinks, and add one. */
  can: { see: Verdict; add: Verdict };
}

/** Where the trail is delivered to as it grows, and how far behind each place is. */
export function DeliveryPage({ can }: Props) {
  const [url, setUrl] = useUrlState({ new: '' });
  const [made, setMade] = useState<SinkWithSecret | null>(null);
  const router = useRouter();
  const add = (
    <Button variant="primary" icon={Plus} can={can.add} onClick={() => setUrl({ new: '1' })}>
      New sink
    </Button>
  );
  const show = (id: string) => router.push(`/settings/delivery/${id}`);
  return (
    <Page width="wide">
      <PageHeader
        back={{ href: '/settings', label: 'Settings' }}
        title="Delivery"
        subtitle="The trail, sent to a SIEM or a bucket as it grows: in order, at least once"
        {...(can.see.allowed ? { actions: add } : {})}
      />
      {can.see.allowed ? (
        <Sinks add={add} />
      ) : (
        <Panel>
          <NoAccess reason={can.see.reason} />
        </Panel>
      )}
      <SinkForm
        open={url.new === '1' && can.add.allowed}
        onOpenChange={(open) => setUrl({ new: open ? '1' : '' })}
        onSaved={(saved) => (saved.secret === undefined ? show(saved.sink.id) : setMade(saved))}
      />
      {made?.secret ? (
        <SecretOnce
          title={`The signing secret of ${made.sink.name}`}
          description="The receiver checks with it that a message is from here (Standard Webhooks)."
          secret={made.secret}
          label="Signing secret"
          filename={`${made.sink.name}.txt`}
          onDone={() => show(made.sink.id)}
        />
      ) : null}
    </Page>
  );
}

function Sinks({ add }: { add: React.ReactNode }) {
  const [url] = useUrlState({ retired: '' });
  const now = useNow();
  const query = useInfiniteQuery(sinksQuery(url.retired === 'true'));
  return (
    <div className="grid gap-3">
      <FilterBar
        filters={[
          {
            param: 'retired',
            label: 'Show',
            options: [{ value: 'true', label: 'retired as well' }],
          },
        ]}
      />
      <Panel padded={false} className="overflow-hidden">
        <DataTable
          id="trail-sinks"
          label="Sinks"
          columns={columns(now)}
          query={query}
          rowKey={(row) => row.id}
          rowHref={(row) => `/settings/delivery/${row.id}`}
          empty={
            <EmptyState icon={Send} title="The trail is delivered nowhere yet" action={add}>
              Add a webhook, a syslog receiver or a bucket; events arrive there as they happen.
            </EmptyState>
          }
        />
      </Panel>
    </div>
  );
}

function columns(now: number): Column<SinkView>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      fixed: true,
      phone: 'title',
      cell: (row) => (
        <>
          <span className="font-medium">{row.name}</span>
          <span className="note ml-2.5 max-wide:hidden">{addressOf(row.target)}</span>
        </>
      ),
    },
    {
      id: 'state',
      header: 'State',
      width: '120px',
      phone: 'aside',
      cell: (row) => <SinkState sink={row} />,
    },
    { id: 'kind', header: 'Kind', width: '100px', cell: (row) => kindWords[row.kind] },
    {
      id: 'behind',
      header: 'Waiting',
      width: '170px',
      align: 'right',
      cell: (row) => {
        const { events, age } = lagOf(row, now);
        return (
          <span className="num">
            {events}
            {age ? <span className="note ml-2">{age}</span> : null}
          </span>
        );
      },
    },
    {
      id: 'rate',
      header: 'Last hour',
      width: '110px',
      phone: 'hide',
      cell: (row) => (
        <Sparkline
          values={minutesOf(row, now).map(({ events }) => events)}
          label={`Events delivered by minute to ${row.name}`}
          tone={row.state === 'failing' ? 'deny' : 'accent'}
        />
      ),
    },
    {
      id: 'delivered',
      header: 'Last delivered',
      width: '140px',
      cell: (row) => <TimeAgo at={row.deliveredAt} empty="never" />,
    },
    {
      id: 'error',
      header: 'Error',
      width: '26%',
      cell: (row) =>
        row.error || row.reason ? (
          <span className="text-deny">{row.error ?? row.reason}</span>
        ) : (
          <span className="text-text-3">none</span>
        ),
    },
  ];
}
