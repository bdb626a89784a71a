import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  type ApprovalEvidence,
  approvalChallengeText,
  type PasskeyAlgorithm,
  type PasskeyJwk,
} from '@/lib/kernel/approval-signature';
import type { PasskeyAssertion } from '@/lib/kernel/passkey';
import type { PasskeyRegistration } from '../passkeys/schema';

const PRESENT = 0x01;
const VERIFIED = 0x04;
const ATTESTED = 0x40;
const COSE = { ES256: -7, EdDSA: -8, RS256: -257 };

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest();

type Cbor = number | string | Uint8Array | Map<number | string, Cbor>;

function cborHead(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 256) return Buffer.from([(major << 5) | 24, value]);
  return Buffer.from([(major << 5) | 25, value >> 8, value & 0xff]);
}

/** As much CBOR (RFC 8949) as an attestation has. */
function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? cborHead(1, -1 - value) : cborHead(0, value);
  if (typeof value === 'string') {
    return Buffer.concat([cborHead(3, Buffer.byteLength(value)), Buffer.from(value)]);
  }
  if (value instanceof Map) {
    const members = [...value].flatMap(([key, member]) => [cbor(key), cbor(member)]);
    return Buffer.concat([cborHead(5, value.size), ...members]);
  }
  return Buffer.concat([cborHead(2, value.length), value]);
}

/** What an answer says otherwise than an honest one. */
export interface Otherwise {
  origin?: string;
  rpId?: string;
  type?: string;
  flags?: number;
  crossOrigin?: boolean;
  counter?: number;
}

/** An authenticator in software, with one passkey. It counts, unless it is told not to. */
export class Authenticator {
  readonly id = base64url(randomBytes(32));
  readonly algorithm: PasskeyAlgorithm;
  readonly site: { origin: string; rpId: string };
  readonly jwk: PasskeyJwk;
  readonly #privateKey: KeyObject;
  readonly #counts: boolean;
  #counter = 0;

  constructor(
    algorithm: PasskeyAlgorithm = 'ES256',
    site = { origin: 'http://localhost:3000', rpId: 'localhost' },
    counts = true,
  ) {
    this.algorithm = algorithm;
    this.site = site;
    const pair =
      algorithm === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : algorithm === 'EdDSA'
          ? generateKeyPairSync('ed25519')
          : generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.jwk = pair.publicKey.export({ format: 'jwk' }) as unknown as PasskeyJwk;
    this.#privateKey = pair.privateKey;
    this.#counts = counts;
  }

  register(challenge: string, otherwise: Otherwise = {}): PasskeyRegistration {
    const id = Buffer.from(this.id, 'base64url');
    const attested = [Buffer.alloc(16), Buffer.from([0, id.length]), id, this.#coseKey()];
    const data = Buffer.concat([
      this.#data({ flags: PRESENT | VERIFIED, ...otherwise }, ATTESTED),
      ...attested,
    ]);
    const attestation = new Map<string, Cbor>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', data],
    ]);
    return {
      ...{ id: this.id, rawId: this.id, type: 'public-key', clientExtensionResults: {} },
      response: {
        clientDataJSON: this.#clientData(challenge, { type: 'webauthn.create', ...otherwise }),
        attestationObject: base64url(cbor(attestation)),
        transports: ['internal', 'carrier-pigeon'],
      },
    };
  }

  assert(challenge: string, otherwise: Otherwise = {}): PasskeyAssertion {
    if (this.#counts) this.#counter += 1;
    const data = this.#data(otherwise);
    const clientDataJSON = this.#clientData(challenge, otherwise);
    const message = Buffer.concat([data, sha256(Buffer.from(clientDataJSON, 'base64url'))]);
    const hash = this.algorithm === 'EdDSA' ? null : 'sha256';
    return {
      ...{ id: this.id, rawId: this.id, type: 'public-key', clientExtensionResults: {} },
      response: {
        clientDataJSON,
        authenticatorData: base64url(data),
        signature: base64url(sign(hash, message, this.#privateKey)),
      },
    };
  }

  /** Signs an approval, as the browser asks it to. */
  approve(digest: string, displayDigest: string, otherwise: Otherwise = {}): PasskeyAssertion {
    const challenge = sha256(approvalChallengeText(digest, displayDigest));
    return this.assert(base64url(challenge), otherwise);
  }

  /** The same as the trail keeps it. */
  evidence(digest: string, displayDigest: string, otherwise: Otherwise = {}): ApprovalEvidence {
    const { response } = this.approve(digest, displayDigest, otherwise);
    return {
      ...{ credential_id: this.id, public_key: this.jwk, algorithm: this.algorithm },
      authenticator_data: response.authenticatorData,
      client_data_json: response.clientDataJSON,
      signature: response.signature,
      ...{ origin: this.site.origin, rp_id: this.site.rpId },
    };
  }

  #data({ rpId, flags, counter }: Otherwise, more = 0): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter ?? this.#counter);
    const said = Buffer.from([(flags ?? PRESENT | VERIFIED) | more]);
    return Buffer.concat([sha256(rpId ?? this.site.rpId), said, count]);
  }

  #clientData(challenge: string, { type, origin, crossOrigin }: Otherwise): string {
    const data = {
      type: type ?? 'webauthn.get',
      challenge,
      origin: origin ?? this.site.origin,
      crossOrigin: crossOrigin ?? false,
    };
    return base64url(Buffer.from(JSON.stringify(data)));
  }

  #coseKey(): Buffer {
    const of = (text: string) => Buffer.from(text, 'base64url');
    const { jwk } = this;
    const key = new Map<number, Cbor>([[3, COSE[this.algorithm]]]);
    if (jwk.kty === 'EC') {
      for (const [name, value] of [
        [1, 2],
        [-1, 1],
        [-2, of(jwk.x)],
        [-3, of(jwk.y)],
      ] as const) {
        key.set(name, value);
      }
    } else if (jwk.kty === 'OKP') {
      for (const [name, value] of [
        [1, 1],
        [-1, 6],
        [-2, of(jwk.x)],
      ] as const)
        key.set(name, value);
    } else {
      for (const [name, value] of [
        [1, 3],
        [-1, of(jwk.n)],
        [-2, of(jwk.e)],
      ] as const) {
        key.set(name, value);
      }
    }
    return cbor(key);
  }
}
