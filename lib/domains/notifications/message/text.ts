/** Text of agents and people, made harmless for whatever shows it. */
import { maskPii } from '@/lib/kernel/mask';

/** Control characters, line ends, bidirectional and invisible marks, halves of characters. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]+/gu;

/** On one line, without anything that cannot be seen, personal data masked, and not too long. */
export function oneLine(text: string, most = 300): string {
  const flat = text.replaceAll(/[\r\n\t\u2028\u2029]+/g, ' ').replaceAll(unseen, '');
  const line = maskPii(flat.replaceAll(/\s+/g, ' ').trim());
  const characters = [...line];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : line;
}

const WORD_JOINER = '\u2060';

/**
 * The same where programs make links of text by themselves: the only link of a message is the
 * one to the console, so that no agent can send people elsewhere.
 */
export function unlinked(text: string, most?: number): string {
  return oneLine(text, most)
    .replaceAll(/[a-z][a-z0-9+.-]*:\/\/\S*/gi, '[link]')
    .replaceAll(/\b(?:mailto|tel|javascript|data|file):\S*/gi, '[link]')
    .replaceAll(/\.(?=\p{L})/gu, `.${WORD_JOINER}`);
}
