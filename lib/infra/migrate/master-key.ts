/**
 * Which master key the databases were made with. Its fingerprint is kept in the control database
 * at the first migration; whoever comes with another key is refused before anything is changed,
 * for what one key signs and seals the other can neither verify nor open.
 */
import type { ClientBase } from 'pg';
import { masterKeyFingerprint, unwrapDataKey } from '../crypto';
import { env, EnvError, keyInFile, masterKeyFile } from '../env';

/** As the owner, before a migration: throws `EnvError` where the key is another one. */
export async function assertKeyFits(owner: ClientBase): Promise<void> {
  const kept = await keptFingerprint(owner);
  if (kept !== undefined) return assertFingerprint(kept);
  // Of databases from before fingerprints were kept, a data key tells; without one nothing is sealed.
  const proof = await firstDataKey(owner);
  if (proof && !opens(proof)) throw new EnvError(anotherKey(undefined));
}

/** As the owner, after a migration: keeps the fingerprint where none is kept yet. */
export async function keepFingerprint(owner: ClientBase): Promise<void> {
  await owner.query('INSERT INTO deployment (master_key) VALUES ($1) ON CONFLICT DO NOTHING', [
    masterKeyFingerprint(),
  ]);
  // Another migrator may have been faster, with another key.
  await assertKeyFits(owner);
}

/** Throws `EnvError` where the kept fingerprint is that of another key than this process has. */
export function assertFingerprint(kept: string): void {
  if (kept !== masterKeyFingerprint()) throw new EnvError(anotherKey(kept));
}

function anotherKey(kept: string | undefined): string {
  const { COUNTERSIGN_MASTER_KEY: set, COUNTERSIGN_DATA_DIR: dataDir } = env();
  const file = masterKeyFile(dataDir);
  const refused = (what: string) =>
    `${what} another key than the one that these databases were made with. Nothing was changed.`;
  if (set === undefined)
    return `${refused(`${file} holds`)} Restore it from the backup, then start again.`;
  const inFile = keyInFile(dataDir);
  const next =
    inFile !== undefined && masterKeyFingerprint(Buffer.from(inFile, 'base64')) === kept
      ? `Unset it: ${file} holds the right one.`
      : 'Set it to the key that they were made with (a backup has it), then start again.';
  return `${refused('COUNTERSIGN_MASTER_KEY is')} ${next}`;
}

async function keptFingerprint(owner: ClientBase): Promise<string | undefined> {
  if (!(await hasTable(owner, 'deployment'))) return undefined;
  const { rows } = await owner.query<{ kept: string }>('SELECT master_key AS kept FROM deployment');
  return rows[0]?.kept;
}

interface DataKey {
  id: string;
  data_key: Uint8Array;
}

/** The oldest workspace's: a later one may have been made while a wrong key was set. */
async function firstDataKey(owner: ClientBase): Promise<DataKey | undefined> {
  if (!(await hasTable(owner, 'workspaces'))) return undefined;
  const { rows } = await owner.query<DataKey>(
    'SELECT id, data_key FROM workspaces ORDER BY created_at, id LIMIT 1',
  );
  return rows[0];
}

function opens({ id, data_key }: DataKey): boolean {
  try {
    unwrapDataKey(data_key, id);
    return true;
  } catch {
    return false;
  }
}

async function hasTable(owner: ClientBase, name: string): Promise<boolean> {
  const { rows } = await owner.query<{ there: boolean }>(
    'SELECT to_regclass($1) IS NOT NULL AS there',
    [`public.${name}`],
  );
  return rows[0]?.there === true;
}
