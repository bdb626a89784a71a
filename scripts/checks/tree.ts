import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the repository stands; every check takes another root, so that it can be tried on a fixture. */
export const REPOSITORY = join(import.meta.dirname, '../..');

/** One thing a check found: where, and what to do about it. */
export type Finding = { file: string; line?: number; message: string };

const SKIPPED = new Set([
  '.git',
  '.next',
  '.countersign',
  'node_modules',
  'test-results',
  'playwright-report',
  'generated',
]);

/** Every file below `root` as a relative path with forward slashes; what is installed or generated is left out. */
export function listFiles(root: string, below = ''): string[] {
  return readdirSync(join(root, below), { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) return listFiles(root, path);
    return entry.isFile() ? [path] : [];
  });
}

/** The lines of a file of the tree. */
export function readLines(root: string, file: string): string[] {
  return readFileSync(join(root, file), 'utf8').split('\n');
}

/** Prints what a check found and sets the exit code; returns whether there was nothing. */
export function report(name: string, findings: Finding[]): boolean {
  for (const { file, line, message } of findings) {
    console.error(`${file}${line === undefined ? '' : `:${line}`}: ${message}`);
  }
  if (findings.length > 0) process.exitCode = 1;
  console.log(findings.length === 0 ? `${name}: clean` : `${name}: ${findings.length} found`);
  return findings.length === 0;
}
