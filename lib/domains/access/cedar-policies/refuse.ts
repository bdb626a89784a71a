import { invalid } from '@/lib/kernel/problem';
import type { Checked, NamedProblem } from './workspace';

const SHOWN = 20;

/**
 * 422 with the place of each problem: in the text that was sent as `field`, and by name in
 * what stands in the workspace already.
 */
export function refuseProblems(
  { problems: found, unknown }: Checked,
  sent: { field: string; name: string | null },
  /** Texts that are written now: what is unknown in them is refused too. */
  written: readonly string[] = [],
) {
  const strange = unknown.filter(({ name }) => name !== null && written.includes(name));
  const problems = [...found, ...strange];
  if (problems.length === 0) return;
  throw invalid(
    problems.slice(0, SHOWN).map((problem) => ({
      field: sent.field,
      message:
        problem.name === sent.name
          ? placeWords(problem)
          : `${problem.name === null ? 'the schema' : `the policy ${problem.name}`}, ${placeWords(problem)}`,
    })),
  );
}

export function placeWords({ line, column, message }: Omit<NamedProblem, 'name'>): string {
  return `line ${line}, column ${column}: ${message}`;
}
