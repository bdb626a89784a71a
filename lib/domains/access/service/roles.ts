import { defined } from '@/lib/kernel/defined';
import { newId } from '@/lib/kernel/ids';
import { createdKey, toPage } from '@/lib/kernel/page';
import { pageOf } from '@/lib/kernel/page-input';
import { conflict } from '@/lib/kernel/problem';
import { permitted, query, verb } from '@/lib/kernel/verb';
import { manageAccess, readAccess, roleAbilities } from '../policy';
import { findRoles, loadRole, viewRole } from '../repo';
import { CreateRole, ListRoles, RestoreRole, Role, RoleRef, UpdateRole } from '../schema';

export const listRoles = query({
  name: 'roles.list',
  input: ListRoles,
  output: pageOf(Role),
  permit: readAccess,
  run: async ({ ctx, input, tx }) =>
    toPage(await findRoles(tx, input), input.limit, createdKey, (row) => viewRole(row, ctx.actor)),
});

export const getRole = query({
  name: 'roles.get',
  input: RoleRef,
  output: Role,
  permit: readAccess,
  run: async ({ ctx, input, tx }) => viewRole(await loadRole(tx, input.id), ctx.actor),
});

export const createRole = verb({
  name: 'roles.create',
  input: CreateRole,
  output: Role,
  permit: manageAccess,
  run: async ({ ctx, input, tx, event }) => {
    const id = newId('rol');
    await tx.role.create({ data: { ...input, id, workspaceId: ctx.workspace } });
    event({
      type: 'role.created',
      object: { type: 'role', id },
      data: { before: null, after: input },
    });
    return viewRole(await loadRole(tx, id), ctx.actor);
  },
});

export const updateRole = verb({
  name: 'roles.update',
  input: UpdateRole,
  output: Role,
  permit: manageAccess,
  run: async ({ ctx, input, tx, event }) => {
    const { id, ...changes } = input;
    const before = await loadRole(tx, id);
    permitted(roleAbilities(ctx.actor, before.state).update);
    await tx.role.update({ where: { id }, data: defined(changes) });
    const after = await loadRole(tx, id);
    event({
      type: 'role.updated',
      object: { type: 'role', id },
      data: {
        before: { name: before.name, description: before.description },
        after: { name: after.name, description: after.description },
      },
    });
    return viewRole(after, ctx.actor);
  },
});

/** Ends a role: its permissions grant nothing from now on, and no agent can be put into it. */
export const retireRole = verb({
  name: 'roles.retire',
  input: RoleRef,
  output: Role,
  permit: manageAccess,
  run: async ({ ctx, input, tx, event }) => {
    const before = await loadRole(tx, input.id);
    permitted(roleAbilities(ctx.actor, before.state).retire);
    await tx.role.update({ where: { id: input.id }, data: { state: 'retired' } });
    event({
      type: 'role.retired',
      object: { type: 'role', id: input.id },
      data: {
        name: before.name,
        agents: before._count.agents,
        permissions: before._count.permissions,
      },
    });
    return viewRole(await loadRole(tx, input.id), ctx.actor);
  },
});

/** Brings a retired role back, with what it granted and the agents that are still in it. */
export const restoreRole = verb({
  name: 'roles.restore',
  input: RestoreRole,
  output: Role,
  permit: manageAccess,
  run: async ({ ctx, input, tx, event }) => {
    const { id, description } = input;
    const before = await loadRole(tx, id);
    if (before.state !== 'retired') throw conflict('wrong_state', 'The role is not retired.');
    await tx.role.update({ where: { id }, data: { description, state: 'active' } });
    event({
      type: 'role.restored',
      object: { type: 'role', id },
      data: {
        name: before.name,
        agents: before._count.agents,
        permissions: before._count.permissions,
      },
    });
    return viewRole(await loadRole(tx, id), ctx.actor);
  },
});
