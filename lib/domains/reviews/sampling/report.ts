import type { Problem, Report } from '@/lib/domains/trail/cli';
import type { Choice } from './choose';
import type { Found } from './compare';

export function refused(report: Report, problems: Problem[]): Report {
  return { ...report, verdict: 'failed', problems, proved: [], notProved: [] };
}

/** What a recomputed draw proves, and what it does not. */
export function concluded(report: Report, found: Found, choice: Choice): Report {
  const { drawn, population } = found;
  const complete = found.root !== undefined;
  const { day } = drawn;
  const lacks = complete
    ? []
    : [
        {
          message:
            'That the population is whole cannot be proved from a filtered export: an action may have been left out of it. Export the whole log.',
        },
      ];
  return {
    ...report,
    verdict: lacks.length > 0 ? 'unproved' : report.verdict,
    problems: [...report.problems, ...lacks],
    proved: [
      ...report.proved,
      `Population: ${count(population.candidates.length, 'supervised action')} that ran ${complete ? 'are' : 'in the file are'} all that ${day} has by the log, ${population.late} of them late: their outcome came after their own day had closed.`,
      `Seed: it follows from the root of a signed checkpoint of ${drawn.checkpoint.size} events, which covers the event that closed ${day}. Population and setting stood before it.`,
      `Sample: the ${count(choice.actions.length, 'action')} drawn are, one by one and in order, those that the seed chooses from ${choice.strata.length} strata; ${choice.twice} of them for two reviews.`,
    ],
    notProved: [
      ...report.notProved,
      `That no earlier checkpoint covered the closing of ${day}: give those that a second place has of that time with --checkpoint.`,
      'That everything that ran was recorded, or that the verdicts are right: the draw says only what was to be reviewed.',
    ],
  };
}

function count(value: number, one: string): string {
  return `${value} ${one}${value === 1 ? '' : 's'}`;
}
