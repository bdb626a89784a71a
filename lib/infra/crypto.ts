import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { masterKey } from './env';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM under `key`, bound to `context` (the id of what it belongs to) as additional
 * data, so that a sealed value cannot be moved to another row. Layout: version, nonce, tag, text.
 */
export function seal(
  key: Buffer,
  plain: Buffer | string,
  context: string,
): Uint8Array<ArrayBuffer> {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(context));
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Uint8Array.from(Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), text]));
}

/** Opens what `seal` made; throws when key, context or bytes differ. */
export function open(key: Buffer, sealed: Uint8Array, context: string): Buffer {
  const bytes = Buffer.from(sealed);
  if (bytes[0] !== VERSION) throw new Error('sealed value: unknown version');
  const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
  const tag = bytes.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(tag);
  return Buffer.concat([
    decipher.update(bytes.subarray(1 + NONCE_BYTES + TAG_BYTES)),
    decipher.final(),
  ]);
}

/** Names a master key without telling anything of it: 128 bits by HKDF-SHA-256, hex. */
export function masterKeyFingerprint(key: Buffer = masterKey()): string {
  const bytes = hkdfSync('sha256', key, '', 'countersign:master-key-fingerprint', 16);
  return Buffer.from(bytes).toString('hex');
}

/** A fresh data key for a workspace, wrapped by the master key. */
export function newDataKey(workspace: string): Uint8Array<ArrayBuffer> {
  return seal(masterKey(), randomBytes(32), `data-key:${workspace}`);
}

export function unwrapDataKey(wrapped: Uint8Array, workspace: string): Buffer {
  return open(masterKey(), wrapped, `data-key:${workspace}`);
}

/** 256 bits derived from a workspace's data key by HKDF-SHA-256 for one labelled purpose. */
export function derivedDataKey(wrapped: Uint8Array, workspace: string, label: string): Buffer {
  const key = unwrapDataKey(wrapped, workspace);
  return Buffer.from(hkdfSync('sha256', key, '', `countersign:${label}`, 32));
}

// PKCS#8 header of an Ed25519 private key (RFC 8410); the 32-byte seed follows.
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Ed25519 key pair derived from the master key by HKDF-SHA-256 for one labelled purpose. */
export function derivedSigningKey(label: string): { privateKey: KeyObject; publicKey: KeyObject } {
  const seed = Buffer.from(hkdfSync('sha256', masterKey(), '', `countersign:${label}`, 32));
  const privateKey = createPrivateKey({
    key: Buffer.concat([ED25519_PKCS8, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** Random secret of 256 bits, base64url. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

export function sha256Hex(value: string | Buffer): string {
  return createHash('sha256').update(value).digest('hex');
}

/** Compares two strings in time that does not depend on where they differ. */
export function safeEqual(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest();
  const right = createHash('sha256').update(b).digest();
  return timingSafeEqual(left, right);
}
