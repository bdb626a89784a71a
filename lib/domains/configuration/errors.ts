import { Problem } from '@/lib/kernel/problem';
import type { FileProblem } from './schema';

/** 422 with everything that is wrong with the files; nothing was applied. */
export function invalidConfiguration(problems: readonly FileProblem[]): Problem {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return new Problem({
    status: 422,
    code: 'invalid_configuration',
    title: 'Invalid configuration',
    detail: `${first ? problemWords(first) : 'The configuration is not valid'}${more}`,
    errors: problems.map((problem) => ({
      field: `files.${problem.file}`,
      message: problemWords(problem),
    })),
    extra: { problems },
  });
}

/** `roles/refunds.json:4:7 permissions[0].tier: must be …`. */
export function problemWords({ file, line, column, field, message }: FileProblem): string {
  const at = line === null ? file : `${file}:${line}:${column}`;
  return `${at}${field === '' ? '' : ` ${field}`}: ${message}`;
}
