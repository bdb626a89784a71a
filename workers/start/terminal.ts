/** What the supervisor prints, and where each child's output goes. */
import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { z } from 'zod';

const ROTATE_BYTES = 20_000_000;
const TAIL_LINES = 15;
/** pino's number for a warning. */
const WARNING = 40;

const LogRecord = z.object({
  level: z.number(),
  msg: z.string().optional(),
  err: z.object({ message: z.string() }).optional(),
});

/** One line of progress. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** An error the supervisor ends with: its message is for people and needs no stack. */
export class StartError extends Error {
  override name = 'StartError';
}

/** A child's log file in the data directory; one that has grown large makes room first. */
export class LogFile {
  readonly file: string;
  readonly #stream: WriteStream;
  readonly #name: string;
  #tail: string[] = [];

  constructor(dataDir: string, name: string) {
    const folder = path.join(dataDir, 'logs');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#name = name;
    this.file = path.join(folder, `${name}.log`);
    const size = statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
    if (size > ROTATE_BYTES) renameSync(this.file, `${this.file}.1`);
    this.#stream = createWriteStream(this.file, { flags: 'a', mode: 0o600 });
    // A full disk must not end the supervisor.
    this.#stream.on('error', () => undefined);
  }

  /** Copies a stream here, and its warnings and errors to the terminal. */
  follow(stream: Readable, isErrorStream: boolean): void {
    createInterface({ input: stream }).on('line', (line) => {
      this.#stream.write(`${line}\n`);
      this.#tail = [...this.#tail, line].slice(-TAIL_LINES);
      const notice = noticeIn(line, isErrorStream);
      if (notice) process.stderr.write(`${this.#name}: ${notice}\n`);
    });
  }

  /** The last lines written. */
  tail(): string {
    return this.#tail.join('\n');
  }

  close(): void {
    this.#stream.end();
  }
}

/** The part of a line that a person at the terminal should see, if any. */
export function noticeIn(line: string, isErrorStream: boolean): string | undefined {
  if (!line.startsWith('{')) return isErrorStream && line.trim() !== '' ? line : undefined;
  try {
    const record = LogRecord.safeParse(JSON.parse(line)).data;
    if (!record) return isErrorStream ? line : undefined;
    if (record.level < WARNING) return undefined;
    return [record.msg, record.err?.message].filter(Boolean).join(': ');
  } catch {
    return isErrorStream ? line : undefined;
  }
}
