import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { type Finding, listFiles, readLines } from './tree';

const DOCS = /^(README|CONTRIBUTING)\.md$|^docs\/.*\.md$/;
/** A name in backticks is a path of ours when it starts at one of these. */
const OURS = /^(\.ci|app|bench|bin|components|docs|e2e|lib|prisma|public|scripts|workers)\//;
const FILE_AT_ROOT = /^[\w.-]+\.(json|md|ts|mjs|cjs)$/;

/** Turns `lib/domains/<room>/schema.ts` or a `*` into a pattern over the tree. */
function asPattern(path: string): RegExp {
  const escaped = path
    .replace(/\/$/, '')
    .replace(/[.+^$()|[\]\\{}]/g, '\\$&')
    .replace(/<[^>]+>|\*+|…/g, '[^/]+');
  return new RegExp(`^${escaped}(/|$)`);
}

/** The paths, links and npm scripts that a document names on one line. */
function namedOn(text: string): { paths: string[]; links: string[]; scripts: string[] } {
  const quoted = [...text.matchAll(/`([^`\s]+)`/g)].map((match) => match[1] ?? '');
  return {
    paths: quoted.filter((name) => OURS.test(name) && !name.includes('{')),
    links: [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
      .map((match) => match[1] ?? '')
      .filter((link) => !/^[a-z]+:/.test(link)),
    scripts: [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map((match) => match[1] ?? ''),
  };
}

/** Paths, links and npm scripts that the documents name and the tree does not have. */
export function checkDocsPaths(root: string): Finding[] {
  const files = listFiles(root);
  const known = new Set(
    Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts ?? {}),
  );
  const findings: Finding[] = [];
  for (const file of files.filter((candidate) => DOCS.test(candidate))) {
    for (const [index, text] of readLines(root, file).entries()) {
      const line = index + 1;
      const named = namedOn(text);
      for (const path of named.paths) {
        const pattern = asPattern(path);
        const found =
          path.includes('/generated') || files.some((candidate) => pattern.test(candidate));
        if (!found) findings.push({ file, line, message: `names ${path}, which does not exist` });
      }
      for (const link of named.links) {
        const target =
          FILE_AT_ROOT.test(link) && dirname(file) === '.' ? link : join(dirname(file), link);
        if (!existsSync(join(root, normalize(target)))) {
          findings.push({ file, line, message: `links to ${link}, which does not exist` });
        }
      }
      for (const script of named.scripts.filter((name) => !known.has(name))) {
        findings.push({
          file,
          line,
          message: `names \`npm run ${script}\`, which package.json does not have`,
        });
      }
    }
  }
  return findings;
}
