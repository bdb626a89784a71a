'use client';

import { useQuery } from '@tanstack/react-query';
import { Pause, UserRoundX } from 'lucide-react';
import type { ReactNode } from 'react';
import { humanize } from '@/components/format';
import { Page, PageHeader } from '@/components/layout';
import { Classification, StatusPill } from '@/components/data';
import {
  CopyId,
  KeyValue,
  Notice,
  Panel,
  QueryView,
  SkeletonText,
  Tabs,
  TimeAgo,
} from '@/components/ui';
import { agentQuery } from '../queries';
import type { Agent } from '../schema';
import { AgentActions, type AgentStakes } from './agent-actions';

export interface AgentPageProps {
  id: string;
  stakes: AgentStakes;
  /** Other rooms' parts of this page. */
  tabs: { value: string; label: string; count?: ReactNode; content: ReactNode }[];
  /** Beside the facts of the overview. */
  beside?: ReactNode;
}

/** One agent: who it is and who answers for it, with what the other rooms know of it. */
export function AgentPage({ id, stakes, tabs, beside }: AgentPageProps) {
  const query = useQuery(agentQuery(id));
  return (
    <Page>
      <QueryView
        query={query}
        title="This agent could not be loaded"
        skeleton={
          <>
            <PageHeader title="Agent" back={{ href: '/agents', label: 'Agents' }} />
            <SkeletonText lines={8} className="py-4" />
          </>
        }
      >
        {(agent) => (
          <>
            <PageHeader
              title={agent.name}
              back={{ href: '/agents', label: 'Agents' }}
              actions={<AgentActions agent={agent} stakes={stakes} />}
              meta={
                <>
                  <StatusPill value={agent.state} />
                  <span>{humanize(agent.environment)}</span>
                  <Classification value={agent.clearance} />
                  <span>
                    {agent.sponsor ? `answered for by ${agent.sponsor.name}` : 'no sponsor'}
                  </span>
                  <CopyId id={agent.id} />
                </>
              }
            />
            <Warnings agent={agent} />
            <Tabs
              label={`About ${agent.name}`}
              tabs={[
                {
                  value: 'overview',
                  label: 'Overview',
                  content: (
                    <div className="grid items-start gap-3.5 wide:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
                      <Facts agent={agent} />
                      {beside}
                    </div>
                  ),
                },
                ...tabs,
              ]}
            />
          </>
        )}
      </QueryView>
    </Page>
  );
}

function Warnings({ agent }: { agent: Agent }) {
  if (agent.state === 'suspended') {
    return (
      <Notice tone="deny" icon={Pause} title="Suspended: every request is refused">
        {agent.stateReason}
      </Notice>
    );
  }
  if (!agent.sponsor && agent.state !== 'retired') {
    return (
      <Notice tone="hold" icon={UserRoundX} title="Nobody answers for this agent">
        {agent.awaitedSponsor ? `It waits for ${agent.awaitedSponsor}, who is no member yet. ` : ''}
        Edit it and choose a sponsor. Without one it cannot be activated.
      </Notice>
    );
  }
  return null;
}

function Facts({ agent }: { agent: Agent }) {
  return (
    <Panel title="Who it is">
      <KeyValue
        items={[
          { label: 'Purpose', value: agent.purpose },
          {
            label: 'Sponsor',
            value: agent.sponsor?.name ?? <span className="text-hold">No sponsor</span>,
          },
          { label: 'Environment', value: humanize(agent.environment) },
          { label: 'Model', value: agent.model },
          { label: 'Clearance', value: <Classification value={agent.clearance} /> },
          {
            label: 'State',
            value: (
              <>
                {humanize(agent.state)}, <TimeAgo at={agent.stateChangedAt} />
              </>
            ),
            hint: agent.stateReason || undefined,
          },
          { label: 'Registered', value: <TimeAgo at={agent.createdAt} /> },
          { label: 'Last changed', value: <TimeAgo at={agent.updatedAt} /> },
          { label: 'Client id', value: <CopyId id={agent.id} full /> },
        ]}
      />
    </Panel>
  );
}
