/**
 * A secret's value goes only to the origin that it was given for, or whoever may change an
 * address could have the value sent to a listener of their own and read it there.
 */
import type { Tx } from '@/lib/infra/db';
import type { NewEvent } from '@/lib/kernel/event';
import { invalid } from '@/lib/kernel/problem';
import { originIn, originOf, originWords } from '../origin';
import { hasValue, lockSecret, setOrigin, toolsWith } from '../repo';
import { rotator as rotatorSchema } from '../schema';

type Emit = (event: NewEvent) => void;

interface Use {
  secretId: string;
  /** Where the value would be sent. */
  baseUrl: string;
  /** A tool's id or `rotator`, when its address is what changes. */
  by?: string;
  /** What is at fault in the input. */
  field: string;
}

/**
 * Holds a secret to one origin: binds it to the first that uses it, and refuses any other by
 * `field` (422). Call it before the use is written, in the same transaction.
 */
export async function bindSecret(tx: Tx, event: Emit, use: Use): Promise<void> {
  const secret = await lockSecret(tx, use.secretId);
  const wanted = originOf(use.baseUrl);
  if (secret.origin === wanted) return;
  const refuse = (message: string) => invalid([{ field: use.field, message }], message);
  const uses = await usesOf(tx, use.secretId, secret.rotator);
  if (await hasValue(tx, use.secretId)) {
    if (secret.origin !== null) {
      throw refuse(
        `The secret ${secret.name} was entered for ${originWords(secret.origin)}. ` +
          'Enter it as a new secret to send it elsewhere.',
      );
    }
    // Kept since before secrets had an origin and used at several: it settles at one of those.
    if (uses.length > 0 && !uses.some(({ origin }) => origin === wanted)) {
      throw refuse(usedAt(secret.name, uses));
    }
  } else {
    // There is nothing yet to send elsewhere, but what is entered later must go to one origin.
    const others = uses.filter(({ by, origin }) => by !== use.by && origin !== wanted);
    if (others.length > 0) throw refuse(usedAt(secret.name, others));
  }
  await bind(tx, event, use.secretId, secret.origin, wanted);
}

/**
 * Settles where a secret without an origin goes by what uses it, or by a value that names its
 * database; unsettled when nothing does, or several do. Answers the origin.
 */
export async function settleOrigin(
  tx: Tx,
  event: Emit,
  secretId: string,
  value = '',
): Promise<string | null> {
  const secret = await lockSecret(tx, secretId);
  if (secret.origin !== null) return secret.origin;
  const uses = await usesOf(tx, secretId, secret.rotator);
  const origins = [...new Set(uses.map(({ origin }) => origin))];
  const origin = origins.length === 0 ? originIn(value) : origins[0];
  if (origin === undefined || origins.length > 1) return null;
  await bind(tx, event, secretId, null, origin);
  return origin;
}

async function usesOf(tx: Tx, secretId: string, stored: unknown) {
  const rotator = rotatorSchema.parse(stored);
  const tools = await toolsWith(tx, secretId);
  const uses = tools.map(({ id, baseUrl }) => ({ by: id, origin: originOf(baseUrl) }));
  if (rotator.kind === 'manual') return uses;
  return [...uses, { by: 'rotator', origin: originOf(rotator.baseUrl) }];
}

function usedAt(name: string, uses: { origin: string }[]): string {
  const places = [...new Set(uses.map(({ origin }) => origin))].join(' and ');
  return `The secret ${name} is used at ${places}, and goes to one address only. Use another here.`;
}

async function bind(tx: Tx, event: Emit, id: string, before: string | null, after: string) {
  await setOrigin(tx, id, after);
  event({
    type: 'secret.bound',
    object: { type: 'secret', id },
    data: { before: { origin: before }, after: { origin: after } },
  });
}
