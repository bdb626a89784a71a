import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const INPUTS = ['app', 'components', 'lib', 'prisma/schema', 'public', 'types'];
const INPUT_FILES = [
  'next.config.mjs',
  'next.config.ts',
  'package-lock.json',
  'postcss.config.mjs',
  'proxy.ts',
  'tsconfig.json',
];

function newest(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  // A folder's own time tells of files that were removed.
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Whether the console must be built: there is no build, or something that goes into it is newer. */
export function isBuildStale(): boolean {
  const stamp = join(ROOT, '.next/BUILD_ID');
  if (!existsSync(stamp)) return true;
  const built = statSync(stamp).mtimeMs;
  return [...INPUTS, ...INPUT_FILES]
    .map((name) => join(ROOT, name))
    .some((path) => existsSync(path) && newest(path) > built);
}
