import { z } from 'zod';
import type { Prisma, Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { digest } from '@/lib/kernel/canonical';
import { defined } from '@/lib/kernel/defined';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { invalid, notFound } from '@/lib/kernel/problem';
import { assertSeen } from '@/lib/kernel/seen';
import { query, verb } from '@/lib/kernel/verb';
import { freeApprovers, groupsOf } from '../people';
import { raisesAt } from '../planted/raise';
import { manageApprovals, readApprovals } from '../policy';
import { ApprovalRoutes, ApprovalRouteView, CreateRoute, RouteRef, UpdateRoute } from '../schema';
import { groupsNeededBy, listRoutes, type RouteRow } from './repo';
import { type Manned, warningsOf, warningsWithout } from './warnings';

export const listApprovalRoutes = query({
  name: 'approval_routes.list',
  input: z.strictObject({}),
  output: ApprovalRoutes,
  permit: readApprovals,
  run: async ({ ctx, tx }) => {
    const manned = await mannedOf(tx);
    return {
      items: (await listRoutes(tx)).map((row) => viewRoute(row, manned, ctx.actor)),
      next: null,
      warnings: warningsWithout(manned),
      can: { create: manageApprovals(ctx.actor) },
    };
  },
});

export const getRoute = query({
  name: 'approval_routes.get',
  input: RouteRef,
  output: ApprovalRouteView,
  permit: readApprovals,
  run: async ({ ctx, input, tx }) =>
    viewRoute(await loadRoute(tx, input.id), await mannedOf(tx), ctx.actor),
});

export const createRoute = verb({
  name: 'approval_routes.create',
  input: CreateRoute,
  output: ApprovalRouteView,
  permit: manageApprovals,
  run: async ({ ctx, input, tx, event }) => {
    await assertGroups(tx, input.needs);
    const id = newId('rte');
    const { fits, needs, wait_minutes: waitMinutes, signing, name } = input;
    await tx.approvalRoute.create({
      data: {
        ...{ id, workspaceId: ctx.workspace, name, waitMinutes, signing, position: 1_000_000 },
        ...{ fits: json(fits), needs: json(needs) },
      },
    });
    await place(tx, id, input.position ?? 1_000);
    const after = await loadRoute(tx, id);
    event({
      type: 'approval_route.created',
      object: { type: 'approval_route', id },
      data: { after },
    });
    return viewRoute(after, await mannedOf(tx), ctx.actor);
  },
});

/** Held actions keep what they were held with. */
export const updateRoute = verb({
  name: 'approval_routes.update',
  input: UpdateRoute,
  output: ApprovalRouteView,
  permit: manageApprovals,
  run: async ({ ctx, input, tx, event }) => {
    const { id, digest: seen, position, fits, needs, wait_minutes: waitMinutes, ...fields } = input;
    await tx.$queryRaw`SELECT 1 FROM approval_routes WHERE id = ${id} FOR UPDATE`;
    const before = await loadRoute(tx, id);
    assertSeen(seen, toldBy(before), 'this route');
    if (needs) await assertGroups(tx, needs);
    await tx.approvalRoute.update({
      where: { id },
      data: {
        ...defined({ ...fields, waitMinutes }),
        ...(fits ? { fits: json(fits) } : {}),
        ...(needs ? { needs: json(needs) } : {}),
      },
    });
    if (position !== undefined) await place(tx, id, position);
    const after = await loadRoute(tx, id);
    event({
      type: 'approval_route.changed',
      object: { type: 'approval_route', id },
      data: { before, after },
    });
    return viewRoute(after, await mannedOf(tx), ctx.actor);
  },
});

export const removeRoute = verb({
  name: 'approval_routes.remove',
  input: RouteRef,
  output: z.object({ ok: z.literal(true) }),
  permit: manageApprovals,
  run: async ({ input, tx, event }) => {
    const before = await loadRoute(tx, input.id);
    await tx.approvalRoute.delete({ where: { id: input.id } });
    await renumber(
      tx,
      (await listRoutes(tx)).map(({ id }) => id),
    );
    event({
      type: 'approval_route.removed',
      object: { type: 'approval_route', id: input.id },
      data: { before },
    });
    return { ok: true as const };
  },
});

/** What a change of it is told by: others may be put before it or after it meanwhile. */
const toldBy = ({ name, fits, needs, wait_minutes, signing }: RouteRow) => ({
  ...{ name, fits, needs, wait_minutes, signing },
});

async function loadRoute(tx: Tx, id: string): Promise<RouteRow> {
  const row = (await listRoutes(tx)).find((one) => one.id === id);
  if (!row) throw notFound('approval route');
  return row;
}

/** Puts a route at a place, and the others around it. */
async function place(tx: Tx, id: string, position: number): Promise<void> {
  const others = (await listRoutes(tx)).map((row) => row.id).filter((other) => other !== id);
  others.splice(position, 0, id);
  await renumber(tx, others);
}

async function renumber(tx: Tx, ids: readonly string[]): Promise<void> {
  for (const [position, id] of ids.entries())
    await tx.approvalRoute.update({ where: { id }, data: { position } });
}

async function assertGroups(tx: Tx, needs: RouteRow['needs']): Promise<void> {
  const named = [...groupsNeededBy(needs)];
  const known = await tx.approverGroup.findMany({ where: { id: { in: named } } });
  if (known.length !== named.length)
    throw invalid([{ field: 'needs', message: 'must name groups of this workspace' }]);
}

async function mannedOf(tx: Tx): Promise<Manned> {
  const all = await tx.member.count({ where: { state: 'active', roles: { has: 'approver' } } });
  const raises = await raisesAt(tx, clock.now());
  const free = raises.size === 0 ? all : (await freeApprovers(tx, raises)).length;
  return { all, free, groups: await groupsOf(tx, raises) };
}

function viewRoute(row: RouteRow, manned: Manned, actor: Actor): ApprovalRouteView {
  const can = { update: manageApprovals(actor), remove: manageApprovals(actor) };
  return {
    ...row,
    warnings: warningsOf(row.needs, manned),
    digest: digest(toldBy(row)),
    can,
  };
}

const json = (value: unknown) => value as Prisma.InputJsonValue;
