import type { Prisma, Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { afterCreated, containing, decodeCursor, newestFirst } from '@/lib/kernel/page';
import { notFound } from '@/lib/kernel/problem';

// Every read runs in a transaction with its workspace set, so row-level security scopes it.

export async function loadWorkspace(tx: Tx) {
  const row = await tx.workspace.findFirst();
  if (!row) throw notFound('workspace');
  return row;
}

/** The same, kept from changing until the transaction ends; the version of policies waits for it too. */
export async function holdWorkspace(tx: Tx) {
  await tx.$queryRaw`SELECT id FROM workspaces FOR NO KEY UPDATE`;
  return loadWorkspace(tx);
}

export async function loadMember(tx: Tx, id: string) {
  const row = await tx.member.findFirst({ where: { id } });
  if (!row) throw notFound('member');
  return row;
}
/**
 * The same, kept from changing until the transaction ends; with every active admin, for whoever
 * must count them after: all in one order, so that two changes never wait for each other.
 */
export async function lockMember(tx: Tx, id: string, withAdmins = false) {
  await tx.$queryRaw`
    SELECT 1 FROM members
    WHERE id = ${id} OR (${withAdmins} AND state = 'active' AND 'admin' = ANY (roles))
    ORDER BY id FOR NO KEY UPDATE`;
  return loadMember(tx, id);
}
export type MemberRow = Awaited<ReturnType<typeof loadMember>>;

export function findMember(tx: Tx, id: string): Promise<MemberRow | null> {
  return tx.member.findFirst({ where: { id } });
}

export function findBySubject(tx: Tx, subject: string): Promise<MemberRow | null> {
  return tx.member.findFirst({ where: { oidcSubject: subject } });
}

/** Links a single sign-on subject for good; false when the member is another subject already. */
export async function linkSubject(tx: Tx, member: string, subject: string): Promise<boolean> {
  const linked = await tx.member.updateMany({
    where: { id: member, OR: [{ oidcSubject: null }, { oidcSubject: subject }] },
    data: { oidcSubject: subject },
  });
  return linked.count === 1;
}

interface MemberFilter {
  q?: string | undefined;
  role?: string | undefined;
  state?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

export function findMembers(tx: Tx, filter: MemberFilter): Promise<MemberRow[]> {
  const where: Prisma.MemberWhereInput[] = [];
  if (filter.q !== undefined) {
    where.push({
      OR: [{ name: containing(filter.q) }, { email: containing(filter.q) }],
    });
  }
  if (filter.role !== undefined) where.push({ roles: { has: filter.role } });
  if (filter.state !== undefined) where.push({ state: filter.state });
  if (filter.cursor !== undefined) {
    const [name = '', id = ''] = decodeCursor(filter.cursor, 2);
    where.push({ OR: [{ name: { gt: name } }, { name, id: { gt: id } }] });
  }
  return tx.member.findMany({
    where: { AND: where },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: filter.limit + 1,
  });
}

/**
 * How many active admins there are beside one member. Locks them all, so that two changes
 * at once cannot each count on the other's admin.
 */
export async function otherActiveAdmins(tx: Tx, member: string): Promise<number> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM members WHERE state = 'active' AND 'admin' = ANY(roles)
    ORDER BY id FOR NO KEY UPDATE`;
  return rows.filter((row) => row.id !== member).length;
}

/**
 * Gives a member what waits, or drops it (`given` null), if it still is what was loaded; false
 * when it, or what they have, has changed meanwhile.
 */
export async function settlePending(
  tx: Tx,
  { id, roles, abilities, pendingRoles, pendingAbilities, pendingBy }: MemberRow,
  given: { roles: string[]; abilities: string[] } | null,
): Promise<boolean> {
  const settled = await tx.member.updateMany({
    where: {
      id,
      pendingBy,
      roles: { equals: roles },
      abilities: { equals: abilities },
      pendingRoles: { equals: pendingRoles },
      pendingAbilities: { equals: pendingAbilities },
    },
    data: { ...given, pendingRoles: [], pendingAbilities: [], pendingBy: null },
  });
  return settled.count === 1;
}

/** Takes a TOTP step for a member; false when it, or a later one, was taken before. */
export async function takeTotpStep(tx: Tx, member: string, step: number): Promise<boolean> {
  const taken = await tx.member.updateMany({
    where: { id: member, OR: [{ totpLastStep: null }, { totpLastStep: { lt: BigInt(step) } }] },
    data: { totpLastStep: BigInt(step) },
  });
  return taken.count === 1;
}

/** Opens what a passkey must sign to end the member's sign-in, in the place of what was open before. */
export async function putSignInChallenge(
  tx: Tx,
  member: string,
  opened: { challenge: string; until: Date },
): Promise<void> {
  await tx.member.updateMany({
    where: { id: member },
    data: { signInChallenge: opened.challenge, signInChallengeExpiresAt: opened.until },
  });
}

/** Takes it for good: of two requests only one gets it. Undefined without one that is open. */
export async function takeSignInChallenge(tx: Tx, member: string): Promise<string | undefined> {
  const open = { id: member, signInChallengeExpiresAt: { gt: clock.now() } };
  const row = await tx.member.findFirst({ where: open });
  if (!row?.signInChallenge) return undefined;
  const { signInChallenge } = row;
  const taken = await tx.member.updateMany({
    where: { ...open, signInChallenge },
    data: { signInChallenge: null, signInChallengeExpiresAt: null },
  });
  return taken.count === 1 ? signInChallenge : undefined;
}

// Invitations

export async function loadInvitation(tx: Tx, id: string) {
  const row = await tx.invitation.findFirst({ where: { id } });
  if (!row) throw notFound('invitation');
  return row;
}
export type InvitationRow = Awaited<ReturnType<typeof loadInvitation>>;

interface Page {
  cursor?: string | undefined;
  limit: number;
}

export function findInvitations(tx: Tx, page: Page): Promise<InvitationRow[]> {
  return tx.invitation.findMany({
    where: afterCreated(page.cursor),
    orderBy: newestFirst,
    take: page.limit + 1,
  });
}

const open = () => ({ acceptedAt: null, revokedAt: null, expiresAt: { gt: clock.now() } });

/** Ends open invitations of an address, so that at most one link works. */
export async function revokeOpenInvitations(tx: Tx, email: string): Promise<number> {
  const ended = await tx.invitation.updateMany({
    where: { email, ...open() },
    data: { revokedAt: clock.now() },
  });
  return ended.count;
}

/** How many members and, of these roles, open invitations wait for a second admin. */
export async function countUnconfirmed(tx: Tx, roles: readonly string[]): Promise<number> {
  const members = await tx.member.count({ where: { pendingBy: { not: null } } });
  const invitations = await tx.invitation.count({
    where: { confirmedBy: null, roles: { hasSome: [...roles] }, ...open() },
  });
  return members + invitations;
}

/** Confirms an open invitation, once; false when it is not open any more. */
export async function confirmOpen(tx: Tx, id: string, by: string): Promise<boolean> {
  const confirmed = await tx.invitation.updateMany({
    where: { id, confirmedBy: null, ...open() },
    data: { confirmedBy: by },
  });
  return confirmed.count === 1;
}

/** Moves an open invitation to its end; false when it is not open any more. */
export async function closeInvitation(
  tx: Tx,
  id: string,
  how: 'acceptedAt' | 'revokedAt',
): Promise<boolean> {
  const closed = await tx.invitation.updateMany({
    where: { id, ...open() },
    data: { [how]: clock.now() },
  });
  return closed.count === 1;
}

// Sessions

const live = () => ({ revokedAt: null, expiresAt: { gt: clock.now() } });

export async function loadLiveSession(tx: Tx, id: string) {
  const row = await tx.memberSession.findFirst({
    where: { id, ...live() },
    include: { member: true },
  });
  if (!row) throw notFound('session');
  return row;
}
export type SessionRow = Awaited<ReturnType<typeof loadLiveSession>>;

/** Live sessions, of one member or of all. */
export function findLiveSessions(
  tx: Tx,
  page: Page & { member: string | 'everyone' },
): Promise<SessionRow[]> {
  const of = page.member === 'everyone' ? {} : { memberId: page.member };
  return tx.memberSession.findMany({
    where: { AND: [live(), of, afterCreated(page.cursor)] },
    include: { member: true },
    orderBy: newestFirst,
    take: page.limit + 1,
  });
}

export async function endSession(tx: Tx, id: string): Promise<boolean> {
  const ended = await tx.memberSession.updateMany({
    where: { id, ...live() },
    data: { revokedAt: clock.now() },
  });
  return ended.count === 1;
}

/** Ends a member's live sessions except, possibly, one; answers how many. */
export async function endSessionsOf(tx: Tx, member: string, except: string[]): Promise<number> {
  const ended = await tx.memberSession.updateMany({
    where: { memberId: member, id: { notIn: except }, ...live() },
    data: { revokedAt: clock.now() },
  });
  return ended.count;
}

/** Notes that a live session was seen; false when it has ended. */
export async function seeSession(tx: Tx, id: string): Promise<boolean> {
  const seen = await tx.memberSession.updateMany({
    where: { id, ...live(), member: { state: 'active' } },
    data: { lastSeenAt: clock.now() },
  });
  return seen.count === 1;
}

/** What disabling a member would end. */
export async function countLive(
  tx: Tx,
  member: string,
): Promise<{ liveSessions: number; liveTokens: number }> {
  const where = { memberId: member, ...live() };
  return {
    liveSessions: await tx.memberSession.count({ where }),
    liveTokens: await tx.accessToken.count({ where }),
  };
}

// Personal access tokens

export async function loadToken(tx: Tx, id: string) {
  const row = await tx.accessToken.findFirst({ where: { id } });
  if (!row) throw notFound('access token');
  return row;
}
export type TokenRow = Awaited<ReturnType<typeof loadToken>>;

export function findTokens(tx: Tx, member: string, page: Page): Promise<TokenRow[]> {
  return tx.accessToken.findMany({
    where: { AND: [{ memberId: member }, afterCreated(page.cursor)] },
    orderBy: newestFirst,
    take: page.limit + 1,
  });
}

export async function endToken(tx: Tx, id: string): Promise<boolean> {
  const ended = await tx.accessToken.updateMany({
    where: { id, ...live() },
    data: { revokedAt: clock.now() },
  });
  return ended.count === 1;
}

export async function endTokensOf(tx: Tx, member: string): Promise<number> {
  const ended = await tx.accessToken.updateMany({
    where: { memberId: member, ...live() },
    data: { revokedAt: clock.now() },
  });
  return ended.count;
}

/** Notes that a live token was used; false when it has ended. */
export async function seeToken(tx: Tx, id: string): Promise<boolean> {
  const seen = await tx.accessToken.updateMany({
    where: { id, ...live(), member: { state: 'active' } },
    data: { lastUsedAt: clock.now() },
  });
  return seen.count === 1;
}

// Setup

/** Serialises the making of workspaces. */
export async function lockSetup(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('countersign.setup'))`;
}

interface SetupOffer {
  nonce: string;
  /** Whether it makes a workspace beside others. */
  further: boolean;
}

/** Offers the making of a workspace; an offer of the same that still stands stays. */
export async function makeSetupOffer(
  tx: Pick<Tx, '$executeRaw'>,
  { nonce, further, expiresAt }: SetupOffer & { expiresAt: Date },
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO setup_offer AS standing (nonce, further, expires_at)
    VALUES (${nonce}, ${further}, ${expiresAt})
    ON CONFLICT (only_one) DO UPDATE
    SET nonce = EXCLUDED.nonce, further = EXCLUDED.further, expires_at = EXCLUDED.expires_at
    WHERE standing.expires_at <= ${clock.now()} OR standing.further <> EXCLUDED.further`;
}

/** The offer that stands. */
export async function findSetupOffer(tx: Pick<Tx, '$queryRaw'>): Promise<SetupOffer | undefined> {
  const [row] = await tx.$queryRaw<SetupOffer[]>`
    SELECT nonce, further FROM setup_offer WHERE expires_at > ${clock.now()}`;
  return row;
}

/** Takes the offer of this nonce, which then is no more; of any number of takers one has it. */
export async function takeSetupOffer(
  tx: Pick<Tx, '$queryRaw'>,
  nonce: string,
): Promise<SetupOffer | undefined> {
  const [row] = await tx.$queryRaw<SetupOffer[]>`
    DELETE FROM setup_offer WHERE nonce = ${nonce} RETURNING nonce, further`;
  return row;
}

export async function workspaceIds(tx: Pick<Tx, '$queryRaw'>): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM workspace_ids() AS id`;
  return rows.map((row) => row.id);
}

/** Whether there is any workspace yet. */
export async function anyWorkspace(tx: Pick<Tx, '$queryRaw'>): Promise<boolean> {
  return (await workspaceIds(tx)).length > 0;
}

/** Which workspace and member an address belongs to, before anyone is signed in. */
export async function memberByEmail(tx: Pick<Tx, '$queryRaw'>, email: string) {
  const [row] = await tx.$queryRaw<{ workspace_id: string; member_id: string }[]>`
    SELECT workspace_id, member_id FROM member_by_email(${email})`;
  return row && { workspace: row.workspace_id, member: row.member_id };
}

/** Which invitation a token's hash belongs to, before anyone is signed in. */
export async function invitationByTokenHash(tx: Pick<Tx, '$queryRaw'>, hash: string) {
  const [row] = await tx.$queryRaw<{ workspace_id: string; invitation_id: string }[]>`
    SELECT workspace_id, invitation_id FROM invitation_by_token(${hash})`;
  return row && { workspace: row.workspace_id, invitation: row.invitation_id };
}
