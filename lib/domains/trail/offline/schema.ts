/**
 * The manifest that ends an NDJSON export, and the texts that are signed beside it. Shared by
 * whoever writes an export and by the verifier.
 */
import * as z from 'zod';
import { type Json, canonicalJson } from '@/lib/kernel/canonical';

const index = z.int().min(0);

/** Members that a later version may add are allowed: the signature covers them too. */
export const manifestSchema = z.looseObject({
  version: z.literal(1),
  format: z.literal('ndjson'),
  workspace: z.string().min(1).max(200),
  made_at: z.iso.datetime(),
  /** True when no filter left anything out: every event of the checkpoint is in the file. */
  complete: z.boolean(),
  filters: z.record(z.string(), z.unknown()),
  count: index,
  first: index.nullable(),
  last: index.nullable(),
  /** Of all bytes before the manifest's line, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: index,
  /** Signed note over the tree of `size`. */
  checkpoint: z.string().max(100_000),
  /** Oldest first; each later key carries the endorsement of the one before. */
  keys: z
    .array(
      z.looseObject({ key: z.string().max(1_000), endorsement: z.string().max(200).optional() }),
    )
    .min(1)
    .max(1_000),
});
export type Manifest = z.output<typeof manifestSchema>;

/** What the signature of a manifest covers; its signature line makes a signed note of it. */
export function manifestText(manifest: unknown): string {
  return `countersign/trail-export/v1\n${canonicalJson(manifest as Json)}\n`;
}
