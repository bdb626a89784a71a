import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { lexeme } from '../search/lexemes';
import { words } from '../search/words';
import { mayReadPayload } from './policy';
import { findLiveKeys } from './repo';
import { wordHash } from './words';

interface Asked {
  q?: string | undefined;
  /** ISO instants; without them every key counts. */
  from?: string | undefined;
  to?: string | undefined;
}

/**
 * For a search by someone who may read payloads: what stands in the index, beside a whole word
 * itself, for that word in a protected payload; one lexeme for each live key of the time that
 * is asked for. Empty for everyone else, for whom a protected word is not there. A beginning
 * of a word and a phrase cannot be found this way.
 */
export async function hashedTerms(
  tx: Tx,
  actor: Actor,
  asked: Asked,
): Promise<ReadonlyMap<string, readonly string[]>> {
  return mayReadPayload(actor).allowed ? protectedTerms(tx, asked) : new Map();
}

/** The same for someone whose right to it was judged when they asked. */
export async function protectedTerms(
  tx: Tx,
  { q, from, to }: Asked,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const wanted = [...new Set(words(q ?? ''))];
  if (wanted.length === 0) return new Map();
  const keys = await findLiveKeys(tx, { from: from && monthOf(from), to: to && monthOf(to) });
  return new Map(
    wanted.map((word) => [word, keys.map((key) => lexeme('word', wordHash(key, word)))]),
  );
}

/** Filters of a search by this actor, which find protected words too where the actor may read them. */
export async function withProtected<F extends Asked>(tx: Tx, actor: Actor, filters: F) {
  return { ...filters, hashed: await hashedTerms(tx, actor, filters) };
}

function monthOf(instant: string): string {
  return new Date(instant).toISOString().slice(0, 7);
}
