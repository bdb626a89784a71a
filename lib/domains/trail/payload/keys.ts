import { hkdfSync } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { newDataKey, unwrapDataKey } from '@/lib/infra/crypto';
import type { ClientBase } from '@/lib/infra/trail-db';
import { newId } from '@/lib/kernel/ids';
import { Problem } from '@/lib/kernel/problem';
import type { NeededKey, ProtectedClass } from './fields';

/** A live key: what seals a payload, and what hashes its words. */
export interface PayloadKey {
  id: string;
  key: Buffer;
  hashKey: Buffer;
}

/** The key of a workspace, month and classification; null once it is destroyed. */
export type PayloadKeys = (needed: NeededKey) => PayloadKey | null;

/** For those who know that no event of theirs is protected. */
export const noKeys: PayloadKeys = ({ month, classification }) => {
  throw new Error(`no key for ${month}.${classification} was loaded`);
};

interface KeyRow {
  id: string;
  workspace_id: string;
  month: string;
  classification: ProtectedClass;
  wrapped: Uint8Array | null;
}

const unwrapped = new LRUCache<string, PayloadKey>({ max: 2_000 });

/**
 * Opens a key as its row has it. A destroyed one is forgotten here too; one that cannot be
 * opened is a problem that names it.
 */
export function openKey(row: KeyRow): PayloadKey | null {
  if (row.wrapped === null) {
    unwrapped.delete(row.id);
    return null;
  }
  const known = unwrapped.get(row.id);
  if (known) return known;
  const key = unwrap(row, row.wrapped);
  const hashKey = Buffer.from(hkdfSync('sha256', key, '', 'countersign:trail-words', 32));
  const made = { id: row.id, key, hashKey };
  unwrapped.set(row.id, made);
  return made;
}

function unwrap(row: KeyRow, wrapped: Uint8Array): Buffer {
  try {
    return unwrapDataKey(wrapped, labelOf(row.workspace_id, row));
  } catch (cause) {
    throw new Problem({
      status: 500,
      code: 'trail_key_unreadable',
      title: 'A trail key cannot be opened',
      detail: `The trail key ${row.id} (${row.month}, ${row.classification}) cannot be opened: it is damaged, or wrapped under another master key. Start Countersign with the master key it was made under, or restore it from a backup.`,
      cause,
    });
  }
}

function labelOf(workspace: string, key: Pick<NeededKey, 'month' | 'classification'>): string {
  return `${workspace}:trail:${key.month}.${key.classification}`;
}

const placeOf = (key: NeededKey) => `${key.workspace} ${key.month}.${key.classification}`;

/**
 * The keys that a batch of events needs, made where there are none yet. Read anew each time:
 * a key that was destroyed a moment ago must not seal anything more. Of two who make the same
 * key at once one wins, and both use it.
 */
export async function loadKeys(
  client: ClientBase,
  needed: readonly NeededKey[],
): Promise<PayloadKeys> {
  const wanted = [...new Map(needed.map((key) => [placeOf(key), key])).values()];
  if (wanted.length === 0) return noKeys;
  let rows = await readRows(client, wanted);
  const missing = wanted.filter((key) => !rows.has(placeOf(key)));
  if (missing.length > 0) {
    await insertRows(client, missing);
    rows = await readRows(client, wanted);
  }
  return (key) => {
    const row = rows.get(placeOf(key));
    return row === undefined ? noKeys(key) : openKey(row);
  };
}

async function readRows(
  client: ClientBase,
  wanted: readonly NeededKey[],
): Promise<Map<string, KeyRow>> {
  const { rows } = await client.query<KeyRow>({
    name: 'payload-keys',
    text: `SELECT k.id, k.workspace_id, k.month, k.classification, k.wrapped
             FROM unnest($1::text[], $2::text[], $3::text[]) AS wanted (workspace_id, month, classification)
             JOIN trail_keys k USING (workspace_id, month, classification)`,
    values: columnsOf(wanted),
  });
  return new Map(rows.map((row) => [placeOf({ ...row, workspace: row.workspace_id }), row]));
}

async function insertRows(client: ClientBase, missing: readonly NeededKey[]): Promise<void> {
  await client.query({
    name: 'payload-keys-made',
    text: `INSERT INTO trail_keys (workspace_id, month, classification, id, wrapped)
           SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[])
           ON CONFLICT (workspace_id, month, classification) DO NOTHING`,
    values: [
      ...columnsOf(missing),
      missing.map(() => newId('tky')),
      missing.map((key) => Buffer.from(newDataKey(labelOf(key.workspace, key)))),
    ],
  });
}

function columnsOf(keys: readonly NeededKey[]): string[][] {
  return [
    keys.map((key) => key.workspace),
    keys.map((key) => key.month),
    keys.map((key) => key.classification),
  ];
}
