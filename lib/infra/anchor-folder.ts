/** Small files that are written once: each with O_EXCL, synced to the disk, read-only. */
import { constants } from 'node:fs';
import { mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import path from 'node:path';

const { O_CREAT, O_EXCL, O_WRONLY } = constants;
const READ_ONLY = 0o444;

/** Writes `text` to a file that must not be there yet; what is there already stays, and is given back. */
export async function writeOnce(file: string, text: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  try {
    const handle = await open(file, O_CREAT | O_EXCL | O_WRONLY, READ_ONLY);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } catch (error) {
      // A part of it would stand in the way for ever.
      await unlink(file).catch(() => undefined);
      throw error;
    } finally {
      await handle.close();
    }
    await syncFolder(path.dirname(file));
    return text;
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') return readFile(file, 'utf8');
    throw error;
  }
}

/** Replaces a file at once: whoever reads sees the old text or the new. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const beside = `${file}.${process.pid}.new`;
  const handle = await open(beside, 'w', 0o644);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
  await syncFolder(path.dirname(file));
}

/** The file's text; undefined when there is none. */
export async function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: { code?: string }) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
