import { z } from 'zod';
import { Ability } from '@/lib/kernel/ability';
import { idSchema } from '@/lib/kernel/ids';
import { pageInput, pageOf } from '@/lib/kernel/page-input';

/** `new`: what was appended since the last good verification; `all`: the whole log. */
export const scopes = ['new', 'all'] as const;
export type Scope = (typeof scopes)[number];

export const verifyInput = z.strictObject({
  scope: z.enum(scopes, 'must be new or all').default('all'),
});

export const verificationView = z.object({
  id: z.string(),
  started_by: z.string(),
  scope: z.enum(scopes),
  status: z.enum(['running', 'ok', 'failed', 'cancelled']),
  /** Events that are vouched for when it is good; while it runs, those there were at its start. */
  size: z.number(),
  /** Where it began: what comes before was found good earlier. */
  from: z.number(),
  /** How far it has come, as an index. */
  done: z.number(),
  first_bad: z.number().nullable(),
  detail: z.string(),
  started_at: z.string(),
  /** Null while it runs. */
  finished_at: z.string().nullable(),
  can: z.object({ cancel: Ability }),
});
export type VerificationView = z.output<typeof verificationView>;

export const verificationPage = pageOf(verificationView);
export const verificationsInput = z.strictObject(pageInput);
export const verificationInput = z.strictObject({ id: idSchema('vrf') });

export const stateView = z.object({
  running: verificationView.nullable(),
  last: verificationView.nullable(),
  /** What was found wrong and has not been found right since. */
  failure: verificationView.nullable(),
  /** Size of the log that was last found good. */
  verified_to: z.number().nullable(),
});
export type StateView = z.output<typeof stateView>;
