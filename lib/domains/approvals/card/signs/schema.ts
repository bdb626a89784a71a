/** What is unusual about a held action, as far as code can say it from what is recorded. */
import { z } from 'zod';

export const signCodes = [
  'amount_above_all',
  'amount_far_above',
  'customer_first',
  'under_threshold',
  'split',
  'retried',
  'retried_smaller',
  'pace',
  'hour',
  'new_type',
  'new_agent',
  'new_credential',
  'new_permission',
  'text_hidden',
  'text_bidi',
  'text_tags',
  'text_private_use',
  'text_mixed_scripts',
] as const;

export const Sign = z.object({
  code: z.enum(signCodes),
  severity: z.enum(['notice', 'warning']),
  /** One sentence with its numbers. */
  sentence: z.string(),
  /** What it is measured against. */
  against: z.string(),
  /** Earlier actions that it speaks of, the latest first. */
  actions: z.array(
    z.object({
      id: z.string(),
      status: z.string(),
      /** Whether it has a card; what was denied has none. */
      held: z.boolean(),
      at: z.iso.datetime(),
    }),
  ),
});
export type Sign = z.output<typeof Sign>;
