/** As much of node:crypto as the verifier uses, for a page without a server: SHA-256, and what signs logs and approvals. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { Buffer } from './buffer';
import { verifyRsa } from './rsa';

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
  verify: (data: Uint8Array, signature: Uint8Array) => boolean;
  export: () => Uint8Array;
}

interface Jwk {
  kty: string;
  [member: string]: string;
}

/** An Ed25519 key in its SubjectPublicKeyInfo, or a JWK of the kinds that passkeys have. */
export function createPublicKey({ key }: { key: Uint8Array | Jwk }): PublicKey {
  if (key instanceof Uint8Array) return ed25519Key(key.subarray(SPKI.length));
  const [x, y, n, e] = ['x', 'y', 'n', 'e'].map((name) =>
    Buffer.from(key[name] ?? '', 'base64url'),
  );
  if (!x || !y || !n || !e) throw new Error('no key');
  if (key.kty === 'OKP') return ed25519Key(x);
  return {
    verify: (data, signature) =>
      key.kty === 'RSA'
        ? verifyRsa({ n, e }, data, signature)
        : p256.verify(signature, data, Buffer.concat([Buffer.from([4]), x, y]), {
            ...{ format: 'der', lowS: false },
          }),
    export: () => {
      throw new Error('only an Ed25519 key is written');
    },
  };
}

/** Ed25519 as RFC 8032 has it, not the looser rule of some ledgers. */
function ed25519Key(raw: Uint8Array): PublicKey {
  return {
    verify: (data, signature) => ed25519.verify(signature, data, raw, { zip215: false }),
    export: () => Buffer.concat([SPKI, raw]),
  };
}

/** The hash is SHA-256 where a key's algorithm wants one; its kind says which algorithm. */
export function verify(
  _: 'sha256' | null,
  data: Uint8Array,
  key: PublicKey,
  signature: Uint8Array,
): boolean {
  try {
    return key.verify(data, signature);
  } catch {
    return false;
  }
}
