/** Who the rows speak of, and where the reader stands towards them. */
import { Display, Needs, type Need, type Quorum, type Signed } from '@/lib/domains/gateway';
import { quorumOf, signedNow } from '@/lib/domains/gateway/server';
import { formerSponsors, sponsoredSince } from '@/lib/domains/agents/server';
import { readSettings } from '@/lib/domains/workspaces/server';
import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { clock } from '@/lib/kernel/clock';
import { type Raise, raisesAt } from './planted/raise';
import { type HeldAction, type Person, placeOf } from './policy';
import { type ApprovalRow, delegationsAt } from './repo';

export interface Group {
  id: string;
  name: string;
  /** Active members in it who are approvers. */
  approvers: number;
  /** Those of them whose signature takes none beside it. */
  free: string[];
}

export interface People {
  now: Date;
  secondFactor: boolean;
  agents: ReadonlyMap<string, { id: string; name: string; sponsorId: string | null }>;
  /** Who has answered for an agent and no longer does, by agent. */
  sponsoredUntil: ReadonlyMap<string, { memberId: string; until: Date }[]>;
  /** Whether the workspace asks for a second admin. */
  secondAdmin: boolean;
  members: ReadonlyMap<string, { id: string; name: string; email: string }>;
  groups: ReadonlyMap<string, Group>;
  /** Whose signature takes one more beside it. */
  raises: ReadonlyMap<string, Raise>;
  /** Approvers of the workspace whose signature does not; read only where someone's does. */
  free: readonly string[];
  /** Who last changed or drafted a permission or a policy by hand, by the id that an action records. */
  editors: ReadonlyMap<string, string[]>;
  me: Person;
  /** Who has delegated to the reader, and may still approve. */
  others: Person[];
}

export async function peopleOf(
  tx: Tx,
  rows: readonly ApprovalRow[],
  actor: Actor,
): Promise<People> {
  const now = clock.now();
  const { requireSecondFactor, secondAdminWidens } = await readSettings(tx);
  const raises = await raisesAt(tx, now);
  const delegations = await delegationsAt(tx, now, { toId: actor.id });
  const standing = [actor.id, ...delegations.map(({ fromId }) => fromId)];
  const mentioned = rows.flatMap((row) => [
    ...(row.decidedBy ?? []),
    ...row.signatures.flatMap((one) => [one.memberId, one.inPlaceOf]),
    ...row.questions.map((one) => one.askedBy),
    ...(displayIn(row).narrowed?.by ?? []),
  ]);
  const allowedBy = [...new Set(rows.flatMap((row) => row.action.permissions))];
  const agentIds = [...new Set(rows.map((row) => row.action.agentId))];
  const [agents, former, members, groups, memberships, permissions, byHand] = await Promise.all([
    tx.agent.findMany({
      where: { id: { in: agentIds } },
      select: { id: true, name: true, sponsorId: true },
    }),
    formerSponsors(tx, agentIds),
    tx.member.findMany({
      where: { id: { in: [...standing, ...mentioned] } },
      select: { id: true, name: true, email: true, state: true, roles: true },
    }),
    groupsOf(tx, raises),
    tx.approverGroupMember.findMany({ where: { memberId: { in: standing } } }),
    tx.permission.findMany({
      where: { id: { in: allowedBy } },
      select: { id: true, updatedBy: true, draftedBy: true },
    }),
    allowedBy.some((id) => id.startsWith(BY_HAND))
      ? tx.cedarPolicy.findMany({ select: { name: true, updatedBy: true, draftedBy: true } })
      : [],
  ]);
  const known = new Map(members.map((member) => [member.id, member]));
  const person = (id: string): Person => ({
    id,
    email: known.get(id)?.email ?? '',
    groups: new Set(memberships.flatMap((one) => (one.memberId === id ? [one.groupId] : []))),
  });
  const editors = new Map(permissions.map((one) => [one.id, editorsOf(one)]));
  for (const id of allowedBy) {
    const policy = byHand.find(({ name }) => id.startsWith(`${BY_HAND}${name}#`));
    if (policy) editors.set(id, editorsOf(policy));
  }
  return {
    now,
    secondFactor: requireSecondFactor,
    agents: new Map(agents.map((agent) => [agent.id, agent])),
    sponsoredUntil: former,
    secondAdmin: secondAdminWidens,
    members: known,
    groups,
    ...{ raises, editors },
    free: raises.size === 0 ? [] : await freeApprovers(tx, raises),
    me: person(actor.id),
    others: delegations.flatMap(({ fromId }) => {
      const from = known.get(fromId);
      return from?.state === 'active' && from.roles.includes('approver') ? [person(fromId)] : [];
    }),
  };
}

const BY_HAND = 'cedar:';

function editorsOf({ updatedBy, draftedBy }: { updatedBy: string; draftedBy: string[] }): string[] {
  return [updatedBy, ...draftedBy];
}

