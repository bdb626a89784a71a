import type { z } from 'zod';
import { ParametersSchema } from '@/lib/domains/catalog/server';
import { effectiveOfType, linkedData } from '@/lib/domains/classification/server';
import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { afterCreated, newestFirst } from '@/lib/kernel/page';
import { invalid, notFound } from '@/lib/kernel/problem';
import { permissionAbilities, roleAbilities } from './policy';
import {
  Ladder,
  Limits,
  type ListPermissions,
  type ListRoles,
  type Permission,
  type Role,
} from './schema';

const roleParts = { _count: { select: { permissions: true, agents: true } } };
const permissionParts = {
  role: { select: { id: true, name: true, state: true } },
  actionType: { include: { data: linkedData } },
};

export type RoleRow = Awaited<ReturnType<typeof loadRole>>;
export type PermissionRow = Awaited<ReturnType<typeof loadPermission>>;

export async function loadRole(tx: Tx, id: string) {
  const row = await tx.role.findUnique({ where: { id }, include: roleParts });
  if (!row) throw notFound('role');
  return row;
}

export async function loadPermission(tx: Tx, id: string) {
  const row = await tx.permission.findUnique({ where: { id }, include: permissionParts });
  if (!row) throw notFound('permission');
  return row;
}

export async function loadAgentOf(tx: Tx, id: string) {
  const row = await tx.agent.findUnique({ where: { id } });
  if (!row) throw notFound('agent');
  return row;
}

export function findRoles(tx: Tx, input: z.output<typeof ListRoles>) {
  const like = input.q ? { contains: input.q, mode: 'insensitive' as const } : undefined;
  return tx.role.findMany({
    where: {
      AND: [
        afterCreated(input.cursor),
        like ? { OR: [{ name: like }, { description: like }] } : {},
        input.state ? { state: input.state } : {},
        input.agent ? { agents: { some: { agentId: input.agent } } } : {},
      ],
    },
    include: roleParts,
    orderBy: newestFirst,
    take: input.limit + 1,
  });
}

export function findPermissions(tx: Tx, input: z.output<typeof ListPermissions>) {
  return tx.permission.findMany({
    where: {
      AND: [
        afterCreated(input.cursor),
        input.role ? { roleId: input.role } : {},
        input.actionType ? { actionTypeId: input.actionType } : {},
      ],
    },
    include: permissionParts,
    orderBy: newestFirst,
    take: input.limit + 1,
  });
}

/** Roles that an agent is in, with what each grants. */
export function findGrants(tx: Tx, agentId: string) {
  return tx.agentRole.findMany({
    where: { agentId },
    include: { role: { include: { permissions: { include: permissionParts } } } },
    orderBy: [{ createdAt: 'asc' }, { roleId: 'asc' }],
  });
}

/** A ladder or an amount a day needs a required numeric parameter to go by. */
export async function assertNumeric(
  tx: Tx,
  actionTypeId: string,
  ladder: Ladder | null,
  limits: Limits,
): Promise<void> {
  const row = await tx.actionType.findUnique({ where: { id: actionTypeId } });
  if (row?.state !== 'active') {
    throw invalid([{ field: 'actionTypeId', message: 'must be an active action type' }]);
  }
  const known = numericParameters(row.parameters);
  const message = known.length
    ? `must be a required numeric parameter of ${row.key}: ${known.join(', ')}`
    : `${row.key} has no required numeric parameter`;
  if (ladder && !known.includes(ladder.parameter)) {
    throw invalid([{ field: 'ladder.parameter', message }]);
  }
  if (limits.amountPerDay && !known.includes(limits.amountPerDay.parameter)) {
    throw invalid([{ field: 'limits.amountPerDay.parameter', message }]);
  }
}

/** Required parameters of type number or integer. */
export function numericParameters(schema: unknown): string[] {
  const { properties, required = [] } = ParametersSchema.parse(schema);
  return required.filter((name) => {
    const type = properties[name]?.['type'];
    return type === 'number' || type === 'integer';
  });
}

export function permissionFields(row: PermissionRow) {
  return {
    role: row.role.name,
    actionType: row.actionType.key,
    tier: row.tier,
    ladder: row.ladder,
    limits: row.limits,
  };
}

export function viewRole(row: RoleRow, actor: Actor): Role {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    state: row.state as Role['state'],
    permissions: row._count.permissions,
    agents: row._count.agents,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    can: roleAbilities(actor, row.state),
  };
}

export function viewPermission(row: PermissionRow, actor: Actor): Permission {
  const { id, key, title, effects, reversibility, parameters } = row.actionType;
  const { classification } = effectiveOfType(row.actionType);
  return {
    id: row.id,
    role: { id: row.role.id, name: row.role.name },
    actionType: {
      ...{ id, key, title, effects, reversibility, classification },
      numericParameters: numericParameters(parameters),
    },
    tier: row.tier as Permission['tier'],
    ladder: row.ladder === null ? null : Ladder.parse(row.ladder),
    limits: Limits.parse(row.limits),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    can: permissionAbilities(actor, row.role.state),
  };
}
