'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Bot, Plus } from 'lucide-react';
import { humanize } from '@/components/format';
import { useUrlState } from '@/components/hooks';
import { Page, PageHeader } from '@/components/layout';
import { Classification, type Column, DataTable, FilterBar, StatusPill } from '@/components/data';
import { Button, EmptyState, LinkButton, Panel, TimeAgo } from '@/components/ui';
import { rank } from '@/lib/domains/classification';
import { useActor } from '@/lib/domains/workspaces';
import { manageAgents } from '../policy';
import { agentsQuery } from '../queries';
import { environments } from '@/lib/domains/catalog';
import { type Agent, agentStates } from '../schema';
import { NewAgentDialog } from './agent-dialogs';

const columns: Column<Agent>[] = [
  {
    id: 'name',
    header: 'Name',
    fixed: true,
    phone: 'title',
    sortable: true,
    sortValue: (agent) => agent.name,
    cell: (agent) => (
      <>
        <span className="font-medium">{agent.name}</span>
        <span className="note ml-2.5 max-wide:hidden">{agent.purpose}</span>
      </>
    ),
  },
  {
    id: 'state',
    header: 'State',
    width: '120px',
    phone: 'aside',
    sortable: true,
    sortValue: (agent) => agentStates.indexOf(agent.state),
    cell: (agent) => <StatusPill value={agent.state} />,
  },
  {
    id: 'sponsor',
    header: 'Sponsor',
    width: '150px',
    sortable: true,
    sortValue: (agent) => agent.sponsor?.name,
    cell: (agent) => agent.sponsor?.name ?? <span className="text-hold">No sponsor</span>,
  },
  {
    id: 'environment',
    header: 'Environment',
    width: '120px',
    cell: (agent) => humanize(agent.environment),
    sortable: true,
    sortValue: (agent) => agent.environment,
  },
  {
    id: 'clearance',
    header: 'Clearance',
    width: '135px',
    sortable: true,
    sortValue: (agent) => rank(agent.clearance),
    cell: (agent) => <Classification value={agent.clearance} />,
  },
  {
    id: 'model',
    header: 'Model',
    width: '160px',
    cell: (agent) => <span className="text-text-2">{agent.model}</span>,
  },
  {
    id: 'changed',
    header: 'In this state since',
    width: '150px',
    hidden: true,
    phone: 'hide',
    cell: (agent) => <TimeAgo at={agent.stateChangedAt} />,
  },
  {
    id: 'created',
    header: 'Registered',
    width: '120px',
    phone: 'hide',
    sortable: true,
    sortValue: (agent) => agent.createdAt,
    cell: (agent) => <TimeAgo at={agent.createdAt} />,
  },
];

const options = (values: readonly string[]) =>
  values.map((value) => ({ value, label: humanize(value).toLowerCase() }));

/** Those that will never act again stand below the others, page by page, so that no row jumps when more come. */
function retiredLast<T extends { pages: { items: Agent[] }[] }>(data: T): T {
  const below = ({ state }: Agent) => Number(state === 'retired');
  return {
    ...data,
    pages: data.pages.map((page) => ({
      ...page,
      items: page.items.toSorted((a, b) => below(a) - below(b)),
    })),
  };
}

export function AgentsPage() {
  const [url, setUrl] = useUrlState({ q: '', state: '', environment: '', new: '' });
  const filters = {
    ...(url.q ? { q: url.q } : {}),
    ...(url.state ? { state: url.state } : {}),
    ...(url.environment ? { environment: url.environment } : {}),
  };
  const filtered = Object.keys(filters).length > 0;
  const query = useInfiniteQuery({ ...agentsQuery(filters), select: retiredLast });
  const actor = useActor();
  const can = actor && manageAgents(actor);
  const add = (
    <Button variant="primary" icon={Plus} can={can} onClick={() => setUrl({ new: '1' })}>
      New agent
    </Button>
  );
  return (
    <Page>
      <PageHeader
        title="Agents"
        subtitle="Who acts, and who answers for it"
        actions={
          <>
            <LinkButton href="/agents/templates">Templates</LinkButton>
            {add}
          </>
        }
      />
      <FilterBar
        search={{ placeholder: 'Search agents' }}
        filters={[
          { param: 'state', label: 'State', options: options(agentStates) },
          { param: 'environment', label: 'Environment', options: options(environments) },
        ]}
      />
      <Panel padded={false} className="overflow-hidden">
        <DataTable
          id="agents"
          label="Agents"
          columns={columns}
          query={query}
          rowKey={(agent) => agent.id}
          rowHref={(agent) => `/agents/${agent.id}`}
          rowTone={(agent) => (agent.state === 'suspended' ? 'deny' : undefined)}
          empty={
            filtered ? (
              <EmptyState icon={Bot} title="No agent matches">
                Clear a filter, or search for another name.
              </EmptyState>
            ) : (
              <EmptyState icon={Bot} title="No agents yet" action={add}>
                Register the first one: name it, say what it is for and who answers for it.
              </EmptyState>
            )
          }
        />
      </Panel>
      <NewAgentDialog
        open={url.new === '1' && can?.allowed === true}
        onOpenChange={(open) => setUrl({ new: open ? '1' : '' })}
      />
    </Page>
  );
}
