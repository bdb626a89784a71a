import { z } from 'zod';
import { Condition } from '../condition';
import { Ladder, Limits, Tier } from '../schema';

/** A permission as a role of a document has it. */
export const PermissionDocument = z.strictObject({
  action: z.string().min(1).max(200),
  tier: Tier.nullable(),
  ladder: Ladder.nullable(),
  condition: Condition,
  limits: Limits,
});
export type PermissionDocument = z.output<typeof PermissionDocument>;
