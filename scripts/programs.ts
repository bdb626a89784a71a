/**
 * Makes each process of Countersign one file, node_modules/.countersign/NAME.mjs, which
 * workers/run.mjs starts. Says what one of them would read in vain, and fails.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleProgram } from '@/lib/infra/bundle';
import { programs } from '@/lib/infra/programs';

const FOLDER = path.join(import.meta.dirname, '../node_modules/.countersign');

await mkdir(FOLDER, { recursive: true });
for (const { name, entry, without, ...options } of programs) {
  const { text, sources } = await bundleProgram(entry, options);
  const vain = sources.find((source) => without.test(source));
  if (vain) {
    console.error(`The program ${name} reads ${vain}: import what it needs from elsewhere.`);
    process.exitCode = 1;
  }
  await writeFile(path.join(FOLDER, `${name}.mjs`), text);
}
