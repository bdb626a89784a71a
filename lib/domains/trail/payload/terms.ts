import { inWorkspace } from '@/lib/infra/db';
import { lexeme } from '../search/lexemes';
import { findLiveKeys } from './repo';
import { wordHash } from './words';

/**
 * For a search by someone who may read payloads: the lexemes that may stand for each of these
 * whole words in protected payloads of a stretch of time, one for each live key. `from` and
 * `to` are ISO instants; without them every key counts. Words are as search/words cuts them.
 * A beginning of a word or a phrase cannot be found this way.
 */
export async function hashedTerms(
  workspace: string,
  words: readonly string[],
  from?: string,
  to?: string,
): Promise<Map<string, string[]>> {
  const months = { from: from && monthOf(from), to: to && monthOf(to) };
  const keys = await inWorkspace(workspace, (tx) => findLiveKeys(tx, months), { readOnly: true });
  return new Map(
    words.map((word) => [word, keys.map((key) => lexeme('word', wordHash(key, word)))]),
  );
}

function monthOf(instant: string): string {
  return new Date(instant).toISOString().slice(0, 7);
}
