import { originWords } from './origin';
import type { Ended, LeftKey } from './state';

/** What a person has to do at the upstream after a rotation ended without withdrawing its keys. */
export function toDo(rotationId: string, { at, left }: Pick<Ended, 'at' | 'left'>): string {
  const where = at === null ? 'at its upstream' : `at ${originWords(at)}`;
  const known = left.filter(({ key }) => key !== 'unrecorded').map(named);
  const sentences: string[] = [];
  if (known.length > 0) {
    const they = known.length > 1 ? 'they were' : 'it was';
    sentences.push(
      `Withdraw ${known.join(' and ')} ${where}: ${they} not withdrawn and may still be valid there.`,
    );
  }
  if (left.some(({ key }) => key === 'unrecorded')) {
    sentences.push(
      `A new key may have been made ${where} with the idempotency key ${rotationId}: look for one that nothing uses, and withdraw it.`,
    );
  }
  return sentences.join(' ') || 'Nothing is left to withdraw.';
}

function named({ key, upstreamId }: LeftKey): string {
  return upstreamId === null ? `the ${key} value` : `the ${key} key ${upstreamId}`;
}
