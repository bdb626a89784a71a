import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { clock } from '@/lib/kernel/clock';
import { notFound, unauthenticated } from '@/lib/kernel/problem';

export async function loadPasskey(tx: Tx, id: string) {
  const row = await tx.passkey.findFirst({ where: { id } });
  if (!row) throw notFound('passkey');
  return row;
}
export type PasskeyRow = Awaited<ReturnType<typeof loadPasskey>>;

export function passkeysOf(tx: Tx, member: string): Promise<PasskeyRow[]> {
  return tx.passkey.findMany({
    where: { memberId: member },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
}

export function countPasskeys(tx: Tx, member: string): Promise<number> {
  return tx.passkey.count({ where: { memberId: member } });
}

export function findPasskey(tx: Tx, member: string, credential: string) {
  return tx.passkey.findFirst({ where: { memberId: member, credentialId: credential } });
}

/**
 * Keeps how far a passkey has counted; false when it had counted as far before. Of two requests
 * with one count only one succeeds; authenticators that keep none always say 0.
 */
export async function countUse(tx: Tx, id: string, counter: bigint, backedUp: boolean) {
  const older = counter === 0n ? { equals: 0n } : { lt: counter };
  const used = await tx.passkey.updateMany({
    where: { id, counter: older },
    data: { counter, backedUp, lastUsedAt: clock.now() },
  });
  return used.count === 1;
}

// The session of the request

type Purpose = 'register' | 'step_up';

/** The live session of a browser; undefined for an access token and all but members. */
function ownSession(actor: Actor) {
  if (actor.type !== 'member' || actor.sessionId === undefined) return undefined;
  return {
    ...{ id: actor.sessionId, memberId: actor.id },
    ...{ revokedAt: null, expiresAt: { gt: clock.now() } },
  };
}

const noChallenge = { challenge: null, challengeFor: null, challengeExpiresAt: null };

async function changeSession(tx: Tx, actor: Actor, data: object): Promise<void> {
  const where = ownSession(actor);
  const changed = where && (await tx.memberSession.updateMany({ where, data }));
  if (changed?.count !== 1) throw unauthenticated('The session has ended. Sign in again.');
}

/** Opens a challenge, in the place of one that was open before. */
export function putChallenge(
  tx: Tx,
  actor: Actor,
  opened: { challenge: string; challengeFor: Purpose; challengeExpiresAt: Date },
): Promise<void> {
  return changeSession(tx, actor, opened);
}

/** Takes the open challenge for good: of two requests only one gets it. Undefined without one. */
export async function takeChallenge(
  tx: Tx,
  actor: Actor,
  purpose: Purpose,
): Promise<string | undefined> {
  const session = ownSession(actor);
  if (!session) return undefined;
  const open = { challengeFor: purpose, challengeExpiresAt: { gt: clock.now() } };
  const row = await tx.memberSession.findFirst({ where: { ...session, ...open } });
  if (!row?.challenge) return undefined;
  const { challenge } = row;
  const taken = await tx.memberSession.updateMany({
    where: { ...session, ...open, challenge },
    data: noChallenge,
  });
  return taken.count === 1 ? challenge : undefined;
}

export function dropChallenge(tx: Tx, actor: Actor): Promise<void> {
  return changeSession(tx, actor, noChallenge);
}

export function markSteppedUp(tx: Tx, actor: Actor): Promise<void> {
  return changeSession(tx, actor, { steppedUpAt: clock.now() });
}

/** When the member last proved who they are in this session, and how they signed in. */
export function proofOf(tx: Tx, actor: Actor) {
  const where = ownSession(actor);
  if (!where) return Promise.resolve(null);
  return tx.memberSession.findFirst({
    where,
    select: { method: true, createdAt: true, steppedUpAt: true },
  });
}
