/** Workspaces, members and how they sign in: what the browser may use. */
export {
  type Me,
  type MemberRole,
  memberRoles,
  type MemberView,
  workspaceSettings,
  type WorkspaceSettings,
} from './schema';
