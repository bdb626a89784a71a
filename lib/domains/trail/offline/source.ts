import { Refusal } from './refusal';

/** Bytes that can be read from any place: a file on disk, or one that was dropped on a page. */
export interface Source {
  /** In bytes. */
  readonly size: number;
  /** The bytes from `start` up to, not including, `end`; good until the next read. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** What a page can read through without being seen to stand still. */
const CHUNK_BYTES = 128 * 1024;
/** No line of an export comes near it; a longer one must not fill the memory. */
export const MAX_LINE_BYTES = 8 * 1024 * 1024;
export const NEWLINE = 10;

/** The bytes before `end`, in order, a chunk at a time. */
export async function* chunksOf(source: Source, end: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < end;) {
    const chunk = await source.read(at, Math.min(end, at + CHUNK_BYTES));
    if (chunk.length === 0) throw new Refusal('The file became shorter while it was read.');
    at += chunk.length;
    yield chunk;
  }
}

/** Where the last line begins; undefined when it is longer than any line may be. */
export async function lastLineStart(source: Source): Promise<number | undefined> {
  // The newline that ends the last line begins no further one.
  let end = Math.max(0, source.size - 1);
  while (end > 0 && source.size - end <= MAX_LINE_BYTES) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const chunk = await source.read(start, end);
    const at = chunk.lastIndexOf(NEWLINE);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return end === 0 ? 0 : undefined;
}

/** Cuts chunks into lines without their newlines; holds no more than one line. */
export class LineSplitter {
  #held = new Uint8Array(64 * 1024);
  #length = 0;

  /** The lines that end in this chunk. Each is good until the next is asked for. */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const part = chunk.subarray(from, at);
      from = at + 1;
      if (this.#length === 0) {
        yield part;
      } else {
        this.#hold(part);
        yield this.rest();
      }
    }
    this.#hold(chunk.subarray(from));
  }

  /** What follows the last newline. */
  rest(): Uint8Array {
    const rest = this.#held.subarray(0, this.#length);
    this.#length = 0;
    return rest;
  }

  #hold(part: Uint8Array): void {
    const length = this.#length + part.length;
    if (length > MAX_LINE_BYTES) {
      throw new Refusal(
        `The line is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB, which no line of an export is.`,
      );
    }
    if (length > this.#held.length) {
      const grown = new Uint8Array(Math.min(MAX_LINE_BYTES, Math.max(length, 2 * length)));
      grown.set(this.#held.subarray(0, this.#length));
      this.#held = grown;
    }
    this.#held.set(part, this.#length);
    this.#length = length;
  }
}
