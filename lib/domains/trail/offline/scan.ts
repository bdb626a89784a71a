import { createHash } from 'node:crypto';
import { Frontier, verifyInclusion } from '../merkle';
import { type EventLine, readLine } from './line';
import { Refusal } from './refusal';
import { number } from './report';
import { Signatures } from './signatures';
import { chunksOf, LineSplitter, type Source } from './source';
import type { Trust } from './trust';

/** What one pass over the events of a file found. */
export interface Scan {
  /** Of the lines with an event. */
  count: number;
  first: number | null;
  last: number | null;
  /** Of the lines that hold sealed payloads. */
  sealed: number;
  /** Of the approvals that a passkey signed; each was found to hold. */
  signed: number;
  sha256: string;
  /** In a complete export: the roots of the log at its end and at each size that was asked for. */
  roots: Map<number, Buffer>;
}

export interface ScanOptions {
  /** Where the events end and the manifest begins. */
  end: number;
  /** Absent when no manifest vouches for the file: then form and order alone are checked. */
  trust: Trust | undefined;
  /** The sizes whose roots are wanted. */
  sizes: ReadonlySet<number>;
  onProgress: (bytes: number) => void;
  /** Called with each event in its order; what it was told counts only when all is verified. */
  onEvent?: ((line: EventLine) => void) | undefined;
}

/** Reads all events once, in constant memory. Throws a Refusal with the number of the first bad line. */
export async function scan(source: Source, options: ScanOptions): Promise<Scan> {
  const digest = createHash('sha256');
  const splitter = new LineSplitter();
  const pass = new Pass(options);
  let done = 0;
  let line = 0;
  const take = (bytes: Uint8Array) => {
    line += 1;
    pass.take(bytes);
  };
  for await (const chunk of chunksOf(source, options.end)) {
    digest.update(chunk);
    try {
      for (const bytes of splitter.push(chunk)) take(bytes);
    } catch (error) {
      // A line that is too long was not yet counted.
      throw numbered(error, line + (pass.taken === line ? 1 : 0));
    }
    done += chunk.length;
    options.onProgress(done);
  }
  const rest = splitter.rest();
  try {
    if (rest.length > 0) take(rest);
  } catch (error) {
    throw numbered(error, line);
  }
  return pass.result(digest.digest('hex'));
}

function numbered(error: unknown, line: number): unknown {
  return error instanceof Refusal ? new Refusal(error.message, line) : error;
}

class Pass {
  readonly #trust: Trust | undefined;
  readonly #sizes: ReadonlySet<number>;
  readonly #roots = new Map<number, Buffer>();
  readonly #frontier = new Frontier();
  readonly #signatures: Signatures;
  readonly #onEvent: ScanOptions['onEvent'];
  #first: number | null = null;
  #last: number | null = null;
  #sealed = 0;
  /** Lines that were found good. */
  taken = 0;

  constructor({ trust, sizes, onEvent }: ScanOptions) {
    this.#trust = trust;
    this.#onEvent = onEvent;
    this.#sizes = sizes;
    this.#signatures = new Signatures(trust?.manifest.complete ?? false);
    this.#note();
  }

  take(bytes: Uint8Array): void {
    const line = readLine(bytes);
    if (line.kind === 'manifest') {
      throw new Refusal('A manifest stands here, but more follows it: lines were added or moved.');
    }
    this.#checkOrder(line);
    if (this.#trust) this.#checkPlace(line, this.#trust);
    this.#signatures.take(line.event);
    this.#first ??= line.index;
    this.#last = line.index;
    if (line.sealed) this.#sealed += 1;
    this.taken += 1;
    this.#onEvent?.(line);
  }

  result(sha256: string): Scan {
    return {
      count: this.taken,
      first: this.#first,
      last: this.#last,
      sealed: this.#sealed,
      signed: this.#signatures.count,
      sha256,
      roots: this.#roots,
    };
  }

  #checkOrder({ index }: EventLine): void {
    const last = this.#last;
    if (last === null || index > last) return;
    throw new Refusal(
      index === last
        ? `The event has index ${number(index)} again: the line was added twice.`
        : `The event has index ${number(index)} after ${number(last)}: lines were swapped, moved or added.`,
    );
  }

  #checkPlace(line: EventLine, { manifest, checkpoint }: Trust): void {
    const { index, leaf, proof } = line;
    if (index >= checkpoint.size) {
      throw new Refusal(
        `The event has index ${number(index)}, past the ${number(checkpoint.size)} events that the checkpoint signs.`,
      );
    }
    if (manifest.complete) {
      if (proof) throw new Refusal('The event carries a proof, as none does in a complete export.');
      if (index !== this.taken) {
        throw new Refusal(
          `The event has index ${number(index)} where ${number(this.taken)} belongs: lines are missing or were moved.`,
        );
      }
      this.#frontier.push(leaf);
      this.#note();
      return;
    }
    if (!proof) throw new Refusal('The event carries no proof, as each does in a filtered export.');
    if (proof.size !== checkpoint.size) {
      throw new Refusal(
        `The proof is of a log of ${number(proof.size)} events, the checkpoint signs ${number(checkpoint.size)}.`,
      );
    }
    if (!verifyInclusion(leaf, index, proof.size, proof.path, checkpoint.root)) {
      throw new Refusal(
        'The proof does not lead to the root that the checkpoint signs: the event, its index or its proof was changed.',
      );
    }
  }

  #note(): void {
    if (this.#sizes.has(this.#frontier.size)) {
      this.#roots.set(this.#frontier.size, this.#frontier.root());
    }
  }
}