/** Every group of the workspace with who can sign in it. */
export async function groupsOf(
  tx: Tx,
  raises: ReadonlyMap<string, Raise>,
): Promise<Map<string, Group>> {
  const rows = await tx.$queryRaw<(Omit<Group, 'free'> & { members: string[] })[]>`
    SELECT g.id, g.name, count(m.id)::int AS approvers,
      coalesce(array_agg(m.id) FILTER (WHERE m.id IS NOT NULL), '{}') AS members
    FROM approver_groups g
    LEFT JOIN approver_group_members gm ON gm.group_id = g.id
    LEFT JOIN members m ON m.id = gm.member_id AND m.state = 'active' AND 'approver' = ANY (m.roles)
    GROUP BY g.id, g.name ORDER BY g.name, g.id`;
  return new Map(
    rows.map(({ members, ...row }) => [
      row.id,
      { ...row, free: members.filter((id) => !raises.has(id)) },
    ]),
  );
}

/** Approvers of the workspace whose signature takes none beside it. */
export async function freeApprovers(tx: Tx, raises: ReadonlyMap<string, Raise>): Promise<string[]> {
  const rows = await tx.member.findMany({
    where: { state: 'active', roles: { has: 'approver' }, id: { notIn: [...raises.keys()] } },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

const displays = new WeakMap<ApprovalRow, Display>();

/** What is shown of it, read once a row: it may be a megabyte, and a list has many. */
export function displayIn(row: ApprovalRow): Display {
  const known = displays.get(row);
  if (known) return known;
  const display = Display.parse(row.display);
  displays.set(row, display);
  return display;
}

type Stand = { needs: Need[]; signed: Signed; quorum: Quorum } | undefined;
const stands = new WeakMap<ApprovalRow, { stand: Stand }>();

/**
 * What a signature on this row would be of, and how far the signatures go; undefined when it was
 * tampered with. A row is as it was read, so its digests are made once.
 */
export function standOf(row: ApprovalRow): Stand {
  let known = stands.get(row);
  if (!known) {
    known = { stand: standIn(row) };
    stands.set(row, known);
  }
  return known.stand;
}

function standIn(row: ApprovalRow): Stand {
  const needs = Needs.parse(row.needs);
  const signed = signedNow(proposedOf(row), {
    display: row.display,
    display_digest: row.displayDigest,
    needs,
    narrowed: row.narrowed as Record<string, unknown> | null,
    narrowed_digest: row.narrowedDigest,
  });
  return signed && { needs, signed, quorum: quorumOf(needs, signaturesOf(row), signed) };
}

/** What was proposed, as its digest is of. */
export function proposedOf({ action }: ApprovalRow) {
  return {
    workspace_id: action.workspaceId,
    agent_id: action.agentId,
    session_id: action.sessionId,
    type: action.type,
    parameters: action.parameters as Record<string, unknown>,
    policy_version: action.policyVersion,
    digest: action.digest,
  };
}

export function signaturesOf(row: ApprovalRow) {
  return row.signatures.map((one) => ({
    member_id: one.memberId,
    in_place_of: one.inPlaceOf,
    decision: one.decision,
    places: one.places,
    digest: one.digest,
    display_digest: one.displayDigest,
    extra: one.extra,
  }));
}

/** The row as the rule of policy.ts knows it. */
export function heldOf(row: ApprovalRow, people: People): HeldAction {
  const stand = standOf(row);
  const display = displayIn(row);
  const since = sponsoredSince(row.requestedAt, people.now, people.secondAdmin);
  const current = row.signatures.filter(
    (one) =>
      one.decision === 'approved' &&
      one.digest === stand?.signed.digest &&
      one.displayDigest === stand.signed.displayDigest,
  );
  return {
    status: row.action.status,
    requestedAt: row.requestedAt,
    expiresAt: row.expiresAt,
    needs: Needs.parse(row.needs),
    groups: people.groups,
    sponsors: new Set(
      [
        display.agent.sponsor_id,
        people.agents.get(row.action.agentId)?.sponsorId,
        ...(people.sponsoredUntil.get(row.action.agentId) ?? []).map(({ memberId, until }) =>
          until > since ? memberId : null,
        ),
      ].filter((id) => typeof id === 'string'),
    ),
    initiator: display.session.initiator,
    editors: new Set([
      ...row.editors,
      ...row.action.permissions.flatMap((id) => people.editors.get(id) ?? []),
    ]),
    signed: new Set(current.flatMap((one) => [one.memberId, one.inPlaceOf])),
    missing: stand?.quorum.missing.reduce((sum, count) => sum + count, 0) ?? 0,
    beside: stand?.quorum.extra.missing ?? 0,
    raises: people.raises,
    free: people.free,
    secondFactor: people.secondFactor,
  };
}

/** Where the reader's signature would count; undefined where it would not. */
export function myPlace(row: ApprovalRow, people: People) {
  return placeOf(people.me, people.others, heldOf(row, people), people.now);
}
