/** The edits of a draft that a form makes; apart from the others, which reach what only a server has. */
import { z } from 'zod';
import { CreateCedarPolicy } from '../cedar-policies/schema';
import { CreatePermission } from '../schema';

export const SetPermission = z.strictObject({
  do: z.literal('set_permission'),
  role: z.string().min(1).max(200),
  action: z.string().min(1).max(200),
  tier: CreatePermission.shape.tier,
  ladder: CreatePermission.shape.ladder,
  condition: CreatePermission.shape.condition,
  limits: CreatePermission.shape.limits,
  /** The condition of the permission that this one takes the place of. */
  replaces: CreatePermission.shape.condition.optional(),
});
export const SetCedarPolicy = z.strictObject({
  do: z.literal('set_cedar_policy'),
  name: CreateCedarPolicy.shape.name,
  text: CreateCedarPolicy.shape.text,
});

/** What a form puts into a draft. */
export const FormEdit = z.discriminatedUnion('do', [SetPermission, SetCedarPolicy]);
