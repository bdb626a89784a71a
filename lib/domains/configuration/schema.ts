import { z } from 'zod';

const MOST_FILES = 5_000;
const LONGEST_PATH = 400;
const LONGEST_TEXT = 1_000_000;

/** Where files stand, beside workspace.json. */
export const folders = [
  'action-types',
  'agents',
  'approvals',
  'approver-groups',
  'cedar',
  'data-assets',
  'roles',
  'secrets',
  'tools',
] as const;
export type Folder = (typeof folders)[number];

/** A workspace's configuration: texts by their paths in a folder. */
export const Files = z
  .record(z.string().min(1).max(LONGEST_PATH), z.string().max(LONGEST_TEXT))
  .refine((files) => Object.keys(files).length > 0, 'holds no file')
  .refine((files) => Object.keys(files).length <= MOST_FILES, `has more than ${MOST_FILES} files`);
export type Files = z.output<typeof Files>;

export const Exported = z.object({ files: z.record(z.string(), z.string()) });

/** What becomes of one thing. */
export const FileChange = z.object({
  file: z.string(),
  kind: z.enum(['added', 'changed', 'removed']),
  /** A sentence without its full stop. */
  words: z.string(),
  details: z.array(z.string()),
  /** Whether it cannot come back as it was. */
  final: z.boolean(),
});
export type FileChange = z.output<typeof FileChange>;

/** What agents may do then that they may not now, or the other way round. */
const Effect = z.object({ words: z.string(), widens: z.boolean() });

export const Plan = z.object({
  /** Of all that was planned and of what it was planned on; apply wants it. */
  digest: z.string(),
  changes: z.array(FileChange),
  effects: z.array(Effect),
  /** Whether agents may do more then. */
  widens: z.boolean(),
  /** Whether this workspace lets nobody apply it alone. */
  needsSecondAdmin: z.boolean(),
});
export type Plan = z.output<typeof Plan>;

export const PlanInput = z.strictObject({ files: Files });
export const ApplyInput = z.strictObject({
  files: Files,
  why: z.string().trim().max(2_000).default(''),
  /** The plan's. */
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be the digest of a plan'),
});

/** Something wrong with a file. Line and column count from 1; null for a file that is not there. */
export const FileProblem = z.object({
  file: z.string(),
  line: z.number().nullable(),
  column: z.number().nullable(),
  /** Such as `permissions[0].tier`; empty for the whole file. */
  field: z.string(),
  message: z.string(),
});
export type FileProblem = z.output<typeof FileProblem>;
