import { type Actor, withAnyRole } from '@/lib/kernel/actor';
import { all, allow, deny, type Verdict } from '@/lib/kernel/verdict';

/** The jobs that may make a workspace or add members without an invitation. */
export const SETUP_JOB = 'console.setup';
export const DEMO_JOB = 'demo.seed';
/** The job that acts where nobody is signed in yet. */
export const SIGN_IN_JOB = 'console.sign_in';

interface MemberFacts {
  id: string;
  state: string;
  secondFactor: boolean;
}

/** Anyone with a role in the workspace, and the jobs that work on it. */
export function mayRead(actor: Actor): Verdict {
  if (actor.type === 'job') return allow;
  return withAnyRole(actor, 'Only members can see this.');
}

export function mayAdminister(actor: Actor): Verdict {
  if (actor.type === 'member' && actor.roles.includes('admin')) return allow;
  return deny('Only an admin can do this. Ask one of yours.');
}

export function maySeed(actor: Actor): Verdict {
  return isJob(actor, DEMO_JOB) ? allow : deny('Members join by invitation.');
}

export function mayCreateWorkspace(actor: Actor): Verdict {
  return isJob(actor, SETUP_JOB, DEMO_JOB) ? allow : deny('Workspaces are made at setup.');
}

export function mayUpdateWorkspace(actor: Actor): Verdict {
  return isJob(actor, DEMO_JOB) ? allow : mayAdminister(actor);
}

/** Two admins end it by a draft; when there are no two, whoever has the master key does. */
export function mayEndSecondAdmin(actor: Actor): Verdict {
  return isJob(actor, SETUP_JOB)
    ? allow
    : deny('Ending that a second admin is asked for takes a draft of policies.');
}

export function isSignInJob(actor: Actor): Verdict {
  return isJob(actor, SIGN_IN_JOB) ? allow : deny('Only signing in does this.');
}

/** Any member, whatever their roles: their own profile, sessions and sign-in. */
export function isMember(actor: Actor): Verdict {
  return actor.type === 'member' ? allow : deny('Only a member can do this.');
}

/** What must not be in reach of a leaked access token: only a browser session may. */
export function isInBrowser(actor: Actor): Verdict {
  if (actor.type === 'member' && actor.sessionId !== undefined) return allow;
  return deny('Sign in to the console to do this; an access token cannot.');
}

export function mayUpdateMember(actor: Actor, member: MemberFacts): Verdict {
  return isSelf(actor, member) ? allow : mayAdminister(actor);
}

export function mayChangeRoles(actor: Actor, member: MemberFacts): Verdict {
  return all(
    mayAdminister(actor),
    isSelf(actor, member) ? deny('Nobody changes their own roles. Ask another admin.') : allow,
  );
}

/** Who gives the right to read protected payloads does not give it to themselves. */
export function mayChangeAbilities(actor: Actor, member: MemberFacts): Verdict {
  return all(
    mayAdminister(actor),
    isSelf(actor, member)
      ? deny('Nobody gives themselves the right to read protected payloads. Ask another admin.')
      : allow,
  );
}

export function mayDisable(actor: Actor, member: MemberFacts): Verdict {
  return all(
    mayAdminister(actor),
    isSelf(actor, member) ? deny('Nobody disables themselves. Ask another admin.') : allow,
    member.state === 'active' ? allow : deny('This member is already disabled.'),
  );
}

export function mayEnable(actor: Actor, member: MemberFacts): Verdict {
  return all(
    mayAdminister(actor),
    member.state === 'disabled' ? allow : deny('This member is already active.'),
  );
}

/** An admin, or whoever has the master key where no other admin is left. */
export function mayResetAnySecondFactor(actor: Actor): Verdict {
  return isJob(actor, SETUP_JOB) ? allow : mayAdminister(actor);
}

export function mayResetSecondFactor(actor: Actor, member: MemberFacts): Verdict {
  return all(
    mayResetAnySecondFactor(actor),
    isSelf(actor, member) ? deny('Turn your own second factor off under Security.') : allow,
    member.secondFactor ? allow : deny('This member has no second factor.'),
  );
}

/** A second admin is a person at the console: an access token, which may be the first one's, is not. */
function mayBeSecond(actor: Actor): Verdict {
  return all(mayAdminister(actor), isInBrowser(actor));
}

/** Gives a member what another admin asked for. */
export function mayConfirmMember(
  actor: Actor,
  member: { id: string; pendingBy: string | null },
): Verdict {
  return all(
    mayBeSecond(actor),
    waits(member),
    member.pendingBy === actor.id
      ? deny(
          'You asked for it; another admin confirms it. Where no second admin is asked for any more, give it under Edit.',
        )
      : allow,
    isSelf(actor, member) ? deny('Nobody confirms their own roles. Ask another admin.') : allow,
  );
}

/** Drops what waits; whoever asked for it may too. */
export function mayRejectMember(actor: Actor, member: { pendingBy: string | null }): Verdict {
  return all(mayAdminister(actor), waits(member));
}

function waits({ pendingBy }: { pendingBy: string | null }): Verdict {
  return pendingBy === null ? deny('Nothing waits to be confirmed.') : allow;
}

export function mayConfirmInvitation(
  actor: Actor,
  invitation: { state: string; invitedBy: string | null },
): Verdict {
  return all(
    mayBeSecond(actor),
    invitation.state === 'unconfirmed'
      ? allow
      : deny('This invitation does not wait for a second admin.'),
    invitation.invitedBy === actor.id
      ? deny('You invited them; another admin confirms it.')
      : allow,
  );
}

export function mayRevokeInvitation(actor: Actor, invitation: { state: string }): Verdict {
  return all(
    mayAdminister(actor),
    ['open', 'unconfirmed'].includes(invitation.state)
      ? allow
      : deny(`This invitation is ${invitation.state}.`),
  );
}

export function mayRevokeSession(actor: Actor, session: { memberId: string }): Verdict {
  return isSelf(actor, { id: session.memberId }) ? allow : mayAdminister(actor);
}

export function mayRevokeToken(actor: Actor, token: { memberId: string; state: string }): Verdict {
  return all(
    isSelf(actor, { id: token.memberId }) ? allow : mayAdminister(actor),
    token.state === 'active' ? allow : deny(`This token is ${token.state}.`),
  );
}

/** Nobody else renames or removes a member's passkeys, and no access token does. */
export function mayManagePasskey(actor: Actor, passkey: { memberId: string }): Verdict {
  return all(
    isInBrowser(actor),
    isSelf(actor, { id: passkey.memberId }) ? allow : deny('This passkey is another member’s.'),
  );
}

function isSelf(actor: Actor, member: { id: string }): boolean {
  return actor.type === 'member' && actor.id === member.id;
}

function isJob(actor: Actor, ...ids: string[]): boolean {
  return actor.type === 'job' && ids.includes(actor.id);
}
