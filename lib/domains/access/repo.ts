import type { z } from 'zod';
import { ParametersSchema } from '@/lib/domains/catalog/server';
import { effectiveOfType, linkedData } from '@/lib/domains/classification/server';
import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { canonicalJson, digest } from '@/lib/kernel/canonical';
import { afterCreated, containing, newestFirst } from '@/lib/kernel/page';
import { conflict, invalid, notFound } from '@/lib/kernel/problem';
import {
  type AttributeType,
  Condition,
  parameterType,
  resolveTypes,
  type Types,
} from './condition';
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
const grantParts = {
  role: permissionParts.role,
  actionType: { include: { data: linkedData, tool: { select: { environment: true } } } },
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

/** As `loadPermission`, for who will change it: until the transaction ends nobody else can. */
export async function lockPermission(tx: Tx, id: string) {
  await tx.$queryRaw`SELECT 1 FROM permissions WHERE id = ${id} FOR UPDATE`;
  return loadPermission(tx, id);
}

export async function loadAgentOf(tx: Tx, id: string) {
  const row = await tx.agent.findUnique({ where: { id } });
  if (!row) throw notFound('agent');
  return row;
}

export function findRoles(tx: Tx, input: z.output<typeof ListRoles>) {
  const like = input.q ? containing(input.q) : undefined;
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
    include: { role: { include: { permissions: { include: grantParts } } } },
    orderBy: [{ createdAt: 'asc' }, { roleId: 'asc' }],
  });
}

interface Rule {
  /** Of the permission itself, when it is there already. */
  id?: string;
  roleId: string;
  actionTypeId: string;
  ladder: Ladder | null;
  limits: Limits;
  condition: Condition;
}

/**
 * 422 unless the rule fits its action type: a ladder or an amount a day goes by a required
 * numeric parameter, and a condition compares what is there, each attribute as one type
 * throughout the permissions of the action type.
 */
export async function assertFits(tx: Tx, rule: Rule): Promise<void> {
  const { id = '', roleId, actionTypeId, ladder, limits, condition } = rule;
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
  const others = await tx.permission.findMany({
    where: { actionTypeId, role: { state: 'active' }, NOT: { id } },
    orderBy: { id: 'asc' },
  });
  const parameters = ParametersSchema.parse(row.parameters);
  let types: Types = new Map();
  for (const other of others) {
    const resolved = resolveTypes(Condition.parse(other.condition), parameters, types);
    if (typeof resolved !== 'string') types = resolved;
  }
  const resolved = resolveTypes(condition, parameters, types);
  if (typeof resolved === 'string') throw invalid([{ field: 'condition', message: resolved }]);
  const same = canonicalJson(condition);
  const twin = others.find(
    (other) => other.roleId === roleId && canonicalJson(other.condition) === same,
  );
  if (twin) {
    throw conflict(
      'already_exists',
      condition.length === 0
        ? 'The role grants this action type already. Change that permission.'
        : 'The role grants this action type under this condition already. Change that permission.',
    );
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

/** Parameters that a condition may ask for, with their types. */
export function comparableParameters(schema: unknown): Record<string, AttributeType> {
  const { properties } = ParametersSchema.parse(schema);
  return Object.fromEntries(
    Object.keys(properties).flatMap((name): [string, AttributeType][] => {
      const type = parameterType({ properties }, name);
      return type ? [[name, type]] : [];
    }),
  );
}

export function permissionFields(row: PermissionRow) {
  return { role: row.role.name, actionType: row.actionType.key, ...grantedBy(row) };
}

/** What a change of a permission changes, as it is told by. */
export function grantedBy({ tier, ladder, condition, limits }: PermissionRow) {
  return { tier, ladder, condition, limits };
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
      parameters: comparableParameters(parameters),
    },
    tier: row.tier as Permission['tier'],
    ladder: row.ladder === null ? null : Ladder.parse(row.ladder),
    condition: Condition.parse(row.condition),
    limits: Limits.parse(row.limits),
    digest: digest(grantedBy(row)),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    can: permissionAbilities(actor, row.role.state),
  };
}
