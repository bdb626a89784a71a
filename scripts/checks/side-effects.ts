import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, type ModuleItem } from '@swc/core';
import { type Finding, listFiles } from './tree';

const SHIPPED = /^(app|components|lib)\/.*\.tsx?$/;
/** What Next reads itself, and no bundle leaves out. */
const ENTRY = /^app\/(.*\/)?(route|page|layout)\.tsx?$/;
const TEST = /\.test\.tsx?$|\/test\/|\/testing\//;

/**
 * Modules that do something when they are read, where `sideEffects` of package.json does not name
 * them. What it does not name is left out of a bundle that uses nothing of it, and with it the deed.
 */
export function checkSideEffects(root: string): Finding[] {
  const { sideEffects } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    sideEffects: string[];
  };
  const named = (file: string) =>
    sideEffects.some((glob) =>
      glob.endsWith('/**') ? file.startsWith(glob.slice(0, -2)) : file === glob,
    );
  return listFiles(root)
    .filter((file) => SHIPPED.test(file) && !ENTRY.test(file) && !TEST.test(file) && !named(file))
    .filter((file) => {
      const source = readFileSync(join(root, file), 'utf8');
      const tsx = file.endsWith('.tsx');
      return parseSync(source, { syntax: 'typescript', tsx }).body.some(acts);
    })
    .map((file) => ({
      file,
      message: 'does something when it is read: name it in sideEffects of package.json',
    }));
}

/** Whether a statement of a module is more than an import, an export, a declaration or a directive. */
function acts(item: ModuleItem): boolean {
  if (item.type === 'ExpressionStatement') return item.expression.type !== 'StringLiteral';
  return item.type === 'ImportDeclaration'
    ? item.specifiers.length === 0 && !item.source.value.endsWith('.css')
    : !/^(Export|Function|Class|Variable|Ts)/.test(item.type);
}
