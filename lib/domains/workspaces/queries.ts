import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type {
  InvitationView,
  Me,
  MemberDetail,
  MemberView,
  SessionView,
  TokenView,
  WorkspaceView,
} from './schema';

interface Page<T> {
  items: T[];
  next: string | null;
}

/** The first part of each key is the topic that announces a change. */
export const workspaceKeys = {
  workspace: ['workspace'] as const,
  me: ['workspace', 'me'] as const,
  members: ['members'] as const,
};

export const workspacePaths = {
  workspace: '/api/workspace',
  me: '/api/workspace/me',
  singleSignOn: '/api/workspace/single-sign-on',
  setup: '/api/workspace/setup',
  members: '/api/members',
  member: (id: string) => `/api/members/${id}`,
  memberVerb: (
    id: string,
    verb: 'confirm' | 'reject' | 'disable' | 'enable' | 'reset-second-factor',
  ) => `/api/members/${id}/${verb}`,
  password: '/api/members/me/password',
  secondFactor: '/api/members/me/second-factor',
  confirmSecondFactor: '/api/members/me/second-factor/confirm',
  disableSecondFactor: '/api/members/me/second-factor/disable',
  invitations: '/api/invitations',
  invitationOffer: '/api/invitations/offer',
  acceptInvitation: '/api/invitations/accept',
  confirmInvitation: (id: string) => `/api/invitations/${id}/confirm`,
  revokeInvitation: (id: string) => `/api/invitations/${id}/revoke`,
  sessions: '/api/sessions',
  revokeSession: (id: string) => `/api/sessions/${id}/revoke`,
  revokeOtherSessions: '/api/sessions/revoke-others',
  tokens: '/api/tokens',
  token: (id: string) => `/api/tokens/${id}`,
};

export const workspaceQuery = () =>
  queryOptions({
    queryKey: ['workspace', 'one'],
    queryFn: () => api.get<WorkspaceView>(workspacePaths.workspace),
  });

export const meQuery = () =>
  queryOptions({
    queryKey: workspaceKeys.me,
    queryFn: () => api.get<Me>(workspacePaths.me),
  });

export interface SingleSignOn {
  configured: boolean;
  name: string;
  issuer: string | null;
  callbackUrl: string;
}

export const singleSignOnQuery = () =>
  queryOptions({
    queryKey: ['workspace', 'single-sign-on'],
    queryFn: () => api.get<SingleSignOn>(workspacePaths.singleSignOn),
  });

function paged<T>(
  key: readonly unknown[],
  path: string,
  filters: Record<string, string | undefined> = {},
) {
  return infiniteQueryOptions({
    queryKey: [...key, filters],
    queryFn: ({ pageParam }) => api.get<Page<T>>(path, { ...filters, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

export interface MemberFilters {
  [filter: string]: string | undefined;
  q?: string;
  role?: string;
  state?: string;
}

export const membersQuery = (filters: MemberFilters = {}) =>
  paged<MemberView>(['members', 'list'], workspacePaths.members, filters);

export const memberQuery = (id: string) =>
  queryOptions({
    queryKey: ['members', 'one', id],
    queryFn: () => api.get<MemberDetail>(workspacePaths.member(id)),
  });

export const invitationsQuery = () =>
  paged<InvitationView>(['members', 'invitations'], workspacePaths.invitations);

export const sessionsQuery = (of: 'own' | 'all') =>
  paged<SessionView>(['members', 'sessions'], workspacePaths.sessions, { of });

export const tokensQuery = () => paged<TokenView>(['members', 'tokens'], workspacePaths.tokens);

type Found = { value: string; label: string; hint: string };

async function findMembers(q: string, role?: string): Promise<Found[]> {
  const page = await api.get<Page<MemberView>>(workspacePaths.members, {
    ...{ q, role, state: 'active', limit: 20 },
  });
  return page.items.map((member) => ({
    value: member.id,
    label: member.name,
    hint: member.email,
  }));
}

/** Active members for a picker, found by name or address. */
export const searchMembers = (q: string) => findMembers(q);

/** The same of those who are approvers. */
export const searchApprovers = (q: string) => findMembers(q, 'approver');
