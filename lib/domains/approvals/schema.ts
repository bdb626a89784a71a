import { z } from 'zod';
import { actionStatuses, Display } from '@/lib/domains/gateway';
import { Ability } from '@/lib/kernel/ability';
import { idSchema } from '@/lib/kernel/ids';
import { pageInput } from '@/lib/kernel/page-input';

/** An approval has the id of the action it is about. */
export const ApprovalId = idSchema('act');
export const ApprovalRef = z.strictObject({ id: ApprovalId });

export const ListApprovals = z.strictObject({
  ...pageInput,
  status: z.enum(actionStatuses).optional(),
  /** true: all that no longer wait. */
  decided: z.stringbool().optional(),
  agent: idSchema('agt').optional(),
});

const reason = z.string().trim().max(1_000);
const decision = {
  id: ApprovalId,
  /** Digest of what was shown; when given, a changed display refuses the decision. */
  display_digest: z.string().max(100).optional(),
};
export const Approve = z.strictObject({ ...decision, reason: reason.default('') });
export const Reject = z.strictObject({
  ...decision,
  reason: reason.min(3, 'say why in a few words'),
});

export const Approval = z.object({
  id: z.string(),
  status: z.enum(actionStatuses),
  tier: z.number(),
  agent: z.object({ id: z.string(), name: z.string() }),
  display: Display,
  /** What is signed: the action, and what was shown of it. */
  digest: z.string(),
  display_digest: z.string(),
  requested_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  decided_by: z.object({ id: z.string(), name: z.string() }).nullable(),
  decided_at: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
  result: z.unknown().nullable(),
  error: z.unknown().nullable(),
  finished_at: z.iso.datetime().nullable(),
  can: z.object({ decide: Ability }),
});
export type Approval = z.output<typeof Approval>;

export const ApprovalCount = z.object({
  pending: z.number(),
  /** When the longest waiting was held. */
  oldest: z.iso.datetime().nullable(),
});
