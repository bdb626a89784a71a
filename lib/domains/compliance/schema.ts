import { z } from 'zod';
import { Ability } from '@/lib/kernel/ability';
import { pageInput } from '@/lib/kernel/page-input';

export const CheckStatus = z.enum(['pass', 'fail', 'error']);
export type CheckStatus = z.output<typeof CheckStatus>;

export const CheckResult = z.object({
  id: z.string(),
  run: z.string(),
  check: z.string(),
  status: CheckStatus,
  summary: z.string(),
  /** What was looked at, and each thing found wrong. */
  evidence: z.object({
    examined: z.number(),
    found: z.array(z.record(z.string(), z.unknown())),
    more: z.number(),
  }),
  at: z.iso.datetime(),
});
export type CheckResult = z.output<typeof CheckResult>;

/** A result before it is stored. */
export type Evaluated = Pick<CheckResult, 'check' | 'status' | 'summary' | 'evidence'>;

export const CheckView = z.object({
  key: z.string(),
  title: z.string(),
  question: z.string(),
  latest: CheckResult.nullable(),
  /** Status of the latest runs, newest first. */
  history: z.array(z.object({ status: CheckStatus, at: z.iso.datetime() })),
});
export type CheckView = z.output<typeof CheckView>;

export const Checks = z.object({ items: z.array(CheckView), can: z.object({ run: Ability }) });

export const CheckRef = z.strictObject({ key: z.string().regex(/^[a-z_]{2,60}$/), ...pageInput });
export const ListRuns = z.strictObject(pageInput);

export const Run = z.object({
  id: z.string(),
  started_by: z.string(),
  started_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable(),
  passed: z.number(),
  failed: z.number(),
});
export type Run = z.output<typeof Run>;
