import { z } from 'zod';
import { Classification } from '@/lib/domains/classification';
import { idSchema } from '@/lib/kernel/ids';

/** The longest that a held action waits: 30 days, in minutes. */
export const MAX_WAIT_MINUTES = 43_200;

/** How a signature is made, each stronger than the one before. */
export const signings = ['session', 'step_up', 'passkey'] as const;
export const Signing = z.enum(signings);
export type Signing = z.output<typeof Signing>;
/** How a signature was made: as above, or by a grant that its member made beforehand. */
export const SignedBy = z.enum([...signings, 'grant']);
export type SignedBy = z.output<typeof SignedBy>;

export const GroupId = idSchema('grp');
const minutes = z.number().int('must be whole minutes').min(1).max(MAX_WAIT_MINUTES);

/** So many signatures of a group, or of any approver where there is none. */
export const Need = z.strictObject({
  group: GroupId.nullable(),
  count: z.number().int().min(1, 'must be at least 1').max(10, 'must be at most 10'),
  /** Groups whose members may sign in this one's place once it has waited so long. */
  escalation: z
    .array(z.strictObject({ after_minutes: minutes, group: GroupId.nullable() }))
    .max(5)
    .default([]),
});
export type Need = z.output<typeof Need>;

export const Needs = z.array(Need).min(1, 'must name at least one group').max(10);

/** What a route is for; what is absent fits everything, and a list of nothing cannot be written. */
export const Fits = z.strictObject({
  action_types: z.array(z.string().min(1).max(200)).min(1).max(200).optional(),
  agents: z.array(idSchema('agt')).min(1).max(200).optional(),
  /** This classification and above. */
  classification: Classification.optional(),
  /** Amounts from here on; an action without an amount does not fit. */
  amount_from: z.number().optional(),
  /** Amounts below this. */
  amount_below: z.number().optional(),
});
export type Fits = z.output<typeof Fits>;

/** A route as its row has it; the first that fits holds. */
export interface Route {
  id: string;
  fits: Fits;
  needs: Need[];
  wait_minutes: number | null;
  signing: Signing | null;
}

/** What holds where no route fits: any one approver of the workspace. */
export const anyApprover: Need[] = [{ group: null, count: 1, escalation: [] }];
