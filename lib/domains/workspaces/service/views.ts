import type { Actor } from '@/lib/kernel/actor';
import { clock } from '@/lib/kernel/clock';
import type { Verdict } from '@/lib/kernel/verdict';
import * as may from '../policy';
import { isNothing, nothing, toConfirm } from '../second-admin';
import type { InvitationRow, loadWorkspace, MemberRow, SessionRow, TokenRow } from '../repo';
import {
  type InvitationView,
  type MemberAbility,
  memberAbility,
  type MemberRole,
  memberRole,
  type MemberView,
  type SessionView,
  type TokenView,
  workspaceSettings,
  type WorkspaceSettings,
  type WorkspaceView,
  tokenScope,
} from '../schema';

type WorkspaceRow = Awaited<ReturnType<typeof loadWorkspace>>;

export function rolesOf(stored: readonly string[]): MemberRole[] {
  return memberRole.array().parse(stored);
}

export function abilitiesOf(stored: readonly string[]): MemberAbility[] {
  return memberAbility.array().parse(stored);
}

/** A verdict as it travels with a record. */
export function viewAbility(verdict: Verdict): { allowed: boolean; reason?: string } {
  return verdict.allowed ? { allowed: true } : { allowed: false, reason: verdict.reason };
}

export function viewWorkspace(row: WorkspaceRow, actor: Actor): WorkspaceView {
  return {
    id: row.id,
    name: row.name,
    demo: row.demo,
    timeZone: row.timeZone,
    settings: workspaceSettings.parse(row.settings),
    createdAt: row.createdAt.toISOString(),
    can: { update: viewAbility(may.mayUpdateWorkspace(actor)) },
  };
}

/** Whether a code of their app is asked for after the password. */
export function hasCodes(row: MemberRow): boolean {
  return row.totpConfirmedAt !== null;
}

/** Whether more than a password is asked for: a code, a passkey, or either where both are on. */
export function hasSecondFactor(row: MemberRow): boolean {
  return hasCodes(row) || row.passkeySignIn;
}

export function viewMember(row: MemberRow, actor: Actor): MemberView {
  const facts = { id: row.id, state: row.state, secondFactor: hasSecondFactor(row) };
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    roles: rolesOf(row.roles),
    abilities: abilitiesOf(row.abilities),
    state: row.state === 'active' ? 'active' : 'disabled',
    secondFactor: facts.secondFactor,
    singleSignOn: row.oidcSubject !== null,
    lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    pending: row.pendingBy === null ? null : { ...pendingOf(row), by: row.pendingBy },
    can: {
      confirm: viewAbility(may.mayConfirmMember(actor, row)),
      reject: viewAbility(may.mayRejectMember(actor, row)),
      update: viewAbility(may.mayUpdateMember(actor, facts)),
      changeRoles: viewAbility(may.mayChangeRoles(actor, facts)),
      changeAbilities: viewAbility(may.mayChangeAbilities(actor, facts)),
      disable: viewAbility(may.mayDisable(actor, facts)),
      enable: viewAbility(may.mayEnable(actor, facts)),
      resetSecondFactor: viewAbility(may.mayResetSecondFactor(actor, facts)),
    },
  };
}

export function pendingOf({ pendingRoles, pendingAbilities }: MemberRow) {
  return { roles: rolesOf(pendingRoles), abilities: abilitiesOf(pendingAbilities) };
}

/** By the workspace's settings as they are now: an invitation from before the rule is under it too. */
export function invitationState(
  row: InvitationRow,
  { secondAdminWidens }: WorkspaceSettings,
): InvitationView['state'] {
  if (row.acceptedAt) return 'accepted';
  if (row.revokedAt) return 'revoked';
  if (row.expiresAt <= clock.now()) return 'expired';
  const guarded = toConfirm(nothing, { roles: row.roles, abilities: [] });
  const waits = secondAdminWidens && row.confirmedBy === null && !isNothing(guarded);
  return waits ? 'unconfirmed' : 'open';
}

export function viewInvitation(
  row: InvitationRow,
  settings: WorkspaceSettings,
  actor: Actor,
): InvitationView {
  const state = invitationState(row, settings);
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    roles: rolesOf(row.roles),
    state,
    invitedBy: row.invitedBy,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    can: {
      confirm: viewAbility(may.mayConfirmInvitation(actor, { ...row, state })),
      revoke: viewAbility(may.mayRevokeInvitation(actor, { state })),
    },
  };
}

export function viewSession(row: SessionRow, actor: Actor): SessionView {
  return {
    id: row.id,
    member: { id: row.memberId, name: row.member.name },
    method: row.method,
    userAgent: row.userAgent,
    address: row.address,
    current: actor.type === 'member' && actor.sessionId === row.id,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    can: { revoke: viewAbility(may.mayRevokeSession(actor, row)) },
  };
}

export function viewToken(row: TokenRow, actor: Actor): TokenView {
  const state = tokenState(row);
  return {
    id: row.id,
    name: row.name,
    scopes: scopesOf(row),
    state,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    can: { revoke: viewAbility(may.mayRevokeToken(actor, { memberId: row.memberId, state })) },
  };
}

/** Who may write may read. */
function scopesOf({ scopes }: TokenRow): TokenView['scopes'] {
  const write = scopes.includes('write');
  return tokenScope.options.filter(
    (scope) => scopes.includes(scope) || (scope === 'read' && write),
  );
}

export function tokenState(row: TokenRow): TokenView['state'] {
  if (row.revokedAt) return 'revoked';
  return row.expiresAt > clock.now() ? 'active' : 'expired';
}
