import { type Finding, listFiles, readLines } from './tree';

const CODE = /\.(ts|tsx|mjs|cjs|js)$/;
const TEXT = /\.(ts|tsx|mjs|cjs|js|css|prisma|sql|md)$/;

// Each pattern is written so that it does not match its own source.
const MARKS: { files: RegExp; pattern: RegExp; message: string }[] = [
  {
    files: TEXT,
    pattern: /\b(TO[D]O|FIX[M]E|HA[C]K|X[X]X)\b/,
    message: 'unfinished work: finish it or file it',
  },
  {
    files: CODE,
    pattern: /\b(it|test|describe|suite)(\.\w+)*\.(only|skip|todo|fixme)\s*\(/,
    message: 'a focused or skipped test: skipIf with a reason is the only way out',
  },
  { files: CODE, pattern: /\bx(it|test|describe)\s*\(/, message: 'a skipped test' },
  {
    files: CODE,
    pattern: /@ts-(ignore|nocheck|expect-error)\b/,
    message: 'the type checker is silenced: fix the type',
  },
  { files: CODE, pattern: /\bas\s+any\b|<an[y]>/, message: 'a value escapes its type' },
  {
    files: CODE,
    pattern: /\b(eslint|oxlint|biome)-disable/,
    message: 'the linter is silenced: fix what it says',
  },
];

/** Marks that say "not finished" or switch a check off. */
export function checkMarks(root: string): Finding[] {
  return listFiles(root)
    .filter((file) => TEXT.test(file))
    .flatMap((file) => {
      const marks = MARKS.filter((mark) => mark.files.test(file));
      return readLines(root, file).flatMap((text, index) =>
        marks
          .filter((mark) => mark.pattern.test(text))
          .map((mark) => ({ file, line: index + 1, message: mark.message })),
      );
    });
}
