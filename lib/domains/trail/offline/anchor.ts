import { type Checkpoint, openCheckpoint, openNote, type Verifier } from '../note';
import { messageOf, Refusal } from './refusal';
import type { Trust } from './trust';

/** A checkpoint from elsewhere that the file is held against. */
export interface Anchor {
  /** How the reader knows it: a file's name. */
  name: string;
  note: string;
}

/** The size that a checkpoint claims, before anybody has verified it; undefined when it claims none. */
export function claimedSize(note: string): number | undefined {
  const size = /^[^\n]+\n(0|[1-9]\d{0,15})\n/.exec(note)?.[1];
  return size === undefined ? undefined : Number(size);
}

/** Opens an anchor with the keys that the file is trusted by. Throws a Refusal. */
export function openAnchor(anchor: Anchor, { origin, keys, earlier }: Trust): Checkpoint {
  const [claimed = ''] = anchor.note.split('\n', 1);
  if (claimedSize(anchor.note) === undefined) {
    throw new Refusal(
      `What is in ${anchor.name} is not a checkpoint: it must be a signed note (C2SP).`,
    );
  }
  if (claimed !== origin) {
    throw new Refusal(
      `The checkpoint in ${anchor.name} is of another log, ${claimed}; the file is of ${origin}.`,
    );
  }
  try {
    return openCheckpoint(anchor.note, keys, origin);
  } catch (error) {
    if (opens(anchor.note, earlier, origin)) {
      throw new Refusal(
        `The checkpoint in ${anchor.name} is signed by a key that came before the one you gave. Give that older key: it leads to the newer ones.`,
      );
    }
    throw new Refusal(
      `The checkpoint in ${anchor.name} was changed, or is not the log's: ${messageOf(error)}.`,
    );
  }
}

function opens(note: string, keys: readonly Verifier[], origin: string): boolean {
  try {
    openCheckpoint(note, keys, origin);
    return true;
  } catch {
    return false;
  }
}

/** The witnesses, of those that are known, that cosigned a checkpoint. Throws for a false cosignature. */
export function cosigners(note: string, witnesses: readonly Verifier[]): Verifier[] {
  return witnesses.filter((witness) => {
    if (!note.includes(`\n— ${witness.name} `)) return false;
    try {
      openNote(note, [witness]);
      return true;
    } catch (error) {
      throw new Refusal(
        `The cosignature of the witness ${witness.name} is false: ${messageOf(error)}.`,
      );
    }
  });
}
