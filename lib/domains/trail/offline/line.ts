import { canonicalJson } from '@/lib/kernel/canonical';
import { leafHash } from '../merkle';
import { messageOf, Refusal } from './refusal';

/** One event as an export has it, with the leaf that its canonical bytes hash to. */
export interface EventLine {
  kind: 'event';
  index: number;
  event: Record<string, unknown>;
  leaf: Buffer;
  /** In a filtered export: the way from the leaf to the root of the tree of `size`. */
  proof?: { path: Buffer[]; size: number };
  /** Whether it holds a payload that only a key opens. */
  sealed: boolean;
}

/** The line that ends an export; nothing of it is checked yet but its form. */
export interface ManifestLine {
  kind: 'manifest';
  manifest: unknown;
  signature: string;
}

/** No tree is as high. */
const MAX_PATH = 64;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a line of an export; refuses whatever is not, byte for byte, what an export writes. */
export function readLine(bytes: Uint8Array): EventLine | ManifestLine {
  if (bytes.length === 0) throw new Refusal('The line is empty.');
  const text = decode(bytes);
  const value = parse(text);
  const read = 'manifest' in value ? readManifest(value) : readEvent(value);
  if (read.canonical !== text) {
    throw new Refusal(
      'The line is not the canonical JSON (RFC 8785) that an export writes: its bytes were changed.',
    );
  }
  if (read.line.kind === 'event') read.line.sealed = text.includes('"sealed":1');
  return read.line;
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    throw new Refusal('The line is compressed (gzip). Unpack the file first.');
  }
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Refusal('The line is not UTF-8 text, so it is no line of an export.');
  }
}

function parse(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('The line is not JSON, or only a part of it.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal('The line is neither an event nor a manifest.');
  }
  return value as Record<string, unknown>;
}

function readManifest(value: Record<string, unknown>) {
  const { manifest, signature } = value;
  if (typeof signature !== 'string') throw new Refusal('The manifest has no signature.');
  const line: ManifestLine = { kind: 'manifest', manifest, signature };
  return { canonical: canonical({ manifest, signature }), line };
}

function readEvent(value: Record<string, unknown>) {
  const { event, index } = value;
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new Refusal('The line is neither an event nor a manifest.');
  }
  if (!isIndex(index)) throw new Refusal('The event has no index.');
  const body = canonical(event);
  const said = event as Record<string, unknown>;
  const line: EventLine = {
    kind: 'event',
    index,
    event: said,
    leaf: leafHash(body),
    sealed: false,
  };
  let rest = `,"index":${index}`;
  if ('leaf' in value) {
    rest += `,"leaf":"${line.leaf.toString('base64')}"`;
    if (value['leaf'] !== line.leaf.toString('base64')) {
      throw new Refusal('The event does not hash to the leaf hash on its line: it was changed.');
    }
  }
  if ('proof' in value) {
    line.proof = readProof(value['proof']);
    rest += `,"proof":${canonical(value['proof'])}`;
  }
  return { canonical: `{"event":${body}${rest}}`, line };
}

function readProof(value: unknown): { path: Buffer[]; size: number } {
  const { path, size } = (value ?? {}) as { path?: unknown; size?: unknown };
  const hashes = Array.isArray(path) && path.length <= MAX_PATH ? path.map(readHash) : [undefined];
  if (!isIndex(size) || hashes.includes(undefined)) {
    throw new Refusal('The proof is not one: it wants a path of base64 hashes and a size.');
  }
  return { path: hashes as Buffer[], size };
}

function readHash(text: unknown): Buffer | undefined {
  if (typeof text !== 'string' || text.length !== 44) return undefined;
  const hash = Buffer.from(text, 'base64');
  return hash.length === 32 && hash.toString('base64') === text ? hash : undefined;
}

function canonical(value: unknown): string {
  try {
    return canonicalJson(value);
  } catch (error) {
    // Too deep for the stack, a number past the range, half a character.
    throw new Refusal(`The line has no canonical form (RFC 8785): ${messageOf(error)}.`);
  }
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
