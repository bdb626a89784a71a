import { z } from 'zod';
import { Ability } from '@/lib/kernel/ability';
import { idSchema } from '@/lib/kernel/ids';
import { pageInput } from '@/lib/kernel/page-input';
import { ApprovalId } from '../schema';
import { MAX_MINUTES, MAX_USES } from './rules';

export const GrantRef = z.strictObject({ id: idSchema('gnt') });

export const CreateGrant = z.strictObject({
  /** The action whose card it is made from. */
  id: ApprovalId,
  /** Digest of what was shown; when given, a changed display refuses the grant. */
  display_digest: z.string().max(100).optional(),
  /** The largest amount; must be given when the action has one, and at least as much. */
  up_to: z.number().nonnegative().optional(),
  minutes: z.number().int('must be whole minutes').min(1).max(MAX_MINUTES),
  uses: z.number().int().min(1).max(MAX_USES),
  reason: z.string().trim().min(3, 'say why in a few words').max(1_000),
});

export const ListGrants = z.strictObject({
  ...pageInput,
  /** true: those that may still be used. */
  open: z.stringbool().optional(),
});

const person = z.object({ id: z.string(), name: z.string() });

export const Grant = z.object({
  id: z.string(),
  state: z.enum(['open', 'used_up', 'run_out', 'revoked']),
  agent: person,
  action_type: z.string(),
  amount: z
    .object({ parameter: z.string(), up_to: z.number(), currency: z.string().nullable() })
    .nullable(),
  used: z.number(),
  max_uses: z.number(),
  reason: z.string(),
  /** The action whose card it was made from. */
  made_from: z.string(),
  granted_by: person,
  created_at: z.iso.datetime(),
  ends_at: z.iso.datetime(),
  revoked_at: z.iso.datetime().nullable(),
  revoked_by: person.nullable(),
  can: z.object({ revoke: Ability }),
});
export type Grant = z.output<typeof Grant>;
