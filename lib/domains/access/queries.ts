import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type { AgentRoles, EffectivePermissions, Permission, Role, WhoMay } from './schema';

export interface RoleFilters {
  q?: string;
  state?: string;
}

export const accessKeys = {
  all: ['access'] as const,
  roles: (filters: RoleFilters) => ['access', 'roles', filters] as const,
  role: (id: string) => ['access', 'role', id] as const,
  permissions: (role: string) => ['access', 'permissions', role] as const,
  agentRoles: (agent: string) => ['access', 'agent-roles', agent] as const,
  agentPermissions: (agent: string) => ['access', 'agent-permissions', agent] as const,
  whoMay: (actionType: string, may: string) => ['access', 'who-may', actionType, may] as const,
};

export const accessPaths = {
  roles: '/api/roles',
  role: (id: string) => `/api/roles/${id}`,
  retireRole: (id: string) => `/api/roles/${id}/retire`,
  permissions: '/api/permissions',
  permission: (id: string) => `/api/permissions/${id}`,
  agentRoles: (agent: string) => `/api/agents/${agent}/roles`,
  agentRole: (agent: string, role: string) => `/api/agents/${agent}/roles/${role}`,
  agentPermissions: (agent: string) => `/api/agents/${agent}/permissions`,
  whoMay: (actionType: string) => `/api/action-types/${actionType}/agents`,
};

export function rolesQuery(filters: RoleFilters) {
  return infiniteQueryOptions({
    queryKey: accessKeys.roles(filters),
    queryFn: ({ pageParam }) =>
      api.get<Page<Role>>(accessPaths.roles, { ...filters, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

export function roleQuery(id: string) {
  return queryOptions({
    queryKey: accessKeys.role(id),
    queryFn: () => api.get<Role>(accessPaths.role(id)),
  });
}

export function permissionsQuery(role: string) {
  return queryOptions({
    queryKey: accessKeys.permissions(role),
    queryFn: () => api.get<Page<Permission>>(accessPaths.permissions, { role, limit: 200 }),
  });
}

export function agentRolesQuery(agent: string) {
  return queryOptions({
    queryKey: accessKeys.agentRoles(agent),
    queryFn: () => api.get<AgentRoles>(accessPaths.agentRoles(agent)),
  });
}

export function agentPermissionsQuery(agent: string) {
  return queryOptions({
    queryKey: accessKeys.agentPermissions(agent),
    queryFn: () => api.get<EffectivePermissions>(accessPaths.agentPermissions(agent)),
  });
}

export function whoMayQuery(actionType: string, may: string) {
  return infiniteQueryOptions({
    queryKey: accessKeys.whoMay(actionType, may),
    queryFn: ({ pageParam }) =>
      api.get<Page<WhoMay>>(accessPaths.whoMay(actionType), {
        ...(may ? { may } : {}),
        cursor: pageParam,
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}
