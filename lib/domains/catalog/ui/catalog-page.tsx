'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ListTree, Plus, Wrench } from 'lucide-react';
import type { ReactNode } from 'react';
import { humanize } from '@/components/format';
import { useUrlState } from '@/components/hooks';
import { Page, PageHeader } from '@/components/layout';
import { DataTable, FilterBar, PickFilter } from '@/components/data';
import { Button, EmptyState, Panel, Tabs } from '@/components/ui';
import { useActor } from '@/lib/domains/workspaces';
import { manageCatalog } from '../policy';
import { actionTypesQuery, toolQuery, toolsQuery } from '../queries';
import { effects } from '../schema';
import { ActionTypeDialog } from './action-type-dialog';
import { actionTypeColumns, toolColumns } from './columns';
import { searchAnyTool } from './find';
import { ToolDialog } from './tool-dialog';

const states = [
  { value: 'active', label: 'active' },
  { value: 'retired', label: 'retired' },
];

/** What can be done at all: action types, and the tools they run at. */
export function CatalogPage() {
  const [url, setUrl] = useUrlState({ tab: 'action-types', new: '' });
  const actor = useActor();
  const can = actor && manageCatalog(actor);
  const tools = url.tab === 'tools';
  const close = (open: boolean) => (open ? undefined : setUrl({ new: '' }));
  const add = (
    <Button
      variant="primary"
      icon={Plus}
      can={can}
      onClick={() => setUrl({ new: tools ? 'tool' : 'action-type' })}
    >
      {tools ? 'New tool' : 'New action type'}
    </Button>
  );
  return (
    <Page>
      <PageHeader title="Catalog" subtitle="What can be done at all, and where" actions={add} />
      <Tabs
        label="Catalog"
        tabs={[
          { value: 'action-types', label: 'Action types', content: <ActionTypes add={add} /> },
          { value: 'tools', label: 'Tools', content: <Tools add={add} /> },
        ]}
      />
      <ActionTypeDialog
        open={url.new === 'action-type' && can?.allowed === true}
        onOpenChange={close}
      />
      <ToolDialog open={url.new === 'tool' && can?.allowed === true} onOpenChange={close} />
    </Page>
  );
}

function ActionTypes({ add }: { add: ReactNode }) {
  const [url] = useUrlState({ q: '', state: '', effect: '', tool: '' });
  const filters = Object.fromEntries(Object.entries(url).filter(([, value]) => value !== ''));
  const query = useInfiniteQuery(actionTypesQuery(filters));
  return (
    <div className="grid gap-3.5">
      <FilterBar
        search={{ placeholder: 'Search action types' }}
        filters={[
          {
            param: 'effect',
            label: 'Effect',
            options: effects.map((value) => ({ value, label: humanize(value).toLowerCase() })),
          },
          { param: 'state', label: 'State', options: states },
        ]}
        also={['tool']}
      >
        <ToolFilter />
      </FilterBar>
      <Panel padded={false} className="overflow-hidden">
        <DataTable
          id="action-types"
          label="Action types"
          columns={actionTypeColumns}
          query={query}
          rowKey={(type) => type.id}
          rowHref={(type) => `/catalog/${type.id}`}
          empty={
            Object.keys(filters).length > 0 ? (
              <EmptyState icon={ListTree} title="No action type matches">
                Clear a filter, or search for another name.
              </EmptyState>
            ) : (
              <EmptyState icon={ListTree} title="No action types yet" action={add}>
                Register a tool under “Tools” first, then add the operations agents may propose.
              </EmptyState>
            )
          }
        />
      </Panel>
    </div>
  );
}

function ToolFilter() {
  const [url] = useUrlState({ tool: '' });
  const chosen = useQuery({ ...toolQuery(url.tool), enabled: url.tool !== '' }).data;
  return (
    <PickFilter
      param="tool"
      label="Tool"
      any="Any tool"
      nameOf={() => chosen?.name}
      load={searchAnyTool}
      emptyText="No tool has this name."
    />
  );
}

function Tools({ add }: { add: ReactNode }) {
  const [url] = useUrlState({ q: '', state: '' });
  const filters = Object.fromEntries(Object.entries(url).filter(([, value]) => value !== ''));
  const query = useInfiniteQuery(toolsQuery(filters));
  return (
    <div className="grid gap-3.5">
      <FilterBar
        search={{ placeholder: 'Search tools' }}
        filters={[{ param: 'state', label: 'State', options: states }]}
      />
      <Panel padded={false} className="overflow-hidden">
        <DataTable
          id="tools"
          label="Tools"
          columns={toolColumns}
          query={query}
          rowKey={(tool) => tool.id}
          rowHref={(tool) => `/catalog/tools/${tool.id}`}
          empty={
            Object.keys(filters).length > 0 ? (
              <EmptyState icon={Wrench} title="No tool matches">
                Clear a filter, or search for another name.
              </EmptyState>
            ) : (
              <EmptyState icon={Wrench} title="No tools yet" action={add}>
                A tool is a system that actions run against, such as an order service.
              </EmptyState>
            )
          }
        />
      </Panel>
    </div>
  );
}
