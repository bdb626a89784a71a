export { agentAccessApi, permissionsApi, rolesApi } from './api';
export { agentPermissions, agentRoles, grantRole, removeRole } from './service/agents';
export {
  createPermission,
  getPermission,
  listPermissions,
  removePermission,
  updatePermission,
} from './service/permissions';
export { createRole, getRole, listRoles, retireRole, updateRole } from './service/roles';
export { compilePolicySet, EntityStore, EntityUid, recordOf, uidOf } from './cedar';
export { Ladder, type Tier } from './schema';
export { classifyTier, type TierFloors } from './tier';
