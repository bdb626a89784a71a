import { api, del, get, patch, post } from '@/lib/http/api';
import { passkeysApi, stepUpApi } from './passkeys/api';
import {
  confirmInvitation,
  createInvitation,
  listInvitations,
  revokeInvitation,
} from './service/invitations';
import { getSingleSignOn, me } from './service/me';
import {
  confirmMember,
  disableMember,
  enableMember,
  getMember,
  listMembers,
  rejectMember,
  resetSecondFactor,
  updateMember,
} from './service/members';
import { changePassword } from './service/password';
import {
  beginSecondFactor,
  confirmSecondFactor,
  disableSecondFactor,
} from './service/second-factor';
import { listSessions, revokeOtherSessions, revokeSession } from './service/sessions';
import { createToken, listTokens, revokeToken } from './service/tokens';
import { getWorkspace, updateWorkspace } from './service/workspace';

export const workspaceApi = api('workspace', [
  get('/api/workspace', getWorkspace, { summary: 'The workspace and its settings' }),
  patch('/api/workspace', updateWorkspace, { summary: 'Change the workspace or its settings' }),
  get('/api/workspace/me', me, { summary: 'Who is signed in' }),
  get('/api/workspace/single-sign-on', getSingleSignOn, {
    summary: 'How single sign-on is configured',
  }),
]);

export const membersApi = api('members', [
  get('/api/members', listMembers, { summary: 'Members by name' }),
  post('/api/members/me/password', changePassword, { summary: 'Change your own password' }),
  post('/api/members/me/second-factor', beginSecondFactor, {
    summary: 'Begin to turn your second factor on',
  }),
  post('/api/members/me/second-factor/confirm', confirmSecondFactor, {
    summary: 'Turn your second factor on with a code',
  }),
  post('/api/members/me/second-factor/disable', disableSecondFactor, {
    summary: 'Turn your second factor off with a code',
  }),
  get('/api/members/{id}', getMember, { summary: 'One member' }),
  patch('/api/members/{id}', updateMember, { summary: "Change a member's name or roles" }),
  post('/api/members/{id}/confirm', confirmMember, {
    summary: 'Confirm, as a second admin, what a member is to be given',
  }),
  post('/api/members/{id}/reject', rejectMember, {
    summary: 'Reject what a member was to be given',
  }),
  post('/api/members/{id}/disable', disableMember, {
    summary: 'Disable a member; ends their sessions and tokens',
  }),
  post('/api/members/{id}/enable', enableMember, { summary: 'Enable a disabled member' }),
  post('/api/members/{id}/reset-second-factor', resetSecondFactor, {
    summary: 'Take a lost second factor off a member',
  }),
]);

export const invitationsApi = api('invitations', [
  get('/api/invitations', listInvitations, { summary: 'Invitations, newest first' }),
  post('/api/invitations', createInvitation, {
    summary: 'Invite someone; the link is shown once',
    status: 201,
  }),
  post('/api/invitations/{id}/confirm', confirmInvitation, {
    summary: 'Confirm an invitation as a second admin',
  }),
  post('/api/invitations/{id}/revoke', revokeInvitation, { summary: 'Revoke an open invitation' }),
]);

export const sessionsApi = api('sessions', [
  get('/api/sessions', listSessions, { summary: 'Live sessions in the console' }),
  post('/api/sessions/revoke-others', revokeOtherSessions, { summary: 'End your other sessions' }),
  post('/api/sessions/{id}/revoke', revokeSession, { summary: 'End a session' }),
]);

export const tokensApi = api('tokens', [
  get('/api/tokens', listTokens, { summary: 'Your personal access tokens' }),
  post('/api/tokens', createToken, {
    summary: 'Make a personal access token; it is shown once',
    status: 201,
  }),
  del('/api/tokens/{id}', revokeToken, { summary: 'Revoke a personal access token' }),
]);

export { passkeysApi, stepUpApi };

export const workspacesApis = [
  workspaceApi,
  membersApi,
  invitationsApi,
  sessionsApi,
  tokensApi,
  passkeysApi,
  stepUpApi,
];
