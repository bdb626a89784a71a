/** A grant used for one action: the granter's signature, under every rule that holds for their own. */
import { executeApproved, quorumOf } from '@/lib/domains/gateway/server';
import { inWorkspace, type Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { Problem } from '@/lib/kernel/problem';
import { heldOf, type People, peopleOf, signaturesOf, standOf } from '../people';
import { isPlanted } from '../planted/reveal';
import { mayDecide, type Place, placeOf } from '../policy';
import { type ApprovalRow, loadApproval, loadApprovals, lockApproval, moveHeld } from '../repo';
import { fits, mayGrant } from './rules';
import { grantable, type GrantRow, loadGrant, scopeOfGrant, takeUse } from './repo';

/** Undoes the transaction of a use that somebody or the clock was before. */
class Late extends Error {}

/**
 * Approves the action by the grant, in one transaction with the count of its uses; false when
 * the grant or the action does not allow it (any more).
 */
export async function signByGrant(ctx: Context, id: string, action: string): Promise<boolean> {
  try {
    const used = await inWorkspace(ctx.workspace, (tx) => use(ctx, tx, id, action));
    if (used) await executeApproved.enqueue(ctx.workspace, { action });
    return used;
  } catch (error) {
    if (error instanceof Late || (error instanceof Problem && error.status === 404)) return false;
    throw error;
  }
}

async function use(ctx: Context, tx: Tx, id: string, action: string): Promise<boolean> {
  const row = await lockApproval(tx, action);
  const grant = await loadGrant(tx, id);
  const place = (await placesBy(tx, grant, [row])).get(action);
  const stand = standOf(row);
  if (!place || !stand || row.signatures.length > 0) return false;
  const now = clock.now();
  const used = await takeUse(tx, grant.id, now);
  if (used === undefined) return false;
  const signature = {
    ...{ id: newId('sgn'), workspaceId: ctx.workspace, actionId: row.actionId },
    ...{ memberId: grant.grantedBy, inPlaceOf: place.inPlaceOf, places: place.places },
    ...{ decision: 'approved', reason: grant.reason },
    ...{ digest: stand.signed.digest, displayDigest: stand.signed.displayDigest },
    ...{ authMethod: grant.authMethod, signing: 'grant', signedAt: now },
  };
  await tx.approvalSignature.create({ data: signature });
  const signed = await loadApproval(tx, row.actionId);
  if (!quorumOf(stand.needs, signaturesOf(signed), stand.signed).met) throw new Late();
  if (!(await moveHeld(tx, row.action, 'approved', now))) throw new Late();
  await tx.approval.update({
    where: { actionId: row.actionId },
    data: {
      ...{ decision: 'approved', reason: grant.reason, decidedAt: now },
      ...{ decidedBy: grant.grantedBy, authMethod: grant.authMethod },
    },
  });
  await appendEvents(tx, eventsOf(ctx, row, grant, signature, used));
  return true;
}

/** Those of these held actions that the grant may be used for as things stand, in their order. */
export async function usable(tx: Tx, grant: GrantRow, actions: string[]): Promise<string[]> {
  if (actions.length === 0) return [];
  const places = await placesBy(tx, grant, await loadApprovals(tx, actions));
  return actions.filter((action) => places.has(action));
}

/** Where the granter's own signature would count now, by the action; those are left out where it would not. */
async function placesBy(
  tx: Tx,
  grant: GrantRow,
  rows: readonly ApprovalRow[],
): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  const scope = scopeOfGrant(grant);
  const fitting = rows.filter((row) => !isPlanted(row) && fits(scope, grantable(row)));
  const granter = await tx.member.findUnique({ where: { id: grant.grantedBy } });
  if (granter?.state !== 'active' || fitting.length === 0) return places;
  const actor: Actor = {
    type: 'member',
    ...{ id: granter.id, name: granter.name, roles: granter.roles, abilities: [] },
    ...{ method: grant.authMethod, authenticatedAt: grant.createdAt.getTime() },
  };
  const people = await peopleOf(tx, fitting, actor);
  // A grant waits while a signature of its granter would not be enough.
  if (!mayGrant(people).allowed) return places;
  for (const row of fitting) {
    const place = ownPlace(actor, row, people);
    if (place) places.set(row.actionId, place);
  }
  return places;
}

/** The place of the member alone: who stands in for another signs each action by itself. */
export function ownPlace(actor: Actor, row: ApprovalRow, people: People): Place | undefined {
  const held = heldOf(row, people);
  if (!mayDecide(actor, people.me, [], held, people.now).allowed) return undefined;
  return placeOf(people.me, [], held, people.now);
}

function eventsOf(
  ctx: Context,
  row: ApprovalRow,
  grant: GrantRow,
  signature: { id: string; digest: string; displayDigest: string; signedAt: Date },
  used: number,
) {
  const { action } = row;
  const about = {
    ...{ agent: action.agentId, session: action.sessionId, action: row.actionId },
    digest: signature.digest,
  };
  return [
    makeEvent(ctx, {
      type: 'approval.approved',
      ...about,
      object: { type: 'action_type', id: action.type },
      ...{ outcome: 'approved', tier: action.tier ?? 3, policy_version: action.policyVersion },
      ...(action.classification ? { classification: action.classification } : {}),
      data: {
        ...{ signature: signature.id, grant: grant.id, granted_by: grant.grantedBy },
        ...{ reason: grant.reason, display_digest: signature.displayDigest },
        ...{ auth_method: grant.authMethod, signing: 'grant' },
        waited_ms: signature.signedAt.getTime() - row.requestedAt.getTime(),
        ...(row.routeId ? { route: row.routeId } : {}),
      },
    }),
    makeEvent(ctx, {
      type: 'approval_grant.used',
      ...about,
      object: { type: 'approval_grant', id: grant.id },
      data: { used, max_uses: grant.maxUses },
    }),
  ];
}
