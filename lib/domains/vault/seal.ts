import { open, seal, unwrapDataKey } from '@/lib/infra/crypto';

/** Seals a value for one version's row: it opens under no other id and no other workspace. */
export function sealVersion(
  wrappedDataKey: Uint8Array,
  workspace: string,
  versionId: string,
  value: string,
): Uint8Array<ArrayBuffer> {
  return seal(unwrapDataKey(wrappedDataKey, workspace), value, versionId);
}

/**
 * The clear value of a version as its row holds it. For what presents it to an upstream;
 * never for an answer, a log or an event. Throws when the row was revoked (its value is gone)
 * or altered.
 */
export function openSecretVersion(
  wrappedDataKey: Uint8Array,
  workspace: string,
  version: { id: string; ciphertext: Uint8Array | null },
): string {
  if (!version.ciphertext) throw new Error(`secret version ${version.id} has no value any more`);
  const key = unwrapDataKey(wrappedDataKey, workspace);
  return open(key, version.ciphertext, version.id).toString('utf8');
}
