import { open, unwrapDataKey } from '@/lib/infra/crypto';
import type { SecretRow, WorkspaceRow } from '../snapshot/rows';

/** A secret's current version as the vault keeps it. */
export interface SealedSecret {
  versionId: string;
  ciphertext: Buffer;
  /** Where alone it may be sent; null for one from before that was kept. */
  origin: string | null;
}

/** The same with the wrapped key that opens it. */
export interface Sealed extends SealedSecret {
  workspace: string;
  dataKey: WorkspaceRow['data_key'];
}

export function sealedOf({ version_id, ciphertext, origin }: SecretRow): SealedSecret {
  return { versionId: version_id, ciphertext, origin };
}

// Opened once for as long as the row that was read is kept; gone with the snapshot's row.
const opened = new WeakMap<Buffer, string>();

/** The clear value of a secret's version. Throws when the keys or bytes are not the right ones. */
export function openSecret({ workspace, dataKey, versionId, ciphertext }: Sealed): string {
  let value = opened.get(ciphertext);
  if (value === undefined) {
    value = open(unwrapDataKey(dataKey, workspace), ciphertext, versionId).toString('utf8');
    opened.set(ciphertext, value);
  }
  return value;
}
