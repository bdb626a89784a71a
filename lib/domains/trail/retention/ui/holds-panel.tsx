'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Scale } from 'lucide-react';
import { useState } from 'react';
import { type Column, DataTable } from '@/components/data';
import { useUrlState } from '@/components/hooks';
import {
  Badge,
  Button,
  ConfirmDialog,
  EmptyState,
  Panel,
  QueryView,
  TimeAgo,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import type { Ability } from '@/lib/kernel/ability';
import { useNames } from '../../ui/use-names';
import { holdsQuery, retentionKeys, retentionPaths } from '../queries';
import type { HoldView } from '../schema';
import { PlaceHold } from './place-hold';
import { filterParts } from './words';

/** What must not be removed whatever its age, who answers for it, and why. */
export function HoldsPanel({ place }: { place: Ability }) {
  const [url, setUrl] = useUrlState({ hold: '' });
  const [lifting, setLifting] = useState<HoldView | null>(null);
  const query = useQuery(holdsQuery());
  const { nameOf } = useNames();
  const add = (
    <Button icon={Scale} can={place} onClick={() => setUrl({ hold: 'new' })}>
      Place a hold
    </Button>
  );
  return (
    <Panel
      title="Legal holds"
      note="Nothing that a hold covers is removed"
      padded={false}
      actions={add}
    >
      <QueryView query={query}>
        {(holds) => (
          <DataTable<HoldView>
            id="legal-holds"
            label="Legal holds"
            columns={columns(nameOf, setLifting)}
            rows={holds}
            rowKey={(row) => row.id}
            shortcuts={false}
            empty={
              <EmptyState icon={Scale} title="No legal hold">
                A hold keeps the events of a filter until an admin lifts it.
              </EmptyState>
            }
          />
        )}
      </QueryView>
      <PlaceHold
        open={url.hold === 'new' && place.allowed}
        onOpenChange={(open) => setUrl({ hold: open ? 'new' : '' })}
      />
      {lifting ? <LiftDialog hold={lifting} onDone={() => setLifting(null)} /> : null}
    </Panel>
  );
}

function columns(
  nameOf: (id: string) => string | undefined,
  lift: (hold: HoldView) => void,
): Column<HoldView>[] {
  return [
    {
      id: 'reason',
      header: 'Reason',
      fixed: true,
      phone: 'title',
      cell: (row) => <span className="font-medium">{row.reason}</span>,
    },
    {
      id: 'covers',
      header: 'Covers',
      cell: (row) => (
        <span className="flex flex-wrap gap-1">
          {filterParts(row.filters, nameOf).map(({ name, value }) => (
            <Badge key={name} outline>
              {name}: {value}
            </Badge>
          ))}
        </span>
      ),
    },
    { id: 'owner', header: 'Owner', width: '140px', cell: (row) => nameOf(row.owner) ?? row.owner },
    {
      id: 'placed',
      header: 'Placed',
      width: '130px',
      cell: (row) => <TimeAgo at={row.placed_at} />,
    },
    {
      id: 'state',
      header: '',
      width: '150px',
      align: 'right',
      fixed: true,
      phone: 'aside',
      cell: (row) =>
        row.lifted_at ? (
          <span className="note">
            lifted <TimeAgo at={row.lifted_at} />
          </span>
        ) : (
          <Button
            size="sm"
            variant="danger"
            can={row.can.lift}
            onClick={() => lift(row)}
            aria-label={`Lift the hold: ${row.reason}`}
          >
            Lift…
          </Button>
        ),
    },
  ];
}

function LiftDialog({ hold, onDone }: { hold: HoldView; onDone: () => void }) {
  const client = useQueryClient();
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onDone()}
      title="Lift this legal hold?"
      description={hold.reason}
      effects={[
        'What it covers and is past its period goes with the next daily run',
        'Payload keys that only it kept are destroyed with it',
      ]}
      confirmLabel="Lift the hold"
      reason="required"
      reasonLabel="Why it is no longer needed"
      onConfirm={async ({ reason }) => {
        await api.post(retentionPaths.lift(hold.id), { reason });
        await client.invalidateQueries({ queryKey: retentionKeys.all });
        toast.good('The hold is lifted');
      }}
    />
  );
}
