import { originOf, verifierOf } from '../checkpoint';
import { type KeyVersion, rollOver, verifiersOf } from '../keys';
import { openCheckpoint, type Verifier, verifierKey } from '../note';
import { Broken } from './broken';

/**
 * The versions of the log's key as a verification goes along: a roll-over counts when the log
 * has its event, and what is stored about it must be what follows from that event.
 */
export class KeyChain {
  readonly #workspace: string;
  readonly #stored: readonly KeyVersion[];
  #version: number;
  #verifier: Verifier;

  /** Starts with the version that signs at `size`. Throws Broken for a chain that does not hold. */
  constructor(workspace: string, stored: readonly KeyVersion[], size: number) {
    this.#workspace = workspace;
    this.#stored = stored;
    const first = stored.find((key) => !isDerived(workspace, key)) ?? stored[0];
    if (first && !isDerived(workspace, first)) {
      throw new Broken(
        Math.max(0, first.fromSize - 1),
        `Version ${first.version} of the signing key is not the one that the log rolled over to.`,
      );
    }
    try {
      verifiersOf(originOf(workspace), stored);
    } catch (error) {
      throw new Broken(0, `The signing keys do not follow from each other: ${reasonOf(error)}.`);
    }
    this.#version = stored.findLast((key) => key.fromSize <= size)?.version ?? 1;
    this.#verifier = verifierOf(workspace, this.#version);
  }

  /** An event of the roll-over's type at this index; one that asks for another version is only an event. */
  rolled(index: number, id: string, body: string): void {
    const wanted = rollOver(this.#workspace, this.#version);
    const { data } = JSON.parse(body) as { data?: Record<string, unknown> };
    if (data?.['version'] !== wanted.version || data['next'] !== wanted.next) return;
    const stored = this.#stored.find((key) => key.version === wanted.version);
    if (stored?.event !== id || stored.fromSize !== index + 1) {
      throw new Broken(
        index,
        `The log rolled over to version ${wanted.version} of its signing key at index ${index}, and the stored keys do not say so.`,
      );
    }
    this.#version = wanted.version;
    this.#verifier = verifierOf(this.#workspace, this.#version);
  }

  /** The event at this index has expired; the stored keys, which follow from each other, say whether it rolled over. */
  passed(index: number): void {
    const next = this.#stored.find((key) => key.version === this.#version + 1);
    if (next?.fromSize !== index + 1) return;
    this.#version = next.version;
    this.#verifier = verifierOf(this.#workspace, this.#version);
  }

  /** Opens a checkpoint that the current version signed; throws with what is wrong. */
  open(note: string): { size: number; root: Buffer } {
    return openCheckpoint(note, [this.#verifier], originOf(this.#workspace));
  }

  /** Called at the end: no version is stored that the log does not have. */
  end(): void {
    const extra = this.#stored.find((key) => key.version > this.#version);
    if (!extra) return;
    throw new Broken(
      Math.max(0, extra.fromSize - 1),
      `Version ${extra.version} of the signing key is stored, but no event of the log rolled over to it.`,
    );
  }
}

function isDerived(workspace: string, { version, key }: KeyVersion): boolean {
  return verifierKey(verifierOf(workspace, version)) === key;
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
