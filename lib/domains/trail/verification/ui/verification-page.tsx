'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import { type Column, DataTable, StatusPill } from '@/components/data';
import { formatNumber } from '@/components/format';
import { Page, PageHeader } from '@/components/layout';
import {
  CopyId,
  Duration,
  EmptyState,
  KeyValue,
  NoAccess,
  Panel,
  QueryView,
  TimeAgo,
} from '@/components/ui';
import type { Verdict } from '@/lib/kernel/verdict';
import { checkpointQuery } from '../../queries';
import { useNames } from '../../ui/use-names';
import { BrokenNotice, VerifiedTo, VerifyButton } from '../../ui/verified';
import { verificationsQuery } from '../queries';
import type { VerificationView } from '../schema';
import { AnchorsPanel } from './anchors-panel';
import { ConsistencyPanel } from './consistency-panel';
import { KeysPanel } from './keys-panel';

/** That the log is as it was signed: what was found when, by whom, and who else vouches for it. */
export function VerificationPage({ can }: { can: Verdict }) {
  return (
    <Page width="wide">
      <PageHeader
        back={{ href: '/trail', label: 'Trail' }}
        title="Verification"
        subtitle={<VerifiedTo />}
        {...(can.allowed
          ? {
              actions: (
                <>
                  <VerifyButton scope="new" />
                  <VerifyButton />
                </>
              ),
            }
          : {})}
      />
      {can.allowed ? (
        <>
          <BrokenNotice />
          <Signed />
          <AnchorsPanel />
          <KeysPanel />
          <Consistency />
          <History />
        </>
      ) : (
        <Panel>
          <NoAccess reason={can.reason} />
        </Panel>
      )}
    </Page>
  );
}

function Consistency() {
  const size = useQuery(checkpointQuery()).data?.checkpoint?.size;
  return size === undefined ? null : <ConsistencyPanel size={size} />;
}

function Signed() {
  const query = useQuery(checkpointQuery());
  return (
    <Panel title="Signed state" note="C2SP checkpoint; a verifier key is all that others need">
      <QueryView query={query}>
        {({ checkpoint, origin, verifier_key: key }) =>
          checkpoint ? (
            <KeyValue
              columns={2}
              items={[
                {
                  label: 'Events',
                  value: <span className="num">{formatNumber(checkpoint.size)}</span>,
                },
                { label: 'Signed', value: <TimeAgo at={checkpoint.time} /> },
                { label: 'Root', value: <CopyId id={checkpoint.root} full label="root" /> },
                { label: 'Origin', value: <span className="mono break-all">{origin}</span> },
                { label: 'Verifier key', value: <CopyId id={key} full label="verifier key" /> },
              ]}
            />
          ) : (
            <EmptyState compact title="Nothing has happened yet" />
          )
        }
      </QueryView>
    </Panel>
  );
}

function History() {
  const { nameOf } = useNames();
  const query = useInfiniteQuery(verificationsQuery());
  return (
    <Panel title="Verifications" note="What is new each hour, everything each day" padded={false}>
      <DataTable<VerificationView>
        id="trail-verifications"
        label="Verifications"
        columns={columns(nameOf)}
        query={query}
        rowKey={(row) => row.id}
        rowTone={(row) => (row.status === 'failed' ? 'deny' : undefined)}
        empty={
          <EmptyState icon={ShieldCheck} title="Not verified yet">
            The first verification follows soon after the first event.
          </EmptyState>
        }
      />
    </Panel>
  );
}

const states = {
  ok: { tone: 'allow', label: 'Verified' },
  failed: { tone: 'deny', label: 'Does not verify' },
  running: { tone: 'accent', label: 'Running' },
  cancelled: { tone: 'neutral', label: 'Cancelled' },
} as const;

function columns(nameOf: (id: string) => string | undefined): Column<VerificationView>[] {
  return [
    {
      id: 'status',
      header: 'Found',
      width: '150px',
      fixed: true,
      phone: 'title',
      cell: (row) => <StatusPill value={row.status} map={states} />,
    },
    {
      id: 'scope',
      header: 'Scope',
      width: '110px',
      cell: (row) => (row.scope === 'all' ? 'Everything' : 'What is new'),
    },
    {
      id: 'events',
      header: 'Events',
      align: 'right',
      width: '120px',
      cell: (row) => <span className="num">{formatNumber(row.done - row.from)}</span>,
    },
    {
      id: 'detail',
      header: 'Detail',
      cell: (row) => (
        <span className={row.status === 'failed' ? 'text-deny' : 'text-text-2'}>
          {row.detail || `To index ${formatNumber(Math.max(0, row.done - 1))}`}
        </span>
      ),
    },
    {
      id: 'took',
      header: 'Took',
      width: '90px',
      align: 'right',
      cell: (row) =>
        row.finished_at ? (
          <Duration ms={Date.parse(row.finished_at) - Date.parse(row.started_at)} />
        ) : (
          ''
        ),
    },
    {
      id: 'by',
      header: 'By',
      width: '150px',
      cell: (row) =>
        nameOf(row.started_by) ?? (row.started_by.startsWith('mbr_') ? row.started_by : 'Job'),
    },
    {
      id: 'at',
      header: 'Started',
      width: '130px',
      phone: 'aside',
      cell: (row) => <TimeAgo at={row.started_at} />,
    },
  ];
}
