import { verify } from 'node:crypto';
import { parseVerifierKey, type Verifier } from '../note';

/** The type of plain Ed25519 keys in C2SP signed-note. */
const LOG_KEY = 0x01;
const SIGNATURE_BYTES = 64;

/** What the key before signs to say that `next`, a verifier key, signs for this log from then on. */
export function endorsementText(origin: string, next: string): string {
  return `countersign/trail-key/v1\n${origin}\n${next}\n`;
}

/** A key as a chain has it: a verifier key, and the base64 signature of the one before. */
interface Link {
  key: string;
  endorsement?: string | undefined;
}

/**
 * The verifiers of a chain of keys, oldest first; throws at the first key that cannot be read,
 * is of another log than `origin`, or is not endorsed by the one before.
 */
export function verifiersOf(origin: string, chain: readonly Link[]): Verifier[] {
  const verifiers: Verifier[] = [];
  for (const [at, { key, endorsement = '' }] of chain.entries()) {
    const verifier = parseVerifierKey(key);
    const named = `key ${at + 1}`;
    if (verifier.name !== origin) throw new Error(`${named} is of another log, ${verifier.name}`);
    if (verifier.type !== LOG_KEY) throw new Error(`${named} is a witness's, not a log's`);
    const before = verifiers.at(-1);
    if (before && !endorsed(endorsementText(origin, key), endorsement, before)) {
      throw new Error(`${named} is not endorsed by the one before it`);
    }
    verifiers.push(verifier);
  }
  return verifiers;
}

function endorsed(text: string, endorsement: string, before: Verifier): boolean {
  const signature = Buffer.from(endorsement, 'base64');
  return (
    signature.length === SIGNATURE_BYTES &&
    verify(null, Buffer.from(text), before.publicKey, signature)
  );
}
