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
export { Ladder, type Tier } from './schema';
export { classifyTier, type TierFloors } from './tier';
export {
  type Attribute,
  type AttributeType,
  Condition,
  conditionWords,
  isOther,
  resolveTypes,
  type SimpleClause,
  type Time,
  type Types,
  weekdays,
} from './condition';
export { scaled, scaledThreshold } from './scale';
