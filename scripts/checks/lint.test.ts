import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPOSITORY } from './tree';

const PLANTED: [file: string, rule: string, text: string][] = [
  ['lib/kernel/env.ts', 'no-process-env', 'export const port = process.env.PORT;'],
  ['lib/kernel/any.ts', 'no-explicit-any', 'export const value = (x: any): unknown => x;'],
  ['lib/kernel/log.ts', 'no-console', "console.log('x');\nexport {};"],
  [
    'lib/kernel/class.ts',
    'parameter-properties',
    'export class A { constructor(readonly b: string) {} }',
  ],
  ['lib/kernel/space.ts', 'no-namespace', 'export namespace A { export const b = 1; }'],
  [
    'lib/kernel/loop.ts',
    'no-cycle',
    "import { loop } from './pool';\nexport const pool = (): unknown => loop;",
  ],
  [
    'lib/kernel/pool.ts',
    'no-cycle',
    "import { pool } from './loop';\nexport const loop = (): unknown => pool;",
  ],
  [
    'components/hook.tsx',
    'rules-of-hooks',
    "import { useState } from 'react';\nexport function A({ b }: { b: boolean }) {\n  if (b) useState(0);\n  return null;\n}",
  ],
  ['components/image.tsx', 'alt-text', 'export const A = () => <img src="/a.png" />;'],
];

let root = '';
let found: { filename: string; code: string }[] = [];

describe('the lint rules that the layout rests on', () => {
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'countersign-lint-'));
    copyFileSync(join(REPOSITORY, '.oxlintrc.json'), join(root, '.oxlintrc.json'));
    const sound: typeof PLANTED = [
      ['lib/infra/env.ts', '', 'export const port = process.env.PORT;'],
    ];
    for (const [file, , text] of [...PLANTED, ...sound]) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), `${text}\n`);
    }
    const bin = join(REPOSITORY, 'node_modules/oxlint/bin/oxlint');
    let output = '';
    try {
      output = execFileSync(process.execPath, [bin, '--format', 'json'], {
        cwd: root,
        encoding: 'utf8',
      });
    } catch (error) {
      output = String((error as { stdout: string }).stdout);
    }
    found = (JSON.parse(output) as { diagnostics: typeof found }).diagnostics;
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each(PLANTED)('finds in %s a violation of %s', (file, rule) => {
    const codes = found.filter((one) => one.filename.endsWith(file)).map((one) => one.code);
    expect(
      codes.some((code) => code.includes(`(${rule})`)),
      codes.join(', '),
    ).toBe(true);
  });

  it('lets lib/infra read the environment', () => {
    expect(found.filter((one) => one.filename.endsWith('lib/infra/env.ts'))).toEqual([]);
  });
});
