import { z } from 'zod';
import { pageOf } from '@/lib/kernel/page-input';
import { toPage } from '@/lib/kernel/page';
import { notFound } from '@/lib/kernel/problem';
import { query } from '@/lib/kernel/verb';
import { checks } from '../checks';
import { readCompliance, runCompliance } from '../policy';
import { findResults, findRuns, latestResults, viewResult, viewRun } from '../repo';
import { CheckRef, CheckResult, Checks, ListRuns, Run } from '../schema';

export const listChecks = query({
  name: 'compliance.checks',
  input: z.strictObject({}),
  output: Checks,
  permit: readCompliance,
  run: async ({ ctx, tx }) => {
    const results = await latestResults(tx);
    return {
      items: checks.map(({ key, title, question }) => {
        const own = results.filter((result) => result.check === key);
        return {
          ...{ key, title, question, latest: own[0] ?? null },
          history: own.map(({ status, at }) => ({ status, at })),
        };
      }),
      can: { run: runCompliance(ctx.actor) },
    };
  },
});

export const checkHistory = query({
  name: 'compliance.check_history',
  input: CheckRef,
  output: pageOf(CheckResult),
  permit: readCompliance,
  run: async ({ input, tx }) => {
    if (!checks.some(({ key }) => key === input.key)) throw notFound('check');
    return toPage(
      await findResults(tx, input),
      input.limit,
      (row) => [row.createdAt.toISOString(), row.id],
      viewResult,
    );
  },
});

export const listRuns = query({
  name: 'compliance.runs',
  input: ListRuns,
  output: pageOf(Run),
  permit: readCompliance,
  run: async ({ input, tx }) =>
    toPage(
      await findRuns(tx, input),
      input.limit,
      (row) => [row.startedAt.toISOString(), row.id],
      viewRun,
    ),
});
