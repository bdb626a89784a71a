/**
 * A program of ours as one file. It does what its sources do, starts in a quarter of the time and
 * stands on a third less memory: nothing is looked up, translated or read in hundreds of files.
 */
import path from 'node:path';
import { build } from 'esbuild';

const ROOT = path.join(import.meta.dirname, '../..');

/** A program as text, and the files of the repository that it is made of. */
export interface Bundle {
  text: string;
  sources: string[];
}

interface Options {
  /** Files that are run before it. */
  first?: string[];
  /** Names that mean something else in it, by the code that stands in their place. */
  define?: Record<string, string>;
}

/** Bundles a file of the repository. */
export async function bundleProgram(
  entry: string,
  { first = [], define = {} }: Options = {},
): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    entryPoints: [path.join(ROOT, entry)],
    define,
    inject: first.map((file) => path.join(ROOT, file)),
    absWorkingDir: ROOT,
    outdir: ROOT,
    write: false,
    metafile: true,
    tsconfig: path.join(ROOT, 'tsconfig.json'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // What holds machine code or WebAssembly, and what finds its own parts in its folder.
    external: ['pg-native', '@node-rs/argon2', '@cedar-policy/cedar-wasm', 'next'],
    // Packages that are no modules ask for others with it.
    banner: {
      js: "import * as bundled from 'node:module'; const require = bundled.createRequire(import.meta.url);",
    },
    legalComments: 'none',
    logLevel: 'error',
  });
  return { text: outputFiles[0]?.text ?? '', sources: Object.keys(metafile.inputs) };
}
