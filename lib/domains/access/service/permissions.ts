import { z } from 'zod';
import { Prisma } from '@/lib/infra/db';
import { newId } from '@/lib/kernel/ids';
import { createdKey, toPage } from '@/lib/kernel/page';
import { pageOf } from '@/lib/kernel/page-input';
import { assertSeen } from '@/lib/kernel/seen';
import { permitted, query, verb } from '@/lib/kernel/verb';
import { manageAccess, permissionAbilities, readAccess, roleAbilities } from '../policy';
import {
  assertFits,
  findPermissions,
  grantedBy,
  loadPermission,
  loadRole,
  lockPermission,
  permissionFields,
  viewPermission,
} from '../repo';
import {
  CreatePermission,
  ListPermissions,
  Permission,
  PermissionRef,
  UpdatePermission,
} from '../schema';

export const listPermissions = query({
  name: 'permissions.list',
  input: ListPermissions,
  output: pageOf(Permission),
  permit: readAccess,
  run: async ({ ctx, input, tx }) =>
    toPage(await findPermissions(tx, input), input.limit, createdKey, (row) =>
      viewPermission(row, ctx.actor),
    ),
});

export const getPermission = query({
  name: 'permissions.get',
  input: PermissionRef,
  output: Permission,
  permit: readAccess,
  run: async ({ ctx, input, tx }) => viewPermission(await loadPermission(tx, input.id), ctx.actor),
});

export const createPermission = verb({
  name: 'permissions.create',
  input: CreatePermission,
  output: Permission,
  permit: manageAccess,
  run: async ({ ctx, input, tx, event }) => {
    const role = await loadRole(tx, input.roleId);
    permitted(roleAbilities(ctx.actor, role.state).update);
    await assertFits(tx, input);
    const id = newId('prm');
    await tx.permission.create({
      data: {
        ...input,
        id,
        workspaceId: ctx.workspace,
        ladder: input.ladder ?? Prisma.DbNull,
        condition: stored(input.condition),
        limits: stored(input.limits),
        createdBy: ctx.actor.id,
        updatedBy: ctx.actor.id,
      },
    });
    const row = await loadPermission(tx, id);
    event({
      type: 'permission.created',
      object: { type: 'permission', id },
      data: { before: null, after: permissionFields(row) },
    });
    return viewPermission(row, ctx.actor);
  },
});

/** Changes tier, ladder, condition or limits; giving one of tier and ladder takes the other away. */
export const updatePermission = verb({
  name: 'permissions.update',
  input: UpdatePermission,
  output: Permission,
  permit: manageAccess,
  run: async ({ ctx, input, tx, event }) => {
    const row = await lockPermission(tx, input.id);
    const before = viewPermission(row, ctx.actor);
    permitted(permissionAbilities(ctx.actor, row.role.state).update);
    assertSeen(input.digest, grantedBy(row), 'this permission');
    const ladder = input.tier != null ? null : (input.ladder ?? before.ladder);
    const tier = ladder ? null : (input.tier ?? before.tier);
    const limits = input.limits ?? before.limits;
    const condition = input.condition ?? before.condition;
    await assertFits(tx, {
      id: input.id,
      roleId: before.role.id,
      actionTypeId: before.actionType.id,
      ladder,
      limits,
      condition,
    });
    await tx.permission.update({
      where: { id: input.id },
      data: {
        tier,
        ladder: ladder ?? Prisma.DbNull,
        condition: stored(condition),
        limits: stored(limits),
        updatedBy: ctx.actor.id,
        draftedBy: [],
      },
    });
    const after = await loadPermission(tx, input.id);
    event({
      type: 'permission.updated',
      object: { type: 'permission', id: input.id },
      data: { before: permissionFields(row), after: permissionFields(after) },
    });
    return viewPermission(after, ctx.actor);
  },
});

export const removePermission = verb({
  name: 'permissions.remove',
  input: PermissionRef,
  output: z.object({ id: z.string() }),
  permit: manageAccess,
  run: async ({ ctx, input, tx, event }) => {
    const row = await loadPermission(tx, input.id);
    permitted(permissionAbilities(ctx.actor, row.role.state).remove);
    await tx.permission.delete({ where: { id: input.id } });
    event({
      type: 'permission.removed',
      object: { type: 'permission', id: input.id },
      data: { before: permissionFields(row), after: null },
    });
    return { id: input.id };
  },
});

function stored(value: object): Prisma.InputJsonObject {
  return JSON.parse(JSON.stringify(value)) as Prisma.InputJsonObject;
}
