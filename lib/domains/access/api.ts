import { api, del, get, patch, post } from '@/lib/http/api';
import { agentPermissions, agentRoles, grantRole, removeRole } from './service/agents';
import {
  createPermission,
  getPermission,
  listPermissions,
  removePermission,
  updatePermission,
} from './service/permissions';
import { whoMay } from './service/who-may';
import { createRole, getRole, listRoles, retireRole, updateRole } from './service/roles';

export const rolesApi = api('roles', [
  get('/api/roles', listRoles, { summary: 'Roles, newest first' }),
  post('/api/roles', createRole, { summary: 'Make a role', status: 201 }),
  get('/api/roles/{id}', getRole, { summary: 'One role' }),
  patch('/api/roles/{id}', updateRole, { summary: 'Rename or describe a role' }),
  post('/api/roles/{id}/retire', retireRole, { summary: 'End a role' }),
]);

export const permissionsApi = api('permissions', [
  get('/api/permissions', listPermissions, { summary: 'Permissions, newest first' }),
  post('/api/permissions', createPermission, {
    summary: 'Grant an action type to a role',
    status: 201,
  }),
  get('/api/permissions/{id}', getPermission, { summary: 'One permission' }),
  patch('/api/permissions/{id}', updatePermission, { summary: 'Change tier, ladder or limits' }),
  del('/api/permissions/{id}', removePermission, { summary: 'Take a permission away' }),
]);

/** Under /api/action-types: who may. */
export const whoMayApi = api('action-types', [
  get('/api/action-types/{id}/agents', whoMay, {
    summary: 'Agents that a role grants it, by name, and what stands against each',
  }),
]);

/** Under /api/agents: what an agent may do, and the roles it is in. */
export const agentAccessApi = api('agents', [
  get('/api/agents/{id}/permissions', agentPermissions, {
    summary: 'What an agent may do, and why',
  }),
  get('/api/agents/{id}/roles', agentRoles, { summary: 'Roles that an agent is in' }),
  post('/api/agents/{id}/roles', grantRole, { summary: 'Put an agent into a role', status: 201 }),
  del('/api/agents/{id}/roles/{roleId}', removeRole, { summary: 'Take an agent out of a role' }),
]);
