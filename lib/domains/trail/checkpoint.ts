/**
 * What a workspace's log signs with: an Ed25519 key derived from the master key, one version
 * at a time. A roll-over to the next version is an event in the log itself (`keys.ts`).
 */
import { sign } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { derivedSigningKey } from '@/lib/infra/crypto';
import { checkpointText, type Verifier, verifierFor } from './note';

/** The log's identity, which is also its keys' name. */
export function originOf(workspace: string): string {
  return `countersign/trail/${workspace}`;
}

type Keys = ReturnType<typeof derivedSigningKey>;
const keys = new LRUCache<string, Keys>({ max: 1_000 });

function keysOf(workspace: string, version: number): Keys {
  const label = `trail:${workspace}:v${version}`;
  const known = keys.get(label);
  if (known) return known;
  const derived = derivedSigningKey(label);
  keys.set(label, derived);
  return derived;
}

/** The verifier of one version of a workspace's key. */
export function verifierOf(workspace: string, version: number): Verifier {
  return verifierFor(originOf(workspace), keysOf(workspace, version).publicKey);
}

/** Signs `text`, which ends with a newline, as C2SP signed-note: the signature's line with its newline. */
export function signatureLine(workspace: string, version: number, text: string): string {
  const { id, name } = verifierOf(workspace, version);
  const signature = sign(null, Buffer.from(text), keysOf(workspace, version).privateKey);
  return `— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
}

/** Signs `text` with a version of the workspace's key, outside of any note: 64 bytes. */
export function signBytes(workspace: string, version: number, text: string): Buffer {
  return sign(null, Buffer.from(text), keysOf(workspace, version).privateKey);
}

/**
 * The signed note that says what a workspace's log holds. While a roll-over is under way two
 * versions sign, so that whoever knows either key can follow.
 */
export function signCheckpoint(
  workspace: string,
  size: number,
  root: Buffer,
  versions: readonly number[],
): string {
  const text = checkpointText({ origin: originOf(workspace), size, root });
  return `${text}\n${versions.map((version) => signatureLine(workspace, version, text)).join('')}`;
}
