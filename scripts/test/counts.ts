import { existsSync, readFileSync } from 'node:fs';

/** What a suite came to; `failures` are sentences for the end of the run. */
export type Counts = { passed: number; failed: number; skipped: number; failures: string[] };

type VitestReport = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { status: string; fullName: string }[];
  }[];
};
type PlaywrightSuite = {
  title: string;
  suites?: PlaywrightSuite[];
  specs?: { title: string; ok: boolean; tests: { projectName: string; status: string }[] }[];
};
type PlaywrightReport = {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  suites: PlaywrightSuite[];
  errors: { message?: string }[];
};

function readReport<T>(file: string): T | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined;
}

/** A suite without a report, or one that failed while its report names no failure, counts as one failure. */
function crashed(name: string, counts?: Counts): Counts {
  const failures = [...(counts?.failures ?? []), `${name} crashed: see test-results/${name}.log`];
  return {
    passed: counts?.passed ?? 0,
    failed: (counts?.failed ?? 0) + 1,
    skipped: counts?.skipped ?? 0,
    failures,
  };
}

/** Counts vitest's JSON report; a file that could not be loaded is a failure too. */
export function countVitest(file: string, code: number): Counts {
  const report = readReport<VitestReport>(file);
  if (report === undefined) return crashed('vitest');
  const unloaded = report.testResults.filter(
    (result) =>
      result.status === 'failed' &&
      !result.assertionResults.some((test) => test.status === 'failed'),
  );
  const failures = [
    ...report.testResults.flatMap((result) =>
      result.assertionResults
        .filter((test) => test.status === 'failed')
        .map((test) => `${result.name}: ${test.fullName}`),
    ),
    ...unloaded.map(
      (result) => `${result.name}: ${result.message.split('\n')[0] ?? 'could not be loaded'}`,
    ),
  ];
  const counts = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
    failures,
  };
  return code !== 0 && counts.failed === 0 ? crashed('vitest', counts) : counts;
}

function unexpectedIn(suite: PlaywrightSuite, path: string[]): string[] {
  const here = [...path, suite.title];
  const own = (suite.specs ?? [])
    .filter((spec) => !spec.ok)
    .flatMap((spec) =>
      spec.tests
        .filter((test) => test.status === 'unexpected')
        .map((test) => `[${test.projectName}] ${[...here, spec.title].join(' › ')}`),
    );
  return [...own, ...(suite.suites ?? []).flatMap((inner) => unexpectedIn(inner, here))];
}

/** Counts Playwright's JSON report; a flaky test counts as failed, a global error as one more. */
export function countPlaywright(file: string, code: number): Counts {
  const report = readReport<PlaywrightReport>(file);
  if (report === undefined) return crashed('e2e');
  const { expected, unexpected, flaky, skipped } = report.stats;
  const errors = report.errors.map((error) => (error.message ?? 'error').split('\n')[0] ?? 'error');
  const counts = {
    passed: expected,
    failed: unexpected + flaky + errors.length,
    skipped,
    failures: [...report.suites.flatMap((suite) => unexpectedIn(suite, [])), ...errors],
  };
  const nothingRan = expected + unexpected + flaky === 0;
  return (code !== 0 || nothingRan) && counts.failed === 0 ? crashed('e2e', counts) : counts;
}
