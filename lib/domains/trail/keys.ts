/**
 * The versions of a log's signing key. A roll-over is an event in the log: from the
 * checkpoint that covers it on, the next version signs, and that one checkpoint has the
 * signatures of both. The version before endorses the next, so a chain of keys verifies alone.
 */
import type { ClientBase } from '@/lib/infra/trail-db';
import { originOf, signBytes, verifierOf } from './checkpoint';
import { verifierKey } from './note';
import { endorsementText } from './offline/chain';

export { verifiersOf } from './offline/chain';

export const KEY_ROLLED = 'trail.key_rolled';

export interface KeyVersion {
  version: number;
  /** Checkpoints from this size on are signed with it. */
  fromSize: number;
  key: string;
  /** Base64 signature of the version before over `endorsementText`; absent for the first. */
  endorsement?: string;
  /** The event that rolled over to it. */
  event?: string;
}

/** What a roll-over to the version after `version` says of itself in its event. */
export function rollOver(workspace: string, version: number) {
  const next = verifierKey(verifierOf(workspace, version + 1));
  return {
    version: version + 1,
    previous: verifierKey(verifierOf(workspace, version)),
    next,
    endorsement: signBytes(workspace, version, endorsementText(originOf(workspace), next)).toString(
      'base64',
    ),
  };
}

/** Every version of a log's key, oldest first. */
export async function readKeys(client: ClientBase, workspace: string): Promise<KeyVersion[]> {
  const { rows } = await client.query<{
    version: number;
    from_size: string;
    verifier_key: string;
    endorsement: string;
    event_id: string;
  }>({
    name: 'trail-keys',
    text: `SELECT version, from_size, verifier_key, endorsement, event_id
             FROM signing_keys WHERE workspace_id = $1 ORDER BY version`,
    values: [workspace],
  });
  const first = { version: 1, fromSize: 0, key: verifierKey(verifierOf(workspace, 1)) };
  const later = rows.map((row) => ({
    version: row.version,
    fromSize: Number(row.from_size),
    key: row.verifier_key,
    endorsement: row.endorsement,
    event: row.event_id,
  }));
  return [first, ...later];
}
