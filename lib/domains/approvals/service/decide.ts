import type { Signed, Signing } from '@/lib/domains/gateway';
import { executeApproved, quorumOf } from '@/lib/domains/gateway/server';
import type { PasskeyAssertion } from '@/lib/kernel/passkey';
import { requireStepUp, verifyApprovalAssertion } from '@/lib/domains/workspaces/server';
import type { Prisma } from '@/lib/infra/db';
import type { ApprovalEvidence } from '@/lib/kernel/approval-signature';
import { clock } from '@/lib/kernel/clock';
import type { NewEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { maskPii } from '@/lib/kernel/mask';
import { conflict, forbidden } from '@/lib/kernel/problem';
import { type Deed, permitted, verb } from '@/lib/kernel/verb';
import { heldOf, myPlace, type People, peopleOf, signaturesOf, standOf } from '../people';
import { EXTRA } from '../planted/raise';
import { isPlanted, reveal } from '../planted/reveal';
import { breakGlass, decideApprovals, mayBreakGlass, type Place } from '../policy';
import { type ApprovalRow, loadApproval, lockApproval, moveHeld } from '../repo';
import { Approval, Approve, BreakGlass, Reject } from '../schema';
import { verdictOn, viewApproval } from '../view';

interface Decision {
  id: string;
  reason: string;
  display_digest?: string | undefined;
  assertion?: PasskeyAssertion | undefined;
}
type Decided = 'approved' | 'rejected';

/** One person's signature; with the last one that it needs the action runs. */
export const approveAction = verb({
  name: 'approvals.approve',
  input: Approve,
  output: Approval,
  permit: decideApprovals,
  run: async (deed) => {
    const { row, people } = await open(deed);
    permitted(verdictOn(row, people, deed.ctx.actor));
    return sign(deed, row, extraOf(people), myPlace(row, people), 'approved');
  },
});

/** One person's no is enough. */
export const rejectAction = verb({
  name: 'approvals.reject',
  input: Reject,
  output: Approval,
  permit: decideApprovals,
  run: async (deed) => {
    const { row, people } = await open(deed);
    permitted(verdictOn(row, people, deed.ctx.actor));
    return sign(deed, row, 0, myPlace(row, people), 'rejected');
  },
});

/** One person's yes in an emergency, whatever the routes say: marked, announced and reviewed. */
export const breakGlassOn = verb({
  name: 'approvals.break_glass',
  input: BreakGlass,
  output: Approval,
  permit: breakGlass,
  run: async (deed) => {
    const { row, people } = await open(deed);
    permitted(mayBreakGlass(deed.ctx.actor, people.me, heldOf(row, people), people.now));
    return sign(deed, row, 0, { inPlaceOf: people.me.id, places: [] }, 'approved', true);
  },
});

/** The approval while it waits, kept from other signers until this deed has ended. */
export async function open<I extends { id: string }>({ ctx, input, tx }: Deed<I>) {
  const row = await lockApproval(tx, input.id);
  const people = await peopleOf(tx, [row], ctx.actor);
  if (row.action.status !== 'pending') throw alreadyDecided(row.action.status);
  return { row, people };
}

/** How many signatures of others it takes beside one of the reader's. */
function extraOf({ me, raises }: People): number {
  return raises.has(me.id) ? EXTRA : 0;
}

/** Stores the signature, and moves the action on when nothing is missing any more. */
async function sign<I extends Decision>(
  deed: Deed<I>,
  row: ApprovalRow,
  extra: number,
  place: Place | undefined,
  decision: Decided,
  brokeGlass = false,
): Promise<Approval> {
  const { ctx, input, tx, event } = deed;
  const stand = standOf(row);
  const shown = input.display_digest;
  if (!stand || !place || (shown !== undefined && shown !== row.displayDigest)) throw changed();
  const proof = decision === 'approved' ? await proved(deed, row, stand.signed) : session;
  const now = clock.now();
  const signature = {
    id: newId('sgn'),
    workspaceId: ctx.workspace,
    actionId: row.actionId,
    memberId: ctx.actor.id,
    inPlaceOf: place.inPlaceOf,
    decision,
    reason: maskPii(input.reason),
    places: place.places,
    digest: stand.signed.digest,
    displayDigest: stand.signed.displayDigest,
    authMethod: ctx.actor.type === 'member' ? ctx.actor.method : ctx.actor.type,
    ...{ signing: proof.signing, signedAt: now, extra },
  };
  const { assertion } = proof;
  await tx.approvalSignature.create({
    data: {
      ...signature,
      ...(assertion ? { assertion: assertion as unknown as Prisma.InputJsonValue } : {}),
    },
  });
  if (isPlanted(row)) {
    const answer = brokeGlass ? 'broke_glass' : decision;
    for (const said of await reveal(tx, ctx, row, { answer, signature })) event(said);
    return viewAfter(deed, row);
  }
  const signed = await loadApproval(tx, row.actionId);
  const quorum = quorumOf(stand.needs, signaturesOf(signed), stand.signed);
  const { missing, met, extra: beside } = quorum;
  const ends = decision === 'rejected' || brokeGlass || met;
  if (ends) await end(deed, row, signature, brokeGlass);
  if (brokeGlass) event(eventOf(row, 'broke_glass', signature, { now }));
  const type = ends ? decision : 'signed';
  const lacks = ends ? {} : { missing, ...(beside.count > 0 ? { beside: beside.missing } : {}) };
  event(eventOf(row, type, signature, { now, assertion, ...lacks }));
  return viewAfter(deed, row);
}

/** The card as it is after the deed, for who did it. */
export async function viewAfter<I>(
  { ctx, tx }: Pick<Deed<I>, 'ctx' | 'tx'>,
  { actionId }: ApprovalRow,
): Promise<Approval> {
  const after = await loadApproval(tx, actionId);
  return viewApproval(after, await peopleOf(tx, [after], ctx.actor), ctx.actor);
}

/** How a signature was made, and the passkey's assertion where it was one. */
interface Proof {
  signing: Signing;
  assertion?: ApprovalEvidence;
}

const session: Proof = { signing: 'session' };

/** The proof that this approval asks for: a passkey's signature on it, or who they are, afresh. */
async function proved<I extends Decision>(
  { ctx, input, tx }: Deed<I>,
  row: ApprovalRow,
  signed: Signed,
): Promise<Proof> {
  if (input.assertion) {
    const { assertion } = input;
    const evidence = await verifyApprovalAssertion(tx, {
      member: ctx.actor.id,
      ...signed,
      assertion,
    });
    return { signing: 'passkey', assertion: evidence };
  }
  if (row.signing === 'session') return session;
  if (row.signing === 'step_up') {
    await requireStepUp(tx, ctx.actor);
    return { signing: 'step_up' };
  }
  throw forbidden(
    'It is approved with a passkey only. Sign it with one of yours.',
    'passkey_needed',
  );
}

type NewSignature = {
  id: string;
  memberId: string;
  inPlaceOf: string;
  decision: Decided;
  reason: string;
  digest: string;
  displayDigest: string;
  authMethod: string;
  signing: string;
  signedAt: Date;
  extra: number;
};

/** The decision itself: the conditional update lets exactly one of many win. */
async function end<I extends Decision>(
  { ctx, tx, after }: Deed<I>,
  row: ApprovalRow,
  signature: NewSignature,
  brokeGlass: boolean,
): Promise<void> {
  const { decision, signedAt, reason, authMethod, memberId } = signature;
  if (!(await moveHeld(tx, row.action, decision, signedAt))) throw alreadyDecided('decided');
  await tx.approval.update({
    where: { actionId: row.actionId },
    data: { decision, reason, decidedBy: memberId, decidedAt: signedAt, authMethod, brokeGlass },
  });
  if (decision === 'approved' && row.action.askedBy === null)
    after(() => executeApproved.enqueue(ctx.workspace, { action: row.actionId }));
}

function eventOf(
  row: ApprovalRow,
  type: Decided | 'signed' | 'broke_glass',
  signature: NewSignature,
  {
    now,
    missing,
    beside,
    assertion,
  }: {
    now: Date;
    missing?: number[];
    beside?: number;
    assertion?: ApprovalEvidence | undefined;
  },
): NewEvent {
  const { action } = row;
  return {
    type: `approval.${type}`,
    agent: action.agentId,
    session: action.sessionId,
    action: row.actionId,
    object: { type: 'action_type', id: action.type },
    ...(type === 'signed' ? {} : { outcome: signature.decision }),
    tier: action.tier ?? 3,
    ...(action.classification ? { classification: action.classification } : {}),
    policy_version: action.policyVersion,
    digest: signature.digest,
    data: {
      signature: signature.id,
      reason: signature.reason,
      display_digest: signature.displayDigest,
      auth_method: signature.authMethod,
      signing: signature.signing,
      waited_ms: now.getTime() - row.requestedAt.getTime(),
      ...(signature.inPlaceOf === signature.memberId ? {} : { in_place_of: signature.inPlaceOf }),
      ...(row.routeId ? { route: row.routeId } : {}),
      ...(missing ? { missing } : {}),
      ...(beside === undefined ? {} : { beside }),
      ...(signature.extra > 0 ? { extra: signature.extra } : {}),
      ...(assertion ? { assertion } : {}),
    },
  };
}

/** The signature binds to the action and to what was shown; a change in either voids it. */
export function changed() {
  return conflict(
    'changed_since_shown',
    'This action is not what was shown. Reload the card and look again.',
  );
}

function alreadyDecided(status: string) {
  return conflict('already_decided', `This action is ${status} already. Reload to see by whom.`);
}
