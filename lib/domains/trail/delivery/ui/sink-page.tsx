'use client';

import { useQuery } from '@tanstack/react-query';
import { AreaChart } from '@/components/data';
import { exactTime, formatNumber, formatSpan, plural } from '@/components/format';
import { useNow } from '@/components/hooks';
import { Page, PageHeader } from '@/components/layout';
import {
  CopyId,
  KeyValue,
  NoAccess,
  Notice,
  Panel,
  QueryView,
  SkeletonText,
  Stat,
  Stats,
  TimeAgo,
} from '@/components/ui';
import type { Verdict } from '@/lib/kernel/verdict';
import { sinkQuery } from '../queries';
import type { SinkView } from '../schema';
import { FailuresTable } from './failures-table';
import { SinkActions } from './sink-actions';
import { addressOf, formatWords, kindWords, lagOf, minutesOf, SinkState } from './words';

const back = { href: '/settings/delivery', label: 'Delivery' };

/** One sink: how far it is behind, how fast it is, and when it failed. */
export function SinkPage({ id, can }: { id: string; can: Verdict }) {
  if (can.allowed) return <Known id={id} />;
  return (
    <Page width="wide">
      <PageHeader title="Sink" back={back} />
      <Panel>
        <NoAccess reason={can.reason} />
      </Panel>
    </Page>
  );
}

function Known({ id }: { id: string }) {
  return (
    <Page width="wide">
      <QueryView
        query={useQuery(sinkQuery(id))}
        skeleton={
          <>
            <PageHeader title="Sink" back={back} />
            <SkeletonText lines={8} className="py-4" />
          </>
        }
      >
        {(sink) => <Shown sink={sink} />}
      </QueryView>
    </Page>
  );
}

function Shown({ sink }: { sink: SinkView }) {
  const now = useNow();
  const minutes = minutesOf(sink, now);
  const hour = minutes.reduce((sum, { events }) => sum + events, 0);
  const { events, age } = lagOf(sink, now);
  return (
    <>
      <PageHeader
        title={sink.name}
        back={back}
        actions={<SinkActions sink={sink} />}
        meta={
          <>
            <SinkState sink={sink} />
            <span>{kindWords[sink.kind]}</span>
            <CopyId id={sink.id} />
          </>
        }
      />
      <Trouble sink={sink} />
      <Stats>
        <Stat
          label="Waiting"
          value={events}
          detail={age || 'nothing undelivered'}
          tone={sink.state === 'failing' ? 'deny' : 'neutral'}
        />
        <Stat label="Last hour" value={formatNumber(hour)} detail="events delivered" />
        <Stat label="In all" value={formatNumber(sink.delivered)} detail="events delivered" />
        <Stat
          label="Last delivered"
          value={<TimeAgo at={sink.deliveredAt} empty="never" />}
          detail={`next is event ${formatNumber(sink.position)}`}
        />
      </Stats>
      <div className="grid items-start gap-3.5 wide:grid-cols-2">
        <Facts sink={sink} />
        <Panel title="Events a minute" note="the last hour">
          <AreaChart
            label={`Events delivered by minute to ${sink.name}`}
            data={minutes.map((minute) => ({ at: minute.at, values: { events: minute.events } }))}
            series={[{ key: 'events', label: 'Delivered', tone: 'accent' }]}
          />
        </Panel>
      </div>
      <h2 className="text-lg font-semibold">Failures</h2>
      <FailuresTable sink={sink} />
    </>
  );
}

function Trouble({ sink }: { sink: SinkView }) {
  if (sink.state === 'paused') {
    return (
      <Notice tone="hold" title="Nothing is sent">
        {sink.reason || 'Someone has paused it.'} Events wait in the trail and are not lost.
      </Notice>
    );
  }
  if (sink.state !== 'failing') return null;
  return (
    <Notice tone="deny" title={sink.error ?? 'It cannot be delivered to'}>
      Since <TimeAgo at={sink.failingSince} />, {plural(sink.attempts, 'try', 'tries')};{' '}
      <NextTry at={sink.nextTryAt} />. Events wait in the trail and are not lost.
    </Notice>
  );
}

function NextTry({ at }: { at: string | null }) {
  const left = (at ? Date.parse(at) : 0) - useNow(1_000);
  return (
    <span className="num">{left > 0 ? `the next in ${formatSpan(left)}` : 'the next is due'}</span>
  );
}

function Facts({ sink }: { sink: SinkView }) {
  const { target } = sink;
  return (
    <Panel title="Where to">
      <KeyValue
        items={[
          { label: 'Address', value: <span className="mono break-all">{addressOf(target)}</span> },
          { label: 'Format', value: formatWords[sink.format] },
          target.kind === 'syslog'
            ? {
                label: 'Certificate',
                value: target.ca ? 'one of those given' : 'one that is trusted anyway',
              }
            : null,
          target.kind === 'bucket' ? { label: 'Region', value: target.region } : null,
          target.kind === 'bucket'
            ? { label: 'Access key id', value: <span className="mono">{target.accessKeyId}</span> }
            : null,
          target.kind === 'bucket'
            ? {
                label: 'Object lock',
                value: target.lockDays === null ? 'none' : plural(target.lockDays, 'day'),
              }
            : null,
          sink.kind === 'webhook'
            ? {
                label: 'Signing secret',
                value: sink.previousUntil
                  ? `the one before signs as well until ${exactTime(sink.previousUntil)}`
                  : 'one in use',
              }
            : null,
          { label: 'Added', value: <TimeAgo at={sink.createdAt} /> },
        ].filter((item) => item !== null)}
      />
    </Panel>
  );
}
