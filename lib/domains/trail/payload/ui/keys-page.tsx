'use client';

import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { Classification, type Column, DataTable, StatusPill } from '@/components/data';
import { formatNumber, plural } from '@/components/format';
import { Page, PageHeader } from '@/components/layout';
import {
  Button,
  ConfirmDialog,
  EmptyState,
  NoAccess,
  Panel,
  TimeAgo,
  toast,
  Tooltip,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import type { Verdict } from '@/lib/kernel/verdict';
import { keysQuery, payloadKeys, payloadPaths } from '../queries';
import type { KeyView } from '../schema';

const states = { live: { tone: 'allow' }, destroyed: { tone: 'neutral' } } as const;

/** The keys of the trail's protected payloads, and their end. */
export function PayloadKeysPage({ can }: { can: Verdict }) {
  return (
    <Page width="wide">
      <PageHeader
        back={{ href: '/settings', label: 'Settings' }}
        title="Protected payloads"
        subtitle="Confidential and Restricted payloads in the trail are sealed, with one key for each month and classification"
      />
      {can.allowed ? (
        <Keys />
      ) : (
        <Panel>
          <NoAccess reason={can.reason} />
        </Panel>
      )}
    </Page>
  );
}

function Keys() {
  const keys = useInfiniteQuery(keysQuery());
  const [chosen, setChosen] = useState<KeyView | null>(null);
  const columns: Column<KeyView>[] = [
    {
      id: 'month',
      header: 'Month',
      fixed: true,
      phone: 'title',
      cell: (key) => <span className="num font-medium">{key.month}</span>,
    },
    {
      id: 'classification',
      header: 'Classification',
      cell: (key) => <Classification value={key.classification} />,
    },
    {
      id: 'events',
      header: 'Events',
      align: 'right',
      cell: (key) => <span className="num">{formatNumber(key.events)}</span>,
    },
    { id: 'state', header: 'Key', cell: (key) => <State of={key} /> },
    {
      id: 'destroy',
      header: '',
      align: 'right',
      fixed: true,
      phone: 'aside',
      cell: (key) => (
        <Button
          size="sm"
          variant="danger"
          onClick={() => setChosen(key)}
          can={key.can.destroy}
          aria-label={`Destroy the key ${key.name}`}
        >
          Destroy…
        </Button>
      ),
    },
  ];
  return (
    <Panel
      title="Payload keys"
      note="Destroying one erases what it sealed; every proof still holds"
      padded={false}
    >
      <DataTable
        id="payload-keys"
        label="Payload keys"
        columns={columns}
        rowKey={(key) => key.id}
        query={keys}
        empty={
          <EmptyState title="No key yet" icon={KeyRound}>
            The first Confidential or Restricted action makes one.
          </EmptyState>
        }
      />
      {chosen ? <DestroyDialog of={chosen} onDone={() => setChosen(null)} /> : null}
    </Panel>
  );
}

function State({ of: key }: { of: KeyView }) {
  const pill = <StatusPill value={key.state} map={states} />;
  if (key.destroyedAt === null) return pill;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <Tooltip content={key.reason ?? ''}>
        <span>{pill}</span>
      </Tooltip>
      <TimeAgo at={key.destroyedAt} />
    </span>
  );
}

function DestroyDialog({ of: key, onDone }: { of: KeyView; onDone: () => void }) {
  const client = useQueryClient();
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onDone()}
      title={`Destroy the key ${key.name}?`}
      description="This cannot be undone by anyone."
      effects={[
        `Makes the payloads of ${plural(key.events, 'event')} unreadable for good`,
        'Blanks the parameters, results and evidence of those actions, once they have ended',
        'Keeps nothing of the payload of any event of that month that is still to come',
        'Leaves summaries, reasons and every proof as they are',
      ]}
      confirmLabel="Destroy key"
      typeName={key.name}
      reason="required"
      onConfirm={async ({ reason }) => {
        await api.post(payloadPaths.destroy(key.id), { reason });
        await client.invalidateQueries({ queryKey: payloadKeys.all });
        toast.good(`The key ${key.name} is destroyed`);
      }}
    />
  );
}
