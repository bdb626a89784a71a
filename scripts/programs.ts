/**
 * Makes each process of Countersign one file, node_modules/.countersign/NAME.mjs, which
 * workers/run.mjs starts. Says what one of them would read in vain, and fails.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleProgram } from '@/lib/infra/bundle';

const FOLDER = path.join(import.meta.dirname, '../node_modules/.countersign');

interface Program {
  name: string;
  entry: string;
  first?: string[];
  define?: Record<string, string>;
  /** Sources that it has no use for: they would make it slow to start and large. */
  without: RegExp;
}

const worker = (name: string): Program => ({
  name,
  entry: `workers/${name}.ts`,
  first: ['lib/infra/supervised.ts'],
  without: /^components\/(?!format)|^lib\/.*\.tsx$|^node_modules\/react\//,
});

const programs: Program[] = [
  worker('console'),
  worker('gateway'),
  worker('jobs'),
  worker('sequencer'),
  {
    name: 'exporter',
    entry: 'lib/domains/trail/export/child.ts',
    // The database's driver makes one to see where it runs, for which Node reads all of its HTTP client.
    define: { Response: 'undefined' },
    without: /\/generated\/prisma\//,
  },
];

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
