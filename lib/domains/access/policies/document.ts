import { z } from 'zod';
import { Classification } from '@/lib/domains/classification';
import { tierFloors } from '@/lib/domains/workspaces/server';
import { ActionTypeDocument, signing } from './action-types';
import { PermissionDocument } from './permission-document';

export { PermissionDocument };

const name = z.string().min(1).max(200);

/**
 * All that a workspace's decisions rest on, by names instead of ids, in a fixed order: equal
 * documents decide equally. Retired roles, action types and agents are not in it.
 */
export const PolicyDocument = z.strictObject({
  /** Policies by hand, each text by its name, and the types that they declare. */
  cedar: z
    .strictObject({ schema: z.string(), policies: z.record(name, z.string()) })
    .default({ schema: '', policies: {} }),
  /** Documents from before environments had floors of their own have none of these. */
  floors: tierFloors,
  /** Whether what widens needs a second admin. */
  secondAdmin: z.boolean(),
  /** How approvers sign at least, and whether they need a second factor; as for action types. */
  signing: signing.optional(),
  secondFactor: z.boolean().optional(),
  actionTypes: z.record(name, ActionTypeDocument),
  roles: z.record(
    name,
    z.strictObject({ description: z.string(), permissions: z.array(PermissionDocument) }),
  ),
  agents: z.record(
    name,
    z.strictObject({
      clearance: Classification,
      environment: z.string(),
      /** Policies by hand can read it; documents of before have none. */
      model: z.string().optional(),
      roles: z.array(name),
    }),
  ),
});
export type PolicyDocument = z.output<typeof PolicyDocument>;
export type RoleDocument = PolicyDocument['roles'][string];
