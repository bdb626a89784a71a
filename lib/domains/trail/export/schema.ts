import { z } from 'zod';
import { Ability } from '@/lib/kernel/ability';
import { idSchema } from '@/lib/kernel/ids';
import { pageInput, pageOf } from '@/lib/kernel/page-input';
import { filterInput, filters, inOrder, order } from '../schema';

export const exportFormats = ['ndjson', 'csv', 'parquet', 'ocsf'] as const;
export type ExportFormat = (typeof exportFormats)[number];

const format = z
  .enum(exportFormats, 'must be one of ndjson, csv, parquet and ocsf')
  .default('ndjson');

/** A stream at once: the filters of the page beside the format. */
export const exportInput = z.strictObject({ ...filters, format }).refine(inOrder, order);

/** A file, made by a job. */
export const createExportInput = z.strictObject({
  format,
  filters: filterInput.default({}),
});

export const exportStates = [
  'waiting',
  'running',
  'ready',
  'failed',
  'cancelled',
  'expired',
] as const;
export type ExportState = (typeof exportStates)[number];

export const exportView = z.object({
  id: z.string(),
  format: z.enum(exportFormats),
  filters: z.record(z.string(), z.union([z.string(), z.number()])),
  state: z.enum(exportStates),
  /** Id of the member who asked for it. */
  created_by: z.string(),
  created_at: z.string(),
  finished_at: z.string().nullable(),
  /** When the file is deleted; null until there is one. */
  expires_at: z.string().nullable(),
  rows: z.object({ done: z.number(), total: z.number().nullable() }),
  bytes: z.number(),
  /** Hexadecimal, of the whole file. */
  sha256: z.string().nullable(),
  /** What to do about a failure. */
  error: z.string().nullable(),
  can: z.object({ cancel: Ability, download: Ability }),
});
export type ExportView = z.output<typeof exportView>;
export const exportPage = pageOf(exportView);

export const listExportsInput = z.strictObject(pageInput);
export const oneExportInput = z.strictObject({ id: idSchema('exp') });
export const downloadInput = oneExportInput.extend({
  /** Request headers, for a download that resumes (RFC 9110, 14). */
  range: z.string().max(200).optional(),
  'if-range': z.string().max(200).optional(),
});
