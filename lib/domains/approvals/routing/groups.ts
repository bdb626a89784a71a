import type { Tx } from '@/lib/infra/db';
import { withPlanted } from '@/lib/infra/planted';
import type { Actor } from '@/lib/kernel/actor';
import { digest } from '@/lib/kernel/canonical';
import { defined } from '@/lib/kernel/defined';
import { newId } from '@/lib/kernel/ids';
import { conflict, invalid, notFound } from '@/lib/kernel/problem';
import { assertSeen } from '@/lib/kernel/seen';
import { all, allow, deny } from '@/lib/kernel/verdict';
import { permitted, query, verb } from '@/lib/kernel/verb';
import { clock } from '@/lib/kernel/clock';
import { z } from 'zod';
import { manageApprovals, readApprovals } from '../policy';
import { delegationsAt } from '../repo';
import { ApproverGroup, ApproverGroups, CreateGroup, GroupRef, UpdateGroup } from '../schema';
import { groupsNeededBy, listRoutes } from './repo';

export const listGroups = query({
  name: 'approver_groups.list',
  input: z.strictObject({}),
  output: ApproverGroups,
  permit: readApprovals,
  run: async ({ ctx, tx }) => ({
    items: await viewGroups(tx, ctx.actor),
    next: null,
    can: { create: manageApprovals(ctx.actor) },
  }),
});

export const getGroup = query({
  name: 'approver_groups.get',
  input: GroupRef,
  output: ApproverGroup,
  permit: readApprovals,
  run: ({ ctx, input, tx }) => viewGroup(tx, input.id, ctx.actor),
});

export const createGroup = verb({
  name: 'approver_groups.create',
  input: CreateGroup,
  output: ApproverGroup,
  permit: manageApprovals,
  run: async ({ ctx, input, tx, event }) => {
    const { members, ...fields } = input;
    await assertFree(tx, input.name);
    const id = newId('grp');
    await tx.approverGroup.create({ data: { id, workspaceId: ctx.workspace, ...fields } });
    await setMembers(tx, ctx.workspace, id, members);
    event({
      type: 'approver_group.created',
      object: { type: 'approver_group', id },
      data: { after: { ...fields, members } },
    });
    return viewGroup(tx, id, ctx.actor);
  },
});

export const updateGroup = verb({
  name: 'approver_groups.update',
  input: UpdateGroup,
  output: ApproverGroup,
  permit: manageApprovals,
  run: async ({ ctx, input, tx, event }) => {
    const { id, digest: seen, members, ...fields } = input;
    await tx.$queryRaw`SELECT 1 FROM approver_groups WHERE id = ${id} FOR UPDATE`;
    const before = await loadGroup(tx, id);
    assertSeen(seen, recorded(before), 'this group');
    if (fields.name !== undefined && fields.name !== before.name) await assertFree(tx, fields.name);
    await tx.approverGroup.update({ where: { id }, data: defined(fields) });
    if (members) await setMembers(tx, ctx.workspace, id, members);
    const after = await loadGroup(tx, id);
    event({
      type: 'approver_group.changed',
      object: { type: 'approver_group', id },
      data: { before: recorded(before), after: recorded(after) },
    });
    return viewGroup(tx, id, ctx.actor);
  },
});

/** Removes a group that no route and no waiting action needs. */
export const removeGroup = verb({
  name: 'approver_groups.remove',
  input: GroupRef,
  output: z.object({ ok: z.literal(true) }),
  permit: manageApprovals,
  run: async ({ ctx, input, tx, event }) => {
    const before = await loadGroup(tx, input.id);
    const view = await viewGroup(tx, input.id, ctx.actor);
    permitted(view.can.remove.allowed ? allow : deny(view.can.remove.reason ?? 'It is needed.'));
    await tx.approverGroup.delete({ where: { id: input.id } });
    event({
      type: 'approver_group.removed',
      object: { type: 'approver_group', id: input.id },
      data: { before: recorded(before) },
    });
    return { ok: true as const };
  },
});

