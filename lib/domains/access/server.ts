export { agentAccessApi, permissionsApi, rolesApi } from './api';
export { campaignsApi } from './campaigns/api';
export { campaignJobs } from './campaigns/jobs';
export { agentPermissions, agentRoles, grantRole, removeRole } from './service/agents';
export {
  createPermission,
  getPermission,
  listPermissions,
  removePermission,
  updatePermission,
} from './service/permissions';
export { createRole, getRole, listRoles, retireRole, updateRole } from './service/roles';
export { Ladder, type Tier } from './schema';
export { classifyTier, type TierFloors } from './tier';
