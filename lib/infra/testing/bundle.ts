/**
 * A program of ours as one file, as it ships: `const file = await bundle('workers/sequencer.ts')`.
 * It is made anew by whoever asks, so that it is never an older one.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleProgram } from '../bundle';
import { programs } from '../programs';

const FOLDER = path.join(import.meta.dirname, '../../../test-results/bundles');

export async function bundle(entry: string): Promise<string> {
  const { text } = await bundleProgram(
    entry,
    programs.find((program) => program.entry === entry),
  );
  const file = path.join(FOLDER, `${path.basename(entry, '.ts')}.mjs`);
  await mkdir(FOLDER, { recursive: true });
  // Whole or not at all: another suite may start the same one.
  const partial = `${file}.${randomUUID()}`;
  await writeFile(partial, text);
  await rename(partial, file);
  return file;
}