async function loadGroup(tx: Tx, id: string) {
  const row = await tx.approverGroup.findUnique({ where: { id }, include: { members: true } });
  if (!row) throw notFound('group of approvers');
  return row;
}

type GroupRow = Pick<Awaited<ReturnType<typeof loadGroup>>, 'name' | 'description' | 'members'>;

/** What a change of a group changes, as it is told by and recorded. */
const recorded = ({ name, description, members }: GroupRow) => ({
  ...{ name, description },
  members: members.map(({ memberId }) => memberId).sort(),
});

async function assertFree(tx: Tx, name: string): Promise<void> {
  const taken = await tx.approverGroup.findFirst({ where: { name } });
  if (taken) throw conflict('name_taken', 'Another group has this name. Choose another.');
}

async function setMembers(tx: Tx, workspaceId: string, groupId: string, ids: readonly string[]) {
  const known = await tx.member.findMany({ where: { id: { in: [...ids] } }, select: { id: true } });
  if (known.length !== ids.length) {
    throw invalid([{ field: 'members', message: 'must be members of this workspace' }]);
  }
  await tx.approverGroupMember.deleteMany({ where: { groupId } });
  await tx.approverGroupMember.createMany({
    data: ids.map((memberId) => ({ groupId, workspaceId, memberId })),
  });
}

async function viewGroup(tx: Tx, id: string, actor: Actor): Promise<ApproverGroup> {
  const found = (await viewGroups(tx, actor)).find((group) => group.id === id);
  if (!found) throw notFound('group of approvers');
  return found;
}

async function viewGroups(tx: Tx, actor: Actor): Promise<ApproverGroup[]> {
  const [rows, routes, awaited, delegations] = [
    await tx.approverGroup.findMany({ include: { members: true }, orderBy: { name: 'asc' } }),
    await listRoutes(tx),
    await awaitedGroups(tx),
    await delegationsAt(tx, clock.now(), {}),
  ];
  const members = await tx.member.findMany({
    where: {
      id: {
        in: [
          ...rows.flatMap((row) => row.members.map(({ memberId }) => memberId)),
          ...delegations.map(({ toId }) => toId),
        ],
      },
    },
    select: { id: true, name: true, state: true, roles: true },
    orderBy: { name: 'asc' },
  });
  return rows.map((row) => {
    const own = new Set(row.members.map(({ memberId }) => memberId));
    const needing = routes.filter((route) => groupsNeededBy(route.needs).has(row.id));
    return {
      ...{ id: row.id, name: row.name, description: row.description },
      members: members
        .filter(({ id }) => own.has(id))
        .map(({ id, name, state, roles }) => {
          const away = delegations.find(({ fromId }) => fromId === id);
          const deputy = members.find((one) => one.id === away?.toId);
          return {
            ...{ id, name, approves: state === 'active' && roles.includes('approver') },
            away: deputy ? { id: deputy.id, name: deputy.name } : null,
          };
        }),
      routes: needing.map(({ name }) => name),
      digest: digest(recorded(row)),
      can: {
        update: manageApprovals(actor),
        remove: all(
          manageApprovals(actor),
          needing.length > 0 ? deny(`The route ${needing[0]?.name} needs it.`) : allow,
          awaited.has(row.id) ? deny('Held actions wait for it. Decide them first.') : allow,
        ),
      },
    };
  });
}

/** Groups that actions wait for now. */
async function awaitedGroups(tx: Tx): Promise<Set<string>> {
  const rows = await withPlanted(
    tx,
    () => tx.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT g.id FROM approvals p
    JOIN actions a ON a.id = p.action_id AND a.status = 'pending'
    CROSS JOIN LATERAL (
      SELECT n->>'group' AS id FROM jsonb_array_elements(p.needs) n
      UNION ALL
      SELECT e->>'group' FROM jsonb_array_elements(p.needs) n, jsonb_array_elements(n->'escalation') e
    ) g WHERE g.id IS NOT NULL`,
  );
  return new Set(rows.map(({ id }) => id));
}
