/** A configuration in a folder: every file of it, and no other. */
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { folders } from '../schema';

const ours = /\.(json|cedar|cedarschema)$/;
/** As the server names files, so that no answer writes anywhere else. */
const safe = /^(?:[a-z-]+\/){0,2}[a-z0-9%_~-][a-z0-9%._~-]*$/;
const MOST_BYTES = 1_000_000;

/**
 * The texts of a folder by their paths in it. Whatever has the extension of a configuration's
 * file is one, so that a misspelt folder is told of and not passed over; what begins with a dot
 * is not looked into.
 */
export async function readFolder(folder: string): Promise<Record<string, string>> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw new Error(`${folder} is no folder.`);
  const files: Record<string, string> = {};
  for (const file of await list(folder)) files[file] = await read(path.join(folder, file), file);
  if (Object.keys(files).length === 0) {
    throw new Error(`${folder} holds no configuration. Begin with countersign export ${folder}`);
  }
  return files;
}

async function list(folder: string, under = ''): Promise<string[]> {
  const entries = await readdir(path.join(folder, under), { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const name = `${under}${entry.name}`;
      if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
      if (entry.isDirectory()) return list(folder, `${name}/`);
      if (!ours.test(name)) return [];
      if (!entry.isFile()) throw new Error(`${name} is no plain file.`);
      return [name];
    }),
  );
  return found.flat().toSorted();
}

async function read(place: string, file: string): Promise<string> {
  const bytes = await readFile(place);
  if (bytes.byteLength > MOST_BYTES) throw new Error(`${file} is larger than 1 MB.`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error(`${file} is not UTF-8.`);
  }
}

/** Makes a folder hold these files; those of an earlier export that are none of them go. */
export async function writeFolder(
  folder: string,
  files: Record<string, string>,
): Promise<{ written: string[]; removed: string[] }> {
  const strange = Object.keys(files).find((file) => !safe.test(file));
  if (strange !== undefined)
    throw new Error(`The console names a file ${strange}. Nothing was written.`);
  await mkdir(folder, { recursive: true });
  const there = await list(folder);
  const removed = there.filter((file) => !(file in files) && isInPlace(file));
  for (const file of removed) await rm(path.join(folder, file));
  const written: string[] = [];
  for (const [file, text] of Object.entries(files)) {
    const place = path.join(folder, file);
    const old = there.includes(file) ? await readFile(place, 'utf8') : undefined;
    if (old === text) continue;
    await mkdir(path.dirname(place), { recursive: true });
    await writeFile(place, text);
    written.push(file);
  }
  return { written, removed };
}

function isInPlace(file: string): boolean {
  return folders.some((name) => file.startsWith(`${name}/`));
}
