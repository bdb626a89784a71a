/** Workspaces, members and how they sign in: what servers and workers use. */
export {
  invitationsApi,
  membersApi,
  passkeysApi,
  sessionsApi,
  stepUpApi,
  tokensApi,
  workspaceApi,
  workspacesApis,
} from './api';
export { stepUpNeeded } from './passkeys/errors';
export { requireStepUp, steppedUp, steppedUpUntil } from './passkeys/fresh';
export { type Signed, verifyApprovalAssertion } from './passkeys/sign';
export { authOptions } from './service/auth-options';
export { acceptInvitation, readInvitation } from './service/invitations';
export { me } from './service/me';
export { offerPasskeySignIn } from './service/offer-passkey';
export { addMember, listMembers, resetSecondFactorOf, unconfirmedPeople } from './service/members';
export { singleSignOnName } from './service/oidc';
export { seen } from './service/sessions';
export { firstAdminLink, newWorkspaceLink, setUp } from './service/setup';
export { createToken } from './service/tokens';
export {
  createWorkspace,
  endSecondAdmin,
  getWorkspace,
  readSettings,
  readTimeZone,
  updateWorkspace,
} from './service/workspace';

// Here too, for processes that must not load the pages behind the browser's door.
export { passkeySignInOffer, signInOfferInput } from './passkeys/schema';
export {
  acceptInvitationInput,
  emailField,
  invitationOffer,
  invitationTokenInput,
  setupInput,
  type TierFloors,
  tierFloors,
  updateWorkspaceInput,
  workspaceSettings,
  type WorkspaceSettings,
} from './schema';
