import { z } from 'zod';
import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { maskPii } from '@/lib/kernel/mask';
import { invalid, notFound } from '@/lib/kernel/problem';
import { allow, deny } from '@/lib/kernel/verdict';
import { permitted, query, verb } from '@/lib/kernel/verb';
import { decideApprovals, manageApprovals, mayDelegate, readApprovals } from '../policy';
import { CreateDelegation, Delegation, DelegationRef, Delegations } from '../schema';

/** The longest that a place is given away at once. */
const MAX_DAYS = 90;
/** How long one that has ended is still listed. */
const LISTED_DAYS = 30;
const DAY = 86_400_000;

export const listDelegations = query({
  name: 'approval_delegations.list',
  input: z.strictObject({}),
  output: Delegations,
  permit: readApprovals,
  run: async ({ ctx, tx }) => {
    const rows = await tx.approvalDelegation.findMany({
      where: { endsAt: { gt: new Date(clock.now().getTime() - LISTED_DAYS * DAY) } },
      orderBy: [{ startsAt: 'desc' }, { id: 'desc' }],
      take: 200,
    });
    return {
      items: await viewAll(tx, rows, ctx.actor),
      next: null,
      can: { create: decideApprovals(ctx.actor), create_for_others: manageApprovals(ctx.actor) },
    };
  },
});

/** Gives one's place to another approver until a time; whoever is kept from deciding stays kept. */
export const createDelegation = verb({
  name: 'approval_delegations.create',
  input: CreateDelegation,
  output: Delegation,
  permit: (actor) => (decideApprovals(actor).allowed ? allow : manageApprovals(actor)),
  run: async ({ ctx, input, tx, event }) => {
    const now = clock.now();
    const from = input.from ?? ctx.actor.id;
    permitted(mayDelegate(ctx.actor, from));
    const startsAt = input.starts_at ? new Date(input.starts_at) : now;
    const endsAt = new Date(input.ends_at);
    const members = await tx.member.findMany({
      where: { id: { in: [from, input.to] }, state: 'active', roles: { has: 'approver' } },
    });
    const wrong = (field: string, message: string) => invalid([{ field, message }]);
    if (from === input.to) throw wrong('to', 'must be someone else');
    for (const [field, id] of [['from', from] as const, ['to', input.to] as const]) {
      if (!members.some((member) => member.id === id))
        throw wrong(field, 'must be an active approver of this workspace');
    }
    if (endsAt <= startsAt || endsAt <= now) throw wrong('ends_at', 'must be later than it begins');
    if (endsAt.getTime() - startsAt.getTime() > MAX_DAYS * DAY)
      throw wrong('ends_at', `must be at most ${MAX_DAYS} days after it begins`);
    const row = await tx.approvalDelegation.create({
      data: {
        ...{ id: newId('dlg'), workspaceId: ctx.workspace, fromId: from, toId: input.to },
        ...{ reason: maskPii(input.reason), startsAt, endsAt, createdBy: ctx.actor.id },
      },
    });
    event({
      type: 'approval_delegation.created',
      object: { type: 'approval_delegation', id: row.id },
      data: {
        ...{ from, to: input.to, reason: row.reason },
        ...{ starts_at: startsAt.toISOString(), ends_at: endsAt.toISOString() },
      },
    });
    return viewOne(tx, row, ctx.actor);
  },
});

export const endDelegation = verb({
  name: 'approval_delegations.end',
  input: DelegationRef,
  output: Delegation,
  permit: readApprovals,
  run: async ({ ctx, input, tx, event }) => {
    const row = await tx.approvalDelegation.findUnique({ where: { id: input.id } });
    if (!row) throw notFound('delegation');
    const view = await viewOne(tx, row, ctx.actor);
    permitted(view.can.end.allowed ? allow : deny(view.can.end.reason ?? ''));
    const endedAt = clock.now();
    await tx.approvalDelegation.update({ where: { id: row.id }, data: { endedAt } });
    event({
      type: 'approval_delegation.ended',
      object: { type: 'approval_delegation', id: row.id },
      data: { from: row.fromId, to: row.toId },
    });
    return viewOne(tx, { ...row, endedAt }, ctx.actor);
  },
});

type Row = Awaited<ReturnType<Tx['approvalDelegation']['findMany']>>[number];

async function viewOne(tx: Tx, row: Row, actor: Actor): Promise<Delegation> {
  const [view] = await viewAll(tx, [row], actor);
  if (!view) throw notFound('delegation');
  return view;
}

async function viewAll(tx: Tx, rows: readonly Row[], actor: Actor): Promise<Delegation[]> {
  const members = await tx.member.findMany({
    where: { id: { in: rows.flatMap(({ fromId, toId }) => [fromId, toId]) } },
    select: { id: true, name: true },
  });
  const names = new Map(members.map(({ id, name }) => [id, name]));
  const person = (id: string) => ({ id, name: names.get(id) ?? id });
  const now = clock.now();
  return rows.map((row) => {
    const over = row.endedAt !== null || row.endsAt <= now;
    const state = over ? 'ended' : row.startsAt > now ? 'planned' : 'active';
    return {
      ...{ id: row.id, from: person(row.fromId), to: person(row.toId), reason: row.reason, state },
      starts_at: row.startsAt.toISOString(),
      ends_at: row.endsAt.toISOString(),
      ended_at: row.endedAt?.toISOString() ?? null,
      can: { end: over ? deny('It has ended.') : mayDelegate(actor, row.fromId) },
    };
  });
}
