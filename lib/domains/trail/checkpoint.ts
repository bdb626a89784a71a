/**
 * Checkpoints as C2SP tlog-checkpoint says: a signed note over origin, size and root, with
 * an Ed25519 signature of type 0x01. One key a workspace, derived from the master key.
 */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { derivedSigningKey } from '@/lib/infra/crypto';

const ED25519 = 0x01;
const SIGNATURE_BYTES = 64;
// SubjectPublicKeyInfo header of an Ed25519 key (RFC 8410); the 32 bytes of the key follow.
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

export interface Checkpoint {
  origin: string;
  size: number;
  root: Buffer;
}

/** A verifier key of C2SP signed-note: a name, its key id and the public key. */
export interface Verifier {
  name: string;
  id: Buffer;
  publicKey: KeyObject;
}

/** The log's identity, which is also its key's name. */
export function originOf(workspace: string): string {
  return `countersign/trail/${workspace}`;
}

type Keys = ReturnType<typeof derivedSigningKey>;
const keys = new LRUCache<string, Keys>({ max: 1_000 });

function keysOf(workspace: string): Keys {
  const known = keys.get(workspace);
  if (known) return known;
  const derived = derivedSigningKey(`trail:${workspace}:v1`);
  keys.set(workspace, derived);
  return derived;
}

function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
}

function keyId(name: string, publicKey: Buffer): Buffer {
  const hash = createHash('sha256')
    .update(`${name}\n`)
    .update(Buffer.from([ED25519]))
    .update(publicKey);
  return hash.digest().subarray(0, 4);
}

/** The signed note that says what a workspace's log holds. */
export function signCheckpoint(workspace: string, size: number, root: Buffer): string {
  const { privateKey, publicKey } = keysOf(workspace);
  const name = originOf(workspace);
  const text = `${name}\n${size}\n${root.toString('base64')}\n`;
  const signature = sign(null, Buffer.from(text), privateKey);
  const id = keyId(name, rawPublicKey(publicKey));
  return `${text}\n— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
}

export function verifierOf(workspace: string): Verifier {
  const name = originOf(workspace);
  const { publicKey } = keysOf(workspace);
  return { name, id: keyId(name, rawPublicKey(publicKey)), publicKey };
}

/** The verifier key as others write it: name, key id and key, joined by plus signs. */
export function verifierKey(verifier: Verifier): string {
  const key = Buffer.concat([Buffer.from([ED25519]), rawPublicKey(verifier.publicKey)]);
  return `${verifier.name}+${verifier.id.toString('hex')}+${key.toString('base64')}`;
}

/** Reads a verifier key; throws with what is wrong with it. */
export function parseVerifierKey(text: string): Verifier {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text);
  const [, name = '', id = '', encoded = ''] = match ?? [];
  const key = Buffer.from(encoded, 'base64');
  if (!match) throw new Error('verifier key: not of the form name+id+key');
  if (key.length !== 33 || key[0] !== ED25519) throw new Error('verifier key: not an Ed25519 key');
  if (!keyId(name, key.subarray(1)).equals(Buffer.from(id, 'hex'))) {
    throw new Error('verifier key: the id is not of this name and key');
  }
  const publicKey = createPublicKey({
    key: Buffer.concat([SPKI, key.subarray(1)]),
    format: 'der',
    type: 'spki',
  });
  return { name, id: Buffer.from(id, 'hex'), publicKey };
}

/**
 * Opens a checkpoint: the note is well formed, signed by this verifier, and of its log.
 * Throws with what is wrong; nothing of an unverified note is returned.
 */
export function openCheckpoint(note: string, verifier: Verifier): Checkpoint {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw new Error('checkpoint: no signature follows the text');
  if (hasControls(note)) throw new Error('checkpoint: it holds control characters');
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2, -1).split('\n');
  let verified = false;
  for (const line of lines) {
    const match = /^— ([^\s+]+) ([A-Za-z0-9+/]+=*)$/.exec(line);
    if (!match) throw new Error('checkpoint: a signature line is malformed');
    const bytes = Buffer.from(match[2] ?? '', 'base64');
    // Others may sign too; their keys are not known here and count for nothing.
    if (match[1] !== verifier.name || !bytes.subarray(0, 4).equals(verifier.id)) continue;
    const signature = bytes.subarray(4);
    const good =
      signature.length === SIGNATURE_BYTES &&
      verify(null, Buffer.from(text), verifier.publicKey, signature);
    if (!good) throw new Error('checkpoint: the signature does not verify');
    verified = true;
  }
  if (!verified) throw new Error(`checkpoint: not signed by ${verifier.name}`);
  const [origin = '', size = '', root = ''] = text.split('\n');
  if (origin !== verifier.name) throw new Error('checkpoint: it is of another log');
  if (!/^(0|[1-9]\d{0,15})$/.test(size)) throw new Error('checkpoint: the size is malformed');
  const hash = Buffer.from(root, 'base64');
  if (hash.length !== 32 || hash.toString('base64') !== root)
    throw new Error('checkpoint: the root is malformed');
  return { origin, size: Number(size), root: hash };
}

function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 && code !== 0x0a) return true;
  }
  return false;
}
