export * from './queries';
export * from './schema';
export { ladderTier, tierFloor, type TierFloors } from './tier';
export { AgentPermissions } from './ui/agent-permissions';
export { AgentRoles as AgentRolesPanel } from './ui/agent-roles';
export { RolePage, type RolePageProps } from './ui/role-page';
export { RolesPage } from './ui/roles-page';
