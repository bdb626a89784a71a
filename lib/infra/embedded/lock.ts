/**
 * A lock file that a kill -9 cannot leave stuck: it names its holder by id and start time,
 * and a holder that no longer runs holds nothing.
 *
 * Use: `const release = acquireLock(file, { console: url })`, which throws `LockedError`
 * with the running holder's id and note.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { identityOf } from './processes';

const Holder = z.object({
  pid: z.number(),
  identity: z.string(),
  /** Of the lock file itself: in a copied folder it is another one. */
  inode: z.string().optional(),
  note: z.record(z.string(), z.string()),
});

export class LockedError extends Error {
  override name = 'LockedError';
  readonly pid: number;
  readonly note: Record<string, string>;
  /** The holder holds the lock that this one was copied from. */
  readonly copied: boolean;
  constructor(file: string, pid: number, note: Record<string, string>, copied: boolean) {
    super(
      copied
        ? `${file} was copied while process ${pid} held the original. Stop that one and copy again, or delete ${file}.`
        : `${file} is held by process ${pid}.`,
    );
    this.pid = pid;
    this.note = note;
    this.copied = copied;
  }
}

export function acquireLock(file: string, note: Record<string, string> = {}): () => void {
  const mine = `${file}.${randomUUID()}`;
  writeFileSync(mine, '', { mode: 0o600 });
  const content = JSON.stringify({
    pid: process.pid,
    identity: identityOf(process.pid) ?? '',
    inode: inodeOf(mine),
    note,
  });
  writeFileSync(mine, content);
  try {
    // link() is atomic and fails when the name is taken; an old holder is moved away first.
    while (!tryLink(mine, file)) {
      const text = read(file);
      const holder = parseHolder(text);
      if (holder && identityOf(holder.pid) === holder.identity)
        throw new LockedError(
          file,
          holder.pid,
          holder.note,
          holder.inode !== undefined && holder.inode !== inodeOf(file),
        );
      removeStale(file, text);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return () => {
    if (read(file) === content) rmSync(file, { force: true });
  };
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves exactly the stale lock away: one that another process made meanwhile is put back. */
function removeStale(file: string, stale: string | undefined): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (read(aside) !== stale) tryLink(aside, file);
  rmSync(aside, { force: true });
}

function inodeOf(file: string): string | undefined {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino.toString();
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function parseHolder(text: string | undefined): z.infer<typeof Holder> | undefined {
  try {
    return Holder.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
}
