import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { inTransaction } from './database';
import { ServiceError } from './errors';

export interface Answer {
  status: number;
  body: unknown;
  /** Whether this call changed anything; a replay and a refusal do not. */
  effect: boolean;
}

export interface WriteCall {
  method: string;
  path: string;
  body: unknown;
  keyId: string;
  /** The API key as presented; seals answers that hold a secret. */
  presented: string;
  idempotencyKey: string | undefined;
  /** The answer holds a secret: store it sealed. */
  secret: boolean;
}

type Effect = (tx: pg.PoolClient) => Promise<{ status: number; body: unknown }>;

/**
 * Runs a write once per Idempotency-Key. The key, the effect, the stored answer and the line in
 * the call log commit together; a second caller with the same key waits for the first, then gets
 * its answer. The same key with another request is a 409.
 */
export async function write(pool: pg.Pool, call: WriteCall, effect: Effect): Promise<Answer> {
  return inTransaction(pool, async (tx) => {
    const stored = await claim(tx, call);
    const answer = stored ?? (await perform(tx, effect));
    if (stored === undefined && call.idempotencyKey !== undefined) {
      await tx.query('update answers set status = $2, body = $3 where idempotency_key = $1', [
        call.idempotencyKey,
        answer.status,
        JSON.stringify(call.secret ? seal(answer.body, call.presented) : answer.body),
      ]);
    }
    await logCall(tx, { ...call, status: answer.status, effect: answer.effect });
    return answer;
  });
}

/** Adds one line to the call log. */
export async function logCall(
  db: pg.Pool | pg.PoolClient,
  call: {
    method: string;
    path: string;
    status: number;
    effect: boolean;
    idempotencyKey: string | undefined;
    keyId: string | undefined;
  },
): Promise<void> {
  await db.query({
    name: 'log-call',
    text: `insert into calls (method, path, status, effect, idempotency_key, key_id)
           values ($1, $2, $3, $4, $5, $6)`,
    values: [
      call.method,
      call.path,
      call.status,
      call.effect,
      call.idempotencyKey ?? null,
      call.keyId ?? null,
    ],
  });
}

/** Takes the idempotency key for this call, or returns what its first use was answered. */
async function claim(tx: pg.PoolClient, call: WriteCall): Promise<Answer | undefined> {
  if (call.idempotencyKey === undefined) return undefined;
  const hash = createHash('sha256')
    .update(JSON.stringify([call.method, call.path, call.body ?? null]))
    .digest();
  const claimed = await tx.query(
    `insert into answers (idempotency_key, request_hash) values ($1, $2)
     on conflict (idempotency_key) do nothing`,
    [call.idempotencyKey, hash],
  );
  if (claimed.rowCount === 1) return undefined;
  const { rows } = await tx.query<{ request_hash: Buffer; status: number; body: unknown }>(
    'select request_hash, status, body from answers where idempotency_key = $1',
    [call.idempotencyKey],
  );
  const first = rows[0];
  if (first === undefined || !first.request_hash.equals(hash)) {
    const reused = new ServiceError(
      409,
      'idempotency_key_reused',
      'This Idempotency-Key was used for another request; use a new one.',
    );
    return { status: reused.status, body: reused.body, effect: false };
  }
  const body = call.secret ? unseal(first.body, call.presented) : first.body;
  return { status: first.status, body, effect: false };
}

/** Runs the effect behind a savepoint, so that a refusal undoes it and is still an answer. */
async function perform(tx: pg.PoolClient, effect: Effect): Promise<Answer> {
  await tx.query('savepoint effect');
  try {
    return { ...(await effect(tx)), effect: true };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    await tx.query('rollback to savepoint effect');
    return { status: error.status, body: error.body, effect: false };
  }
}

/** Encrypts an answer under the presented API key, which the database does not hold. */
function seal(body: unknown, presented: string): { sealed: string } {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(presented), nonce);
  const text = Buffer.concat([cipher.update(JSON.stringify(body), 'utf8'), cipher.final()]);
  return { sealed: Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64') };
}

function unseal(body: unknown, presented: string): unknown {
  if (!isSealed(body)) return body;
  const bytes = Buffer.from(body.sealed, 'base64');
  const decipher = createDecipheriv(
    'aes-256-gcm',
    sealingKey(presented),
    bytes.subarray(0, 12),
  ).setAuthTag(bytes.subarray(12, 28));
  try {
    const text = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
    return JSON.parse(text.toString('utf8'));
  } catch {
    throw new ServiceError(
      409,
      'idempotency_key_reused',
      'This Idempotency-Key was used with another API key; use a new one.',
    );
  }
}

function isSealed(body: unknown): body is { sealed: string } {
  return typeof body === 'object' && body !== null && 'sealed' in body;
}

function sealingKey(presented: string): Buffer {
  return createHash('sha256').update(`answer sealing\0${presented}`).digest();
}
