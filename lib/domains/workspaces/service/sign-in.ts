import { db, inWorkspace } from '@/lib/infra/db';
import { passwordFits } from '@/lib/infra/password';
import type { Actor } from '@/lib/kernel/actor';
import { clock } from '@/lib/kernel/clock';
import { jobContext } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import type { PasskeyAssertion } from '@/lib/kernel/passkey';
import { verb } from '@/lib/kernel/verb';
import { z } from 'zod';
import { type SecondFactorNeeded, SignInError, type SignInFailure } from '../errors';
import { endsSignIn, openSignIn } from '../passkeys/sign-in';
import { isMember, isSignInJob, SIGN_IN_JOB } from '../policy';
import {
  endSession,
  findBySubject,
  findMember,
  linkSubject,
  memberByEmail,
  type MemberRow,
  workspaceIds,
} from '../repo';
import { codeField, done, memberInput, sessionInput, okay } from '../schema';
import { forgiveSignIn, returnSignIn, takeSignIn } from './attempts';
import type { OidcPerson } from './oidc';
import { codeFits } from './second-factor';
import { hasCodes, hasSecondFactor } from './views';

export const SESSION_SECONDS = 12 * 3_600;

/** Where a sign-in comes from, as its session shows it. */
export interface Origin {
  address: string;
  userAgent: string;
}

export interface SignedIn {
  workspace: string;
  member: string;
  session: string;
}

const begin = verb({
  name: 'sessions.begin',
  input: z.strictObject({ address: z.string(), userAgent: z.string() }),
  output: z.object({ id: z.string() }),
  permit: isMember,
  run: async ({ ctx, input, tx, event }) => {
    const now = clock.now();
    const method = ctx.actor.type === 'member' ? ctx.actor.method : '';
    const session = await tx.memberSession.create({
      data: {
        id: newId('mss'),
        workspaceId: ctx.workspace,
        memberId: ctx.actor.id,
        method,
        address: input.address.slice(0, 100),
        userAgent: input.userAgent.slice(0, 400),
        expiresAt: new Date(now.getTime() + SESSION_SECONDS * 1_000),
      },
    });
    await tx.member.update({ where: { id: ctx.actor.id }, data: { lastSignInAt: now } });
    event({
      type: 'member.signed_in',
      object: { type: 'member_session', id: session.id },
      outcome: 'succeeded',
      data: { method, address: session.address },
    });
    return { id: session.id };
  },
});

const noteFailure = verb({
  name: 'sessions.note_failure',
  input: memberInput.extend({ reason: z.string(), method: z.string(), address: z.string() }),
  output: done,
  permit: isSignInJob,
  run: async ({ input, event }) => {
    event({
      type: 'member.sign_in_failed',
      object: { type: 'member', id: input.id },
      outcome: 'refused',
      data: {
        reason: input.reason,
        method: input.method,
        address: input.address.slice(0, 100),
      },
    });
    return okay;
  },
});

const end = verb({
  name: 'sessions.end',
  input: sessionInput,
  output: done,
  permit: isMember,
  run: async ({ input, tx, event }) => {
    await endSession(tx, input.id);
    event({ type: 'member.signed_out', object: { type: 'member_session', id: input.id } });
    return okay;
  },
});

interface ByPassword extends Origin {
  email: string;
  password: string;
}

interface Attempt extends ByPassword {
  code?: string | undefined;
  assertion?: PasskeyAssertion | undefined;
}

interface Found {
  workspace: string;
  member: string;
}

/** A right password of an active member, whose attempt is counted until it is forgiven or returned. */
interface Proven {
  who: { email: string; address: string };
  found: Found;
  member: MemberRow;
}

/**
 * Signs a member in by password and, where they have one, a second factor. Throws a
 * SignInError; unknown address, wrong password and disabled member read the same.
 */
export async function signInWithPassword(attempt: Attempt): Promise<SignedIn> {
  const proven = await provePassword(attempt);
  const method = hasSecondFactor(proven.member)
    ? await withSecondFactor(proven, attempt)
    : 'password';
  await forgiveSignIn(proven.who);
  return beginSession(proven.found.workspace, proven.member, method, attempt);
}

/**
 * What a passkey has to sign to end a sign-in, for the right password of a member who is asked for
 * one. Throws a SignInError as `signInWithPassword` does, and Problems where passkeys do not work.
 */
export async function offerPasskey(attempt: ByPassword) {
  const { who, found, member } = await provePassword(attempt);
  await returnSignIn(who);
  if (!member.passkeySignIn) throw new SignInError({ code: 'passkey_wrong' });
  return openSignIn(found.workspace, member.id);
}

