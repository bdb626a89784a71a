import { z } from 'zod';
import { Ability } from '@/lib/kernel/ability';
import { idSchema } from '@/lib/kernel/ids';
import { pageInput } from '@/lib/kernel/page-input';
import { seenInput } from '@/lib/kernel/seen-input';
import { Condition } from './condition';

export const RoleId = idSchema('rol');
export const PermissionId = idSchema('prm');
const AgentId = idSchema('agt');
const state = z.enum(['active', 'retired']);
const parameter = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, 'name a numeric parameter');
const amount = z.number().min(0).max(1_000_000_000_000);

export const Tier = z.union([z.literal(1), z.literal(2), z.literal(3)]);
export type Tier = z.output<typeof Tier>;

/**
 * Thresholds on one numeric parameter: autonomous up to and with the first, supervised up to
 * and with the second, gated up to and with the third, denied above. Each value has one answer.
 */
export const Ladder = z
  .strictObject({ parameter, autonomous: amount, supervised: amount, gated: amount })
  .refine((ladder) => ladder.autonomous <= ladder.supervised, {
    path: ['supervised'],
    message: 'must not be below the autonomous threshold',
  })
  .refine((ladder) => ladder.supervised <= ladder.gated, {
    path: ['gated'],
    message: 'must not be below the supervised threshold',
  });
export type Ladder = z.output<typeof Ladder>;

const rate = z.number().int().min(1).max(1_000_000).optional();
export const Limits = z.strictObject({
  perMinute: rate,
  perHour: rate,
  perDay: rate,
  /** Sum of a numeric parameter over a day (UTC), of what was not denied. */
  amountPerDay: z.strictObject({ parameter, max: amount }).optional(),
});
export type Limits = z.output<typeof Limits>;

// ---- roles ----

const roleFields = {
  name: z
    .string()
    .trim()
    .regex(/^[a-z0-9][a-z0-9-]{1,62}$/, 'use 2 to 63 lower-case letters, digits and hyphens'),
  description: z.string().trim().max(2_000),
};
export const RoleRef = z.strictObject({ id: RoleId });
export const CreateRole = z.strictObject({
  ...roleFields,
  description: roleFields.description.default(''),
});
export const UpdateRole = z.strictObject({ id: RoleId, ...z.object(roleFields).partial().shape });
export const RestoreRole = z.strictObject({ id: RoleId, description: roleFields.description });
export const ListRoles = z.strictObject({
  ...pageInput,
  q: z.string().trim().max(200).optional(),
  state: state.optional(),
  agent: AgentId.optional(),
});
export const Role = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  state,
  permissions: z.number(),
  agents: z.number(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  can: z.object({ update: Ability, retire: Ability }),
});
export type Role = z.output<typeof Role>;

// ---- permissions ----

const permissionFields = {
  /** A fixed tier, or null when the ladder decides. */
  tier: Tier.nullable(),
  ladder: Ladder.nullable(),
  /** When it holds at all. */
  condition: Condition,
  limits: Limits,
};
const oneOf = {
  error: 'give either a tier or a ladder',
  path: ['tier'],
};
export const PermissionRef = z.strictObject({ id: PermissionId });
export const CreatePermission = z
  .strictObject({
    roleId: RoleId,
    actionTypeId: idSchema('aty'),
    tier: permissionFields.tier.default(null),
    ladder: permissionFields.ladder.default(null),
    condition: permissionFields.condition.default([]),
    limits: permissionFields.limits.default({}),
  })
  .refine((input) => (input.tier === null) !== (input.ladder === null), oneOf);
export const UpdatePermission = z
  .strictObject({
    id: PermissionId,
    ...seenInput,
    tier: permissionFields.tier.optional(),
    ladder: permissionFields.ladder.optional(),
    condition: permissionFields.condition.optional(),
    limits: permissionFields.limits.optional(),
  })
  .refine((input) => !(input.tier != null && input.ladder != null), oneOf);
export const ListPermissions = z.strictObject({
  ...pageInput,
  role: RoleId.optional(),
  actionType: idSchema('aty').optional(),
});
export const Permission = z.object({
  id: z.string(),
  role: z.object({ id: z.string(), name: z.string() }),
  actionType: z.object({
    id: z.string(),
    key: z.string(),
    title: z.string(),
    effects: z.array(z.string()),
    reversibility: z.string(),
    classification: z.string(),
    numericParameters: z.array(z.string()),
    /** What a condition may ask for. */
    parameters: z.record(z.string(), z.enum(['text', 'number', 'boolean'])),
  }),
  ...permissionFields,
  /** Of what it grants: who saves says with it what they have seen. */
  digest: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  can: z.object({ update: Ability, remove: Ability }),
});
export type Permission = z.output<typeof Permission>;

// ---- agents in roles ----

export const AgentPermissionsRef = z.strictObject({ id: AgentId });
export const GrantRole = z.strictObject({ id: AgentId, roleId: RoleId });
export const AgentRoles = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      description: z.string(),
      grantedAt: z.iso.datetime(),
      can: z.object({ remove: Ability }),
    }),
  ),
  can: z.object({ grant: Ability }),
});
export type AgentRoles = z.output<typeof AgentRoles>;

/** Who may: agents that a role grants an action type, and what stands against each. */
export const ListWhoMay = z.strictObject({
  ...pageInput,
  id: idSchema('aty'),
  /** Only those that may, or only those that something stands against. */
  may: z.enum(['true', 'false']).optional(),
});
export const WhoMay = z.object({
  agent: z.object({
    id: z.string(),
    name: z.string(),
    state: z.string(),
    clearance: z.string(),
    environment: z.string(),
  }),
  /** Null when it may. */
  blocked: z.string().nullable(),
  /** Never below this tier, and why. */
  floor: z.object({ tier: Tier, reason: z.string().nullable() }),
  grants: z.array(
    z.object({
      role: z.object({ id: z.string(), name: z.string() }),
      permission: z.string(),
      tier: Tier.nullable(),
      ladder: Ladder.nullable(),
      condition: Condition,
      limits: Limits,
    }),
  ),
});
export type WhoMay = z.output<typeof WhoMay>;

/** What an agent may do, and because of which role and permission. */
export const EffectivePermission = z.object({
  actionType: Permission.shape.actionType.omit({ numericParameters: true, parameters: true }),
  role: z.object({ id: z.string(), name: z.string() }),
  permission: z.string(),
  tier: Tier.nullable(),
  ladder: Ladder.nullable(),
  condition: Condition,
  limits: Limits,
  /** Never below this tier, and why. */
  floor: z.object({ tier: Tier, reason: z.string().nullable() }),
  /** Why it cannot be used now although a role grants it. */
  blocked: z.string().nullable(),
});
export type EffectivePermission = z.output<typeof EffectivePermission>;

/** A permit by hand whose scope can match an agent; its conditions are Cedar's to ask. */
export const PermitByHand = z.object({
  /** The text's name and which of its policies, from 1. */
  policy: z.string(),
  /** Action types that it names; null when it speaks of all. */
  actions: z.array(z.string()).nullable(),
  tier: Tier,
  limits: Limits,
  text: z.string(),
});
export type PermitByHand = z.output<typeof PermitByHand>;
export const EffectivePermissions = z.object({
  items: z.array(EffectivePermission),
  byHand: z.array(PermitByHand),
});
export type EffectivePermissions = z.output<typeof EffectivePermissions>;
