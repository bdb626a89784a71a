/** As much of node:crypto as the verifier uses, for a page without a server: SHA-256 and Ed25519. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { Buffer } from './buffer';

/** SubjectPublicKeyInfo header of an Ed25519 key (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

type Data = string | Uint8Array;
const bytesOf = (data: Data) => (typeof data === 'string' ? new TextEncoder().encode(data) : data);

export function createHash(algorithm: string) {
  if (algorithm !== 'sha256') throw new Error(`no hash ${algorithm} here`);
  const state = sha256.create();
  const hash = {
    update: (data: Data) => {
      state.update(bytesOf(data));
      return hash;
    },
    digest: (encoding?: 'hex' | 'base64') => {
      const bytes = Buffer.from(state.digest());
      return encoding === undefined ? bytes : bytes.toString(encoding);
    },
  };
  return hash;
}

export function hash(algorithm: string, data: Data, encoding: 'hex' | 'base64' | 'buffer' = 'hex') {
  return createHash(algorithm)
    .update(data)
    .digest(encoding === 'buffer' ? undefined : encoding);
}

interface PublicKey {
  raw: Uint8Array;
  export: () => Uint8Array;
}

export function createPublicKey({ key }: { key: Uint8Array }): PublicKey {
  const raw = key.subarray(SPKI.length);
  return { raw, export: () => Buffer.concat([SPKI, raw]) };
}

/** Ed25519 as RFC 8032 has it, not the looser rule of some ledgers. */
export function verify(_: null, data: Uint8Array, key: PublicKey, signature: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, data, key.raw, { zip215: false });
  } catch {
    return false;
  }
}
