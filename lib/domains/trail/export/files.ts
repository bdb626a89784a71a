/** Files of exports, below the data directory; readable by this system's user alone. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { env } from '@/lib/infra/env';

const PART = '.part';

function folderOf(workspace: string): string {
  return path.join(env().COUNTERSIGN_DATA_DIR, 'exports', workspace);
}

/** Each writer has a name of its own, so that one which is taken for dead disturbs nobody. */
export function fileName(id: string, runner: string, extension: string): string {
  return `${id}.${runner}.${extension}`;
}

/** The export and the writer that a file's name tells. */
export function ownerOf(name: string): { id: string; runner: string } {
  const [id = '', runner = ''] = name.split('.');
  return { id, runner };
}

/** A file that is written from its beginning to its end, and has its name only then. */
export class ExportFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #hash: Hash = createHash('sha256');
  bytes = 0;

  private constructor(file: string, handle: FileHandle) {
    this.#path = file;
    this.#handle = handle;
  }

  static async create(workspace: string, name: string): Promise<ExportFile> {
    const folder = folderOf(workspace);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = path.join(folder, name);
    return new ExportFile(file, await open(file + PART, 'wx', 0o600));
  }

  async write(piece: Uint8Array): Promise<void> {
    await this.#handle.appendFile(piece);
    this.#hash.update(piece);
    this.bytes += piece.byteLength;
  }

  /** Whole, and on the disk under its name; its SHA-256 in hex. */
  async complete(): Promise<string> {
    await this.#handle.sync();
    await this.#handle.close();
    await rename(this.#path + PART, this.#path);
    const folder = await open(path.dirname(this.#path));
    // The name is in the folder, which has to reach the disk too.
    await folder.sync().finally(() => folder.close());
    return this.#hash.digest('hex');
  }

  /** Leaves nothing of it, whether it was complete or not. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await rm(this.#path + PART, { force: true });
    await rm(this.#path, { force: true });
  }
}

/** Bytes of a file; undefined when it is not there. */
export async function sizeOf(workspace: string, name: string): Promise<number | undefined> {
  const found = await stat(path.join(folderOf(workspace), name)).catch(() => undefined);
  return found?.size;
}

/** Bytes `start` to `end`, both included. */
export function readPart(workspace: string, name: string, start: number, end: number): Readable {
  return createReadStream(path.join(folderOf(workspace), name), { start, end });
}

export async function filesOf(workspace: string): Promise<string[]> {
  return readdir(folderOf(workspace)).catch(() => []);
}

export async function removeFile(workspace: string, name: string): Promise<void> {
  await rm(path.join(folderOf(workspace), name), { force: true });
}
