'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowRight, Plus, UserRoundCheck } from 'lucide-react';
import { useState } from 'react';
import { useUrlState } from '@/components/hooks';
import { type Column, DataTable, StatusPill } from '@/components/data';
import {
  Button,
  ConfirmDialog,
  EmptyState,
  ExactTime,
  Panel,
  QueryView,
  SkeletonRows,
  TimeAgo,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { approvalKeys } from '../../queries';
import { delegationsQuery, routingPaths } from '../../routing/queries';
import type { Delegation } from '../../schema';
import { DelegationDialog } from './delegation-dialog';

const states = { planned: { tone: 'neutral', label: 'Planned' } } as const;

/** Who gives their place to whom, until when. */
export function DelegationsTab() {
  const query = useQuery(delegationsQuery());
  const client = useQueryClient();
  const [url, setUrl] = useUrlState({ delegation: '' });
  const [ending, setEnding] = useState<Delegation | null>(null);
  const can = query.data?.can;
  const may = can?.create.allowed ? can.create : can?.create_for_others;
  const add = (
    <Button
      variant="primary"
      icon={Plus}
      // The reason that speaks of the reader's own place.
      can={may?.allowed ? may : can?.create}
      onClick={() => setUrl({ delegation: 'new' })}
    >
      {can?.create.allowed === false && can.create_for_others.allowed
        ? 'Give a place away'
        : 'Give my place away'}
    </Button>
  );
  const columns: Column<Delegation>[] = [
    {
      ...{ id: 'who', header: 'Who', fixed: true, phone: 'title' },
      cell: ({ from, to, reason }) => (
        <span className="grid whitespace-normal wide:py-1.5">
          <span className="inline-flex flex-wrap items-center gap-x-1.5 font-medium">
            {from.name}
            <ArrowRight aria-hidden className="size-3.5 text-text-3" strokeWidth={1.5} />
            <span className="sr-only">gives their place to</span>
            {to.name}
          </span>
          {reason ? <span className="note [overflow-wrap:anywhere]">{reason}</span> : null}
        </span>
      ),
    },
    {
      ...{ id: 'state', header: 'State', width: '110px', phone: 'aside' },
      cell: ({ state }) => <StatusPill value={state} map={states} />,
    },
    {
      ...{ id: 'from', header: 'From', width: '190px' },
      cell: (one) => <ExactTime at={one.starts_at} />,
    },
    {
      ...{ id: 'until', header: 'Until', width: '190px' },
      cell: (one) =>
        one.ended_at ? (
          <span>
            ended <TimeAgo at={one.ended_at} />
          </span>
        ) : (
          <ExactTime at={one.ends_at} />
        ),
    },
    {
      ...{ id: 'end', header: '', align: 'right', fixed: true, phone: 'aside', width: '90px' },
      cell: (one) => (
        <Button
          size="sm"
          can={one.can.end}
          aria-label={`End ${one.from.name} to ${one.to.name}`}
          onClick={() => setEnding(one)}
        >
          End…
        </Button>
      ),
    },
  ];
  const end = async (one: Delegation) => {
    await api.post(routingPaths.endDelegation(one.id));
    toast.good('Delegation ended', `${one.from.name} has their place back.`);
    await client.invalidateQueries({ queryKey: approvalKeys.all });
  };
  return (
    <>
      <Panel
        title="Delegations"
        note="Whoever may not decide an action may not decide it in someone else’s place either"
        padded={false}
        actions={add}
        className="overflow-hidden"
      >
        <QueryView
          query={query}
          title="The delegations could not be loaded"
          skeleton={<SkeletonRows rows={4} />}
        >
          {({ items }) => (
            <DataTable
              id="approval-delegations"
              label="Delegations"
              columns={columns}
              rows={items}
              rowKey={(one) => one.id}
              empty={
                <EmptyState
                  compact
                  icon={UserRoundCheck}
                  title="Nobody stands in for anyone"
                  action={add}
                >
                  Before you are away, give your place to another approver until you are back.
                </EmptyState>
              }
            />
          )}
        </QueryView>
      </Panel>
      {can && may?.allowed && url.delegation === 'new' ? (
        <DelegationDialog can={can} onClose={() => setUrl({ delegation: '' })} />
      ) : null}
      <ConfirmDialog
        open={ending !== null}
        onOpenChange={(open) => !open && setEnding(null)}
        title="End this delegation"
        description={ending ? `${ending.from.name} to ${ending.to.name}` : undefined}
        effects={[
          `keeps ${ending?.to.name ?? 'the deputy'} from signing in this place from now on`,
          'leaves every signature that was given standing',
        ]}
        confirmLabel="End it now"
        onConfirm={() => (ending ? end(ending) : undefined)}
      />
    </>
  );
}
