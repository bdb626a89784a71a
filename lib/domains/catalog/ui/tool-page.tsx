'use client';

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Archive, ListTree, Pencil } from 'lucide-react';
import { useState } from 'react';
import { formatDuration, plural, humanize } from '@/components/format';
import { Page, PageHeader } from '@/components/layout';
import { DataTable, StatusPill } from '@/components/data';
import {
  Button,
  ConfirmDialog,
  CopyId,
  EmptyState,
  KeyValue,
  Panel,
  QueryView,
  SkeletonText,
  TimeAgo,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { actionTypesQuery, catalogKeys, catalogPaths, toolQuery } from '../queries';
import type { Tool } from '../schema';
import { actionTypeColumns } from './columns';
import { ToolDialog } from './tool-dialog';

const auths = { none: 'No secret', bearer: 'Bearer token', header: 'Header' };

/** A system that actions run against, and what can be done there. */
export function ToolPage({ id }: { id: string }) {
  const query = useQuery(toolQuery(id));
  const back = { href: '/catalog?tab=tools', label: 'Tools' };
  return (
    <Page>
      <QueryView
        query={query}
        title="This tool could not be loaded"
        skeleton={
          <>
            <PageHeader title="Tool" back={back} />
            <SkeletonText lines={6} className="py-4" />
          </>
        }
      >
        {(tool) => <Detail tool={tool} back={back} />}
      </QueryView>
    </Page>
  );
}

function Detail({ tool, back }: { tool: Tool; back: { href: string; label: string } }) {
  const client = useQueryClient();
  const types = useInfiniteQuery(actionTypesQuery({ tool: tool.id }));
  const [asking, setAsking] = useState<'edit' | 'retire' | null>(null);
  const retire = useMutation({
    mutationFn: () => api.post<Tool>(catalogPaths.retireTool(tool.id)),
    onSuccess: () => {
      toast.good('Tool retired', tool.name);
      return client.invalidateQueries({ queryKey: catalogKeys.all });
    },
  });
  return (
    <>
      <PageHeader
        title={tool.name}
        back={back}
        actions={
          <>
            <Button icon={Pencil} can={tool.can.update} onClick={() => setAsking('edit')}>
              Edit
            </Button>
            <Button
              icon={Archive}
              variant="danger"
              can={tool.can.retire}
              onClick={() => setAsking('retire')}
            >
              Retire…
            </Button>
          </>
        }
        meta={
          <>
            <StatusPill value={tool.state} />
            {tool.description ? <span>{tool.description}</span> : null}
            <CopyId id={tool.id} />
          </>
        }
      />
      <Panel title="How it is reached">
        <KeyValue
          columns={2}
          items={[
            { label: 'Connector', value: 'HTTP' },
            { label: 'Base URL', value: <span className="mono">{tool.baseUrl}</span> },
            {
              label: 'Called with',
              value:
                tool.auth.type === 'header' ? `Header ${tool.auth.header}` : auths[tool.auth.type],
            },
            {
              label: 'Secret',
              value: tool.secret?.name ?? <span className="text-text-3">none</span>,
            },
            {
              label: 'Environment',
              value: tool.environment ? humanize(tool.environment) : 'Any',
            },
            { label: 'Timeout', value: formatDuration(tool.timeoutMs) },
            { label: 'Changed', value: <TimeAgo at={tool.updatedAt} /> },
          ]}
        />
      </Panel>
      <Panel
        title="Action types"
        note={plural(tool.actionTypes, 'action type')}
        padded={false}
        className="overflow-hidden"
      >
        <DataTable
          id="tool-action-types"
          label="Action types"
          columns={actionTypeColumns.filter((column) => column.id !== 'tool')}
          query={types}
          rowKey={(type) => type.id}
          rowHref={(type) => `/catalog/${type.id}`}
          empty={
            <EmptyState compact icon={ListTree} title="No action types yet">
              Add the operations agents may propose here, in the catalog.
            </EmptyState>
          }
        />
      </Panel>
      <ToolDialog
        tool={tool}
        open={asking === 'edit'}
        onOpenChange={(open) => setAsking(open ? 'edit' : null)}
      />
      <ConfirmDialog
        open={asking === 'retire'}
        onOpenChange={(open) => setAsking(open ? 'retire' : null)}
        title={`Retire ${tool.name}`}
        description="A retired tool runs nothing. It cannot be brought back."
        effects={['is refused while any of its action types is active: retire those first']}
        confirmLabel="Retire"
        typeName={tool.name}
        onConfirm={() => retire.mutateAsync()}
      />
    </>
  );
}
