/** Workspaces, members and how they sign in: what the browser may use. */
export { type FloorKind, withFloor } from './floors';
export { type BrowserAssertion, signApproval, whyNotHere } from './passkeys/browser';
export { signingOptionsQuery } from './passkeys/queries';
export type { SigningOptions } from './passkeys/schema';
export {
  membersQuery,
  memberQuery,
  meQuery,
  searchApprovers,
  searchMembers,
  workspaceKeys,
  workspaceQuery,
} from './queries';
export {
  type Me,
  type MemberRole,
  memberRoles,
  type MemberView,
  type TierFloors,
  workspaceSettings,
  type WorkspaceSettings,
} from './schema';
export { ConsoleFrame, type ConsoleFrameProps, type NavCounts } from './ui/console-frame';
export { FloorFields } from './ui/floor-fields';
export { InviteForm } from './ui/invite-form';
export { StepUpDialog, type StepUpDialogProps } from './ui/passkeys/step-up-dialog';
export { SettingsPage } from './ui/settings/settings-page';
export { SetupForm } from './ui/setup-form';
export { SignInForm } from './ui/sign-in-form';
export { useActor } from './ui/use-actor';
