import {
  type Checkpoint,
  openCheckpoint,
  openNote,
  parseVerifierKey,
  type Verifier,
  verifierKey,
} from '../note';
import { verifiersOf } from './chain';
import type { ManifestLine } from './line';
import { messageOf, Refusal } from './refusal';
import { type Manifest, manifestSchema, manifestText } from './schema';

/** What the signatures of a manifest vouch for. */
export interface Trust {
  manifest: Manifest;
  /** The log's name. */
  origin: string;
  /** Oldest first: the pinned key (or the file's first) and those that it led to by endorsement. */
  keys: Verifier[];
  /** Those before the pinned one, which vouch for nothing. */
  earlier: Verifier[];
  checkpoint: Checkpoint;
}

/**
 * Checks a manifest from its keys up: each key endorsed by the one before, the checkpoint and
 * the manifest signed by them. With a pinned key, one that only comes before it counts for
 * nothing: anybody can make a key that endorses the log's. Throws a Refusal.
 */
export function checkManifest(line: ManifestLine, pinned: Verifier | undefined): Trust {
  const parsed = manifestSchema.safeParse(line.manifest);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const at = issue?.path.join('.') ?? '';
    throw new Refusal(
      `The manifest is malformed at ${at}: ${issue?.message ?? 'not as expected'}.`,
    );
  }
  const manifest = parsed.data;
  const chain = keyChain(manifest);
  const newest = chain.at(-1);
  const origin = newest?.name ?? '';
  if (!origin.endsWith(`/${manifest.workspace}`)) {
    throw new Refusal(`The keys are of the log ${origin}, not of workspace ${manifest.workspace}.`);
  }
  const keys = pinned ? fromPinned(chain, pinned) : chain;
  const checkpoint = manifestCheckpoint(manifest, keys, origin);
  try {
    // Spare bits at the end of base64 would be bytes that nothing covers.
    const [encoded = ''] = line.signature.split(' ').slice(-1);
    if (Buffer.from(encoded, 'base64').toString('base64') !== encoded) {
      throw new Error('a signature line is malformed');
    }
    // The newest alone: an older key may have been given up because others have it.
    openNote(`${manifestText(line.manifest)}\n${line.signature}\n`, newest ? [newest] : []);
  } catch (error) {
    throw new Refusal(`The manifest was changed, or is not the log's: ${messageOf(error)}.`);
  }
  checkNumbers(manifest, checkpoint);
  const earlier = chain.slice(0, chain.length - keys.length);
  return { manifest, origin, keys, earlier, checkpoint };
}

function manifestCheckpoint(manifest: Manifest, keys: Verifier[], origin: string): Checkpoint {
  try {
    return openCheckpoint(manifest.checkpoint, keys, origin);
  } catch (error) {
    throw new Refusal(
      `The manifest's checkpoint was changed, or is not the log's: ${messageOf(error)}.`,
    );
  }
}

function keyChain({ keys }: Manifest): Verifier[] {
  try {
    const [first] = keys;
    return verifiersOf(parseVerifierKey(first?.key ?? '').name, keys);
  } catch (error) {
    throw new Refusal(`The manifest's keys are not the log's: ${messageOf(error)}.`);
  }
}

function fromPinned(chain: Verifier[], pinned: Verifier): Verifier[] {
  const wanted = verifierKey(pinned);
  const at = chain.findIndex((key) => verifierKey(key) === wanted);
  if (at >= 0) return chain.slice(at);
  const named = chain.some((key) => key.name === pinned.name);
  throw new Refusal(
    named
      ? 'The file is signed by another key than the one you gave, and the one you gave does not endorse it.'
      : `The file is of the log ${chain[0]?.name ?? ''}, the key you gave is of ${pinned.name}.`,
  );
}

function checkNumbers(manifest: Manifest, checkpoint: Checkpoint): void {
  const { complete, count, first, last, size } = manifest;
  const wrong = (what: string) => new Refusal(`The manifest contradicts itself: ${what}.`);
  if (size !== checkpoint.size)
    throw wrong(`its size is ${size}, its checkpoint's ${checkpoint.size}`);
  if (count > size) throw wrong(`${count} events of a log of ${size}`);
  if ((first === null) !== (count === 0) || (last === null) !== (count === 0)) {
    throw wrong(`${count} events from index ${first} to ${last}`);
  }
  if (complete && count !== size) throw wrong(`complete, but ${count} events of ${size}`);
}