async function provePassword(attempt: ByPassword): Promise<Proven> {
  const who = { email: attempt.email.trim().toLowerCase(), address: attempt.address };
  // Counted before it is tried, so that attempts at the same time cannot all pass.
  const wait = await takeSignIn(who);
  if (wait > 0) throw new SignInError({ code: 'too_many', seconds: wait });

  const found = await memberByEmail(db(), who.email);
  const member = found && (await loadForSignIn(found));
  const fits = await passwordFits(member?.passwordHash ?? null, attempt.password);
  if (!found || !member) throw new SignInError({ code: 'wrong' });

  const fail = (reason: string) =>
    failed(found, { reason, method: 'password', address: who.address }, { code: 'wrong' });
  if (!fits) return fail('wrong_password');
  if (member.state !== 'active') return fail('disabled');
  return { who, found, member };
}

/** How it was signed in beside the password; where nothing was given, says what is needed. */
async function withSecondFactor(
  { who, found, member }: Proven,
  { code, assertion }: Attempt,
): Promise<'password+passkey' | 'password+totp'> {
  const fail = (reason: string, failure: SignInFailure) =>
    failed(found, { reason, method: 'password', address: who.address }, failure);
  if (assertion && member.passkeySignIn) {
    if (await endsSignIn(found.workspace, member.id, assertion)) return 'password+passkey';
    return fail('wrong_passkey', { code: 'passkey_wrong' });
  }
  const given = code?.trim() ?? '';
  if (given !== '' && hasCodes(member)) {
    const parsed = codeField.safeParse(given);
    const accepted =
      parsed.success &&
      (await inWorkspace(found.workspace, (tx) => codeFits(tx, member, parsed.data)));
    return accepted ? 'password+totp' : fail('wrong_code', { code: 'code_wrong' });
  }
  await returnSignIn(who);
  throw new SignInError({ code: whatIsNeeded(member) });
}

function whatIsNeeded(member: MemberRow): SecondFactorNeeded {
  if (!member.passkeySignIn) return 'code_needed';
  return hasCodes(member) ? 'code_or_passkey_needed' : 'passkey_needed';
}

/**
 * Signs in the active member with the verified address or the linked subject; links them the
 * first time. Nobody becomes a member this way. Throws SignInError no_member.
 */
export async function signInWithOidc(person: OidcPerson, origin: Origin): Promise<SignedIn> {
  const byEmail = person.email === null ? undefined : await memberByEmail(db(), person.email);
  const found = byEmail ?? (await memberBySubject(person.subject));
  const member = found && (await loadForSignIn(found));
  if (!found || !member) throw new SignInError({ code: 'no_member' });
  const fail = (reason: string) =>
    failed(found, { reason, method: 'oidc', address: origin.address }, { code: 'no_member' });
  if (member.state !== 'active') return fail('disabled');
  const linked = await inWorkspace(found.workspace, (tx) =>
    linkSubject(tx, member.id, person.subject),
  );
  if (!linked) return fail('other_subject');
  return beginSession(found.workspace, member, 'oidc', origin);
}

/** Ends the session that a member signs out of; one that has ended already is no error. */
export async function signOut(sessionId: string): Promise<void> {
  const [row] = await db().$queryRaw<{ workspace_id: string; member_id: string; name: string }[]>`
    SELECT workspace_id, member_id, name FROM member_by_session(${sessionId})`;
  if (!row) return;
  const actor = memberActor({ id: row.member_id, name: row.name, roles: [] }, '');
  await end({ workspace: row.workspace_id, actor, requestId: newId('req') }, { id: sessionId });
}

/** For someone whose address changed at the provider: the subject stays. */
async function memberBySubject(subject: string) {
  for (const workspace of await workspaceIds(db())) {
    const member = await inWorkspace(workspace, (tx) => findBySubject(tx, subject));
    if (member) return { workspace, member: member.id };
  }
  return undefined;
}

function loadForSignIn(found: Found) {
  return inWorkspace(found.workspace, (tx) => findMember(tx, found.member), { readOnly: true });
}

async function failed(
  found: Found,
  facts: { reason: string; method: string; address: string },
  failure: SignInFailure,
): Promise<never> {
  await noteFailure(jobContext(found.workspace, SIGN_IN_JOB), { id: found.member, ...facts });
  throw new SignInError(failure);
}

async function beginSession(
  workspace: string,
  member: MemberRow,
  method: string,
  { address, userAgent }: Origin,
): Promise<SignedIn> {
  const ctx = { workspace, actor: memberActor(member, method), requestId: newId('req') };
  const session = await begin(ctx, { address, userAgent });
  return { workspace, member: member.id, session: session.id };
}

function memberActor(
  member: { id: string; name: string; roles: readonly string[] },
  method: string,
): Actor {
  return {
    type: 'member',
    id: member.id,
    name: member.name,
    roles: member.roles,
    // Signing in reads nothing that is protected.
    abilities: [],
    method,
    authenticatedAt: clock.now().getTime(),
  };
}
