import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { expect, it } from 'vitest';
import { root } from './child';

it('type-checks what ships without a test, and without a package that only development needs', () => {
  const listed = execFileSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--listFilesOnly'],
    { cwd: root, encoding: 'utf8', maxBuffer: 64_000_000 },
  );
  const files = listed.split('\n').map((file) => path.relative(root, file));
  expect(files).toContain('lib/infra/env.ts');
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  // A package that is called as a module of Node's own is never missed: there is that one.
  const development = Object.entries<{ dev?: boolean }>(lock.packages)
    .filter(([folder, { dev }]) => dev && !isBuiltin(folder.replace('node_modules/', '')))
    .map(([folder]) => `${folder}/`);
  const foreign = (file: string) =>
    /\.test\.tsx?$/.test(file) || development.some((folder) => file.startsWith(folder));
  expect(files.filter(foreign)).toEqual([]);
});
