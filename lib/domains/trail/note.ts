/**
 * Signed notes, verifier keys and checkpoints as C2SP signed-note, tlog-checkpoint and
 * tlog-cosignature say. Only reading and verifying: nothing here holds a private key.
 */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

/** Signature types of C2SP signed-note: over the text, and a witness's over time and text. */
const ED25519 = 0x01;
const COSIGNATURE = 0x04;
const SIGNATURE_BYTES = 64;
const TIME_BYTES = 8;
// SubjectPublicKeyInfo header of an Ed25519 key (RFC 8410); the 32 bytes of the key follow.
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** A verifier key of C2SP signed-note: a name, its key id, the kind of its signatures and the public key. */
export interface Verifier {
  name: string;
  id: Buffer;
  type: typeof ED25519 | typeof COSIGNATURE;
  publicKey: KeyObject;
}

export interface Checkpoint {
  origin: string;
  size: number;
  root: Buffer;
}

function keyId(name: string, type: number, publicKey: Buffer): Buffer {
  const hash = createHash('sha256')
    .update(`${name}\n`)
    .update(Buffer.from([type]))
    .update(publicKey);
  return hash.digest().subarray(0, 4);
}

/** The verifier of a key that signs as `name`. */
export function verifierFor(name: string, publicKey: KeyObject): Verifier {
  return { name, id: keyId(name, ED25519, raw(publicKey)), type: ED25519, publicKey };
}

function raw(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
}

/** The verifier key as others write it: name, key id and key, joined by plus signs. */
export function verifierKey(verifier: Verifier): string {
  const key = Buffer.concat([Buffer.from([verifier.type]), raw(verifier.publicKey)]);
  return `${verifier.name}+${verifier.id.toString('hex')}+${key.toString('base64')}`;
}

/** Reads a verifier key; throws with what is wrong with it. */
export function parseVerifierKey(text: string): Verifier {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text);
  const [, name = '', id = '', encoded = ''] = match ?? [];
  const key = Buffer.from(encoded, 'base64');
  const type = key[0];
  if (!match) throw new Error('verifier key: not of the form name+id+key');
  if (key.length !== 33 || (type !== ED25519 && type !== COSIGNATURE)) {
    throw new Error('verifier key: not an Ed25519 key');
  }
  if (!keyId(name, type, key.subarray(1)).equals(Buffer.from(id, 'hex'))) {
    throw new Error('verifier key: the id is not of this name and key');
  }
  const publicKey = createPublicKey({
    key: Buffer.concat([SPKI, key.subarray(1)]),
    format: 'der',
    type: 'spki',
  });
  return { name, id: Buffer.from(id, 'hex'), type, publicKey };
}

/** What a note says, and who of the verifiers signed it. */
export interface OpenedNote {
  text: string;
  signers: Verifier[];
}

/**
 * Opens a signed note: well formed, and signed by at least one of the verifiers. Throws with
 * what is wrong, also when a signature claims to be a verifier's and is not; nothing of an
 * unverified note is returned.
 */
export function openNote(note: string, verifiers: readonly Verifier[]): OpenedNote {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw new Error('no signature follows the text');
  if (hasControls(note)) throw new Error('it holds control characters');
  const text = note.slice(0, end + 1);
  const signers: Verifier[] = [];
  for (const line of note.slice(end + 2, -1).split('\n')) {
    const match = /^— ([^\s+]+) ([A-Za-z0-9+/]+=*)$/.exec(line);
    if (!match) throw new Error('a signature line is malformed');
    const bytes = Buffer.from(match[2] ?? '', 'base64');
    // Others may sign too; their keys are not known here and count for nothing.
    const verifier = verifiers.find(
      (each) => each.name === match[1] && bytes.subarray(0, 4).equals(each.id),
    );
    if (!verifier) continue;
    if (!signed(text, bytes.subarray(4), verifier)) {
      throw new Error(`the signature of ${verifier.name} does not verify`);
    }
    signers.push(verifier);
  }
  if (signers.length === 0) {
    const names = [...new Set(verifiers.map((verifier) => verifier.name))].join(' or ');
    throw new Error(`it is not signed by ${names}`);
  }
  return { text, signers };
}

function signed(text: string, signature: Buffer, verifier: Verifier): boolean {
  if (verifier.type === ED25519) {
    return (
      signature.length === SIGNATURE_BYTES &&
      verify(null, Buffer.from(text), verifier.publicKey, signature)
    );
  }
  if (signature.length !== TIME_BYTES + SIGNATURE_BYTES) return false;
  const time = signature.readBigUInt64BE(0);
  const message = Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
  return verify(null, message, verifier.publicKey, signature.subarray(TIME_BYTES));
}

/** Opens a checkpoint of this origin; throws as `openNote` does, each message led by what it is about. */
export function openCheckpoint(
  note: string,
  verifiers: readonly Verifier[],
  origin = verifiers[0]?.name ?? '',
): Checkpoint {
  try {
    return parseCheckpoint(openNote(note, verifiers).text, origin);
  } catch (error) {
    throw new Error(`checkpoint: ${error instanceof Error ? error.message : 'cannot be read'}`, {
      cause: error,
    });
  }
}

function parseCheckpoint(text: string, wanted: string): Checkpoint {
  const [origin = '', size = '', root = ''] = text.split('\n');
  if (origin !== wanted) throw new Error('it is of another log');
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) {
    throw new Error('the size is malformed');
  }
  const hash = Buffer.from(root, 'base64');
  if (hash.length !== 32 || hash.toString('base64') !== root) {
    throw new Error('the root is malformed');
  }
  return { origin, size: Number(size), root: hash };
}

/** What the signature of a checkpoint covers. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 && code !== 0x0a) return true;
  }
  return false;
}
