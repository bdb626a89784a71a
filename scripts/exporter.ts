/**
 * Makes the process that writes exports one file, which starts in a quarter of the time that its
 * sources take to be read: lib/domains/trail/export/child.ts.
 */
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');

const { metafile } = await build({
  entryPoints: [join(ROOT, 'lib/domains/trail/export/child.ts')],
  outfile: join(ROOT, 'node_modules/.countersign-exporter.cjs'),
  tsconfig: join(ROOT, 'tsconfig.json'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['pg-native'],
  // The database's driver makes one to see where it runs, for which Node reads all of its HTTP client.
  define: { Response: 'undefined' },
  metafile: true,
});

// It cannot run in such a file, and is most of what the process would have to read.
const client = Object.keys(metafile.inputs).find((file) => file.includes('generated/prisma/'));
if (client) {
  console.error(`The export's process reads ${client}: import what it needs from elsewhere.`);
  process.exitCode = 1;
}
