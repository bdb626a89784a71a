import { type Finding, listFiles, readLines } from './tree';

const LIMIT = 400;
const COUNTED = /\.(ts|tsx|mjs|cjs|js|css|prisma)$/;

/** Files of code longer than 400 lines: a reader should hold one file in the head. */
export function checkFileLength(root: string): Finding[] {
  return listFiles(root)
    .filter((file) => COUNTED.test(file))
    .flatMap((file) => {
      const lines = readLines(root, file);
      const count = lines.at(-1) === '' ? lines.length - 1 : lines.length;
      if (count <= LIMIT) return [];
      return [{ file, message: `${count} lines; the limit is ${LIMIT}: split it` }];
    });
}
