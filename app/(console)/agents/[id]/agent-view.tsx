'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import {
  AgentPermissions,
  agentPermissionsQuery,
  AgentRolesPanel,
  agentRolesQuery,
} from '@/lib/domains/access';
import { AgentPage, agentQuery } from '@/lib/domains/agents';
import { approvalsQuery } from '@/lib/domains/approvals';
import { CredentialsPanel, useLiveCredentials } from '@/lib/domains/identity';
import type { Verdict } from '@/lib/kernel/verdict';
import { AgentActivity } from './agent-activity';

/** An agent's page: who it is from its own room, and what the other rooms know of it. */
export function AgentView({ id, trail }: { id: string; trail: Verdict }) {
  const agent = useQuery(agentQuery(id)).data;
  const permissions = useQuery(agentPermissionsQuery(id)).data?.items;
  const roles = useQuery(agentRolesQuery(id)).data?.items;
  const credentials = useLiveCredentials(id).rows;
  const held = useInfiniteQuery(
    approvalsQuery({ status: 'pending', agent: id }),
  ).data?.pages.flatMap((page) => page.items);
  const name = agent?.name ?? 'the agent';
  return (
    <AgentPage
      id={id}
      stakes={{ credentials: credentials?.length, held: held?.length }}
      beside={<AgentActivity agent={id} can={trail} limit={8} brief />}
      tabs={[
        {
          value: 'permissions',
          label: 'Permissions',
          count: permissions?.length,
          content: <AgentPermissions agent={id} />,
        },
        {
          value: 'roles',
          label: 'Roles',
          count: roles?.length,
          content: <AgentRolesPanel agent={id} name={name} />,
        },
        {
          value: 'credentials',
          label: 'Credentials',
          count: credentials?.length,
          content: (
            <CredentialsPanel
              agent={id}
              name={name}
              closed={agent?.state === 'retired' ? 'A retired agent gets no credentials.' : null}
            />
          ),
        },
        {
          value: 'activity',
          label: 'Activity',
          content: <AgentActivity agent={id} can={trail} limit={20} />,
        },
      ]}
    />
  );
}
