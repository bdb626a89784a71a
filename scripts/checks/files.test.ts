import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkDocsPaths } from './docs-paths';
import { checkFileLength } from './file-length';
import { checkMarks } from './marks';
import { checkSideEffects } from './side-effects';

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

function tree(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'countersign-files-'));
  roots.push(root);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

describe('the length of files', () => {
  it('lets 400 lines pass and names a file of 401', () => {
    const root = tree({
      'lib/short.ts': 'x;\n'.repeat(400),
      'lib/long.tsx': 'x;\n'.repeat(401),
      'lib/infra/generated/client.ts': 'x;\n'.repeat(900),
      'data/texts.jsonl': '{}\n'.repeat(900),
    });
    expect(checkFileLength(root).map((finding) => finding.file)).toEqual(['lib/long.tsx']);
  });
});

describe('marks', () => {
  // Put together here, so that the check does not find them in its own test.
  const marked = [
    ['// TO', 'DO later'],
    ['// FIX', 'ME'],
    ['it.', "only('one', () => {})"],
    ['describe.', "skip('all', () => {})"],
    ['test.concurrent.', "skip('x')"],
    ['x', "it('one')"],
    ['// @ts-', 'ignore'],
    ['// @ts-', 'expect-error'],
    ['const a = b as', ' any;'],
    ['// oxlint-', 'disable-next-line'],
  ].map((parts) => parts.join(''));

  it.each(marked)('finds %s', (text) => {
    expect(checkMarks(tree({ 'lib/a.test.ts': `const ok = 1;\n${text}\n` }))).toMatchObject([
      { file: 'lib/a.test.ts', line: 2 },
    ]);
  });

  it('lets ordinary code pass, and a test that says when it cannot run', () => {
    const text =
      "describe.skipIf(!present)('vectors', () => {});\nlist.skip(3);\nconst many = asAny;\n";
    expect(checkMarks(tree({ 'lib/a.ts': text }))).toEqual([]);
  });
});

describe('side effects', () => {
  const manifest = JSON.stringify({
    sideEffects: ['**/*.css', 'lib/infra/**', 'lib/domains/trail/child.ts'],
  });
  const found = (files: Record<string, string>) =>
    checkSideEffects(tree({ 'package.json': manifest, ...files })).map(({ file }) => file);

  it.each([
    'register();',
    "process.once('exit', end);",
    'if (late) register();',
    'for (const one of all) register(one);',
    "import './register';",
    'state.count = 1;',
  ])('finds %s', (text) => {
    expect(found({ 'lib/domains/a.ts': `export const a = 1;\n${text}\n` })).toEqual([
      'lib/domains/a.ts',
    ]);
  });

  it('lets those pass that are named, tests, and what only declares', () => {
    const text = 'register();\n';
    const declares = [
      "'use client';",
      "import './a.css';",
      "import { b } from './b';",
      'interface A { b: string }',
      'export type B = A;',
      'export const c = make(b);',
      'function d() {}',
      'class E {}',
      "export * from './f';",
      'export default d;',
    ].join('\n');
    const files = {
      'lib/infra/a.ts': text,
      'lib/domains/trail/child.ts': text,
      'lib/domains/a.test.ts': text,
      'workers/a.ts': text,
      'components/a.tsx': declares,
    };
    expect(found(files)).toEqual([]);
  });
});

describe('what documents name', () => {
  const files = {
    'package.json': '{"scripts": {"check": "x"}}',
    'lib/kernel/verb.ts': '',
    'lib/domains/agents/schema.ts': '',
    'docs/guide.md': '',
  };

  it('finds paths, links and scripts that do not exist', () => {
    const text = 'See `lib/kernel/nothing.ts`,\n[this](docs/none.md)\nor `npm run nothing`.\n';
    expect(
      checkDocsPaths(tree({ ...files, 'README.md': text })).map((finding) => finding.line),
    ).toEqual([1, 2, 3]);
  });

  it('lets those pass that do, with placeholders, folders and links of the web', () => {
    const text = [
      '`lib/kernel/`, `lib/domains/<room>/schema.ts`, `lib/*/verb.ts`, `app.name`, `POST /v1/actions`',
      '[guide](docs/guide.md#part), [web](https://example.com/lib/x.ts), `npm run check`',
    ].join('\n');
    expect(checkDocsPaths(tree({ ...files, 'README.md': text }))).toEqual([]);
  });
});
