'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import { DataTable, StatusPill } from '@/components/data';
import { Page, PageHeader } from '@/components/layout';
import { Button, EmptyState, Panel, QueryView, TimeAgo, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { checksQuery, complianceKeys, compliancePaths } from '../queries';
import type { CheckView } from '../schema';
import { statusMap } from './status';
import { StatusHistory } from './status-history';
import { VerifiedSince } from './verified-since';
import { seenWords } from './words';

export function CompliancePage() {
  const checks = useQuery(checksQuery());
  const client = useQueryClient();
  const run = useMutation({
    mutationFn: () => api.post<{ passed: number; failed: number }>(compliancePaths.runs),
    onSuccess: ({ passed, failed }) =>
      toast.good('All checks have run', `${passed} pass, ${failed} do not.`),
    onError: (error) => toast.error(error, 'The checks could not run'),
    onSettled: () => client.invalidateQueries({ queryKey: complianceKeys.all }),
  });
  const failing = checks.data?.items.filter(
    ({ latest }) => latest && latest.status !== 'pass',
  ).length;
  return (
    <Page>
      <PageHeader
        title="Compliance"
        subtitle={
          failing === undefined || !checks.data?.items.some(({ latest }) => latest)
            ? 'Checked daily'
            : `${failing} of ${checks.data?.items.length} ${failing === 1 ? 'needs' : 'need'} work`
        }
        actions={
          <Button
            icon={Play}
            {...(checks.data ? { can: checks.data.can.run } : {})}
            loading={run.isPending}
            onClick={() => run.mutate()}
          >
            Run all checks
          </Button>
        }
      />
      <QueryView query={checks}>{({ items }) => <CheckTable items={items} />}</QueryView>
    </Page>
  );
}

function CheckTable({ items }: { items: CheckView[] }) {
  return (
    <Panel padded={false}>
      <DataTable<CheckView>
        id="compliance-checks"
        label="Compliance checks"
        rows={items}
        rowKey={(row) => row.key}
        rowHref={(row) => `/compliance/${row.key}`}
        empty={<EmptyState title="No checks" />}
        columns={[
          {
            id: 'title',
            width: '330px',
            header: 'Check',
            cell: (row) => row.title,
            phone: 'title',
            fixed: true,
          },
          {
            id: 'status',
            width: '110px',
            header: 'Result',
            phone: 'aside',
            cell: (row) =>
              row.latest ? <StatusPill value={row.latest.status} map={statusMap} /> : 'Not run yet',
          },
          {
            id: 'summary',
            header: 'What was seen',
            phone: 'line',
            cell: (row) =>
              row.latest ? (
                <>
                  {seenWords(row.latest)}
                  <VerifiedSince result={row.latest} />
                </>
              ) : (
                'It runs within a few minutes of the start.'
              ),
          },
          {
            id: 'history',
            width: '130px',
            header: 'Last runs',
            phone: 'hide',
            cell: (row) => <StatusHistory history={row.history} />,
          },
          {
            id: 'at',
            width: '120px',
            header: 'Checked',
            align: 'right',
            phone: 'line',
            cell: (row) => <TimeAgo at={row.latest?.at ?? null} />,
          },
        ]}
      />
    </Panel>
  );
}
