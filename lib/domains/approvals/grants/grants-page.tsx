'use client';

import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Stamp } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { plural } from '@/components/format';
import { type Column, DataTable, FilterBar } from '@/components/data';
import { useUrlState } from '@/components/hooks';
import { Page, PageHeader } from '@/components/layout';
import { Badge, Button, ConfirmDialog, EmptyState, Panel, toast, Until } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { approvalKeys, approvalPaths, grantsQuery } from '../queries';
import { ApprovalTabs } from '../ui/approval-tabs';
import { amountWords } from '../ui/words';
import type { Grant } from './schema';

const states: Record<Grant['state'], string> = {
  open: 'open',
  used_up: 'used up',
  run_out: 'time is up',
  revoked: 'revoked',
};

/** Signatures given beforehand: who for what, how often they were used, until when. */
export function GrantsPage() {
  const client = useQueryClient();
  const [url] = useUrlState({ grants: 'open' });
  const query = useInfiniteQuery(grantsQuery(url.grants !== 'all'));
  const [revoking, setRevoking] = useState<Grant | null>(null);
  const revoke = useMutation({
    mutationFn: (id: string) => api.post<Grant>(approvalPaths.revokeGrant(id)),
    onSuccess: () => toast.good('Revoked', 'From now on each one waits for a person.'),
    onSettled: () => client.invalidateQueries({ queryKey: approvalKeys.all }),
  });
  return (
    <Page>
      <PageHeader
        title="Approvals"
        subtitle="Grants: what is approved without a look at each, and for how long"
      />
      <ApprovalTabs />
      <FilterBar
        filters={[
          {
            ...{ param: 'grants', label: 'Show', initial: 'open' },
            options: [
              { value: 'open', label: 'open' },
              { value: 'all', label: 'all' },
            ],
          },
        ]}
      />
      <Panel padded={false}>
        <DataTable
          id="approval-grants"
          label="Grants"
          query={query}
          rowKey={(row) => row.id}
          columns={columns(setRevoking)}
          empty={
            <EmptyState icon={Stamp} title="No grant is open">
              Every held action waits for a person. Where many are alike, “Sign beforehand” on a
              card approves them for some hours, up to an amount, so many times.
            </EmptyState>
          }
        />
      </Panel>
      <ConfirmDialog
        open={revoking !== null}
        onOpenChange={(open) => !open && setRevoking(null)}
        title="Revoke this grant"
        description={revoking ? wordsOf(revoking) : ''}
        confirmLabel="Revoke"
        effects={[
          `leaves ${plural((revoking?.max_uses ?? 0) - (revoking?.used ?? 0), 'use')} unused`,
          'lets what waits and what comes wait for a person',
        ]}
        onConfirm={() => (revoking ? revoke.mutateAsync(revoking.id) : undefined)}
      />
    </Page>
  );
}

function wordsOf({ action_type, agent, amount }: Grant): string {
  const most = amount
    ? `, ${amount.parameter} up to ${amountWords(amount.up_to, { currency: amount.currency })}`
    : '';
  return `${action_type} by ${agent.name}${most}`;
}

function columns(revoke: (row: Grant) => void): Column<Grant>[] {
  return [
    {
      ...{ id: 'what', header: 'What', width: '34%', phone: 'title', fixed: true },
      cell: (row) => (
        <span className="grid gap-0.5">
          <span className="font-medium [overflow-wrap:anywhere]">{wordsOf(row)}</span>
          <span className="note">
            {row.reason},{' '}
            <Link href={`/approvals/${row.made_from}`} className="text-accent underline">
              made from this action
            </Link>
          </span>
        </span>
      ),
    },
    { ...{ id: 'by', header: 'Signed by' }, cell: (row) => row.granted_by.name },
    {
      ...{ id: 'used', header: 'Used' },
      cell: (row) => (
        <span className="num">
          {row.used} of {row.max_uses}
        </span>
      ),
    },
    {
      ...{ id: 'until', header: 'Until' },
      cell: (row) =>
        row.state === 'open' ? (
          <Until at={row.ends_at} overdue="time is up" />
        ) : (
          <Badge>
            {states[row.state]}
            {row.revoked_by ? ` by ${row.revoked_by.name}` : ''}
          </Badge>
        ),
    },
    {
      ...{ id: 'revoke', header: '', align: 'right', fixed: true, phone: 'aside' },
      cell: (row) => (
        <Button size="sm" variant="danger" can={row.can.revoke} onClick={() => revoke(row)}>
          Revoke
        </Button>
      ),
    },
  ];
}
