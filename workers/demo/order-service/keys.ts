import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { ServiceError } from './errors';
import { inTransaction } from './database';

export interface ApiKey {
  id: string;
  created_at: Date;
}

const LOCK = "select pg_advisory_xact_lock(hashtext('order-service keys'))";

/** Stores the bootstrap key, hashed, unless any key was ever stored. */
export async function bootstrapKey(pool: pg.Pool, key: string | undefined): Promise<void> {
  if (key === undefined) return;
  await inTransaction(pool, async (tx) => {
    await tx.query(LOCK);
    await tx.query(
      `insert into api_keys (id, hash) select $1, $2 where not exists (select from api_keys)`,
      [`key_${randomUUID()}`, hashOf(key)],
    );
  });
}

/** The live key that was presented, or undefined. */
export async function findKey(pool: pg.Pool, presented: string): Promise<ApiKey | undefined> {
  const { rows } = await pool.query<ApiKey>({
    name: 'find-key',
    text: 'select id, created_at from api_keys where hash = $1 and revoked_at is null',
    values: [hashOf(presented)],
  });
  return rows[0];
}

/** Makes another key; both work until one is deleted. Its value is never stored. */
export async function createKey(tx: pg.PoolClient): Promise<{ id: string; key: string }> {
  const id = `key_${randomUUID()}`;
  const key = `osk_${randomBytes(32).toString('base64url')}`;
  await tx.query('insert into api_keys (id, hash) values ($1, $2)', [id, hashOf(key)]);
  return { id, key };
}

/** Revokes a key at once; the last live one stays, or nobody could ever come in again. */
export async function deleteKey(tx: pg.PoolClient, id: string): Promise<void> {
  await tx.query(LOCK);
  const { rows } = await tx.query<{ id: string }>(
    'select id from api_keys where revoked_at is null',
  );
  if (!rows.some((row) => row.id === id)) {
    throw new ServiceError(404, 'api_key_not_found', `There is no live API key ${id}.`);
  }
  if (rows.length === 1) {
    throw new ServiceError(409, 'last_api_key', 'Create another key before you delete the last.');
  }
  await tx.query('update api_keys set revoked_at = now() where id = $1', [id]);
}

/** The live keys, oldest first, so that a caller can find what it left behind. */
export async function listKeys(pool: pg.Pool): Promise<ApiKey[]> {
  const { rows } = await pool.query<ApiKey>(
    'select id, created_at from api_keys where revoked_at is null order by created_at, id',
  );
  return rows;
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
