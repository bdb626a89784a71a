import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { countPlaywright, countVitest } from './counts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-counts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function report(content: unknown): string {
  const file = join(folder, `${Math.random()}.json`);
  writeFileSync(file, JSON.stringify(content));
  return file;
}

const VITEST = {
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
};
const PLAYWRIGHT = {
  stats: { expected: 2, unexpected: 0, flaky: 0, skipped: 0 },
  suites: [],
  errors: [],
};

describe('counting', () => {
  it('takes what passed from the reports', () => {
    expect(countVitest(report(VITEST), 0)).toMatchObject({ passed: 3, failed: 0, skipped: 0 });
    expect(countPlaywright(report(PLAYWRIGHT), 0)).toMatchObject({
      passed: 2,
      failed: 0,
      skipped: 0,
    });
  });

  it('counts a suite without a report as one failure', () => {
    expect(countVitest(join(folder, 'none.json'), 0)).toMatchObject({ passed: 0, failed: 1 });
    expect(countPlaywright(join(folder, 'none.json'), 0)).toMatchObject({ passed: 0, failed: 1 });
  });

  it('counts an error outside of any test as a failure', () => {
    expect(countVitest(report(VITEST), 1)).toMatchObject({ passed: 3, failed: 1 });
    expect(countPlaywright(report(PLAYWRIGHT), 1)).toMatchObject({ passed: 2, failed: 1 });
  });

  it('counts a file that could not be loaded, and names it', () => {
    const testResults = [
      { name: 'a.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
    ];
    const counts = countVitest(report({ ...VITEST, testResults }), 1);
    expect(counts).toMatchObject({ failed: 1, failures: ['a.test.ts: no such module'] });
  });

  it('counts journeys that are flaky as failed, and none at all as a crash', () => {
    const flaky = { ...PLAYWRIGHT, stats: { ...PLAYWRIGHT.stats, flaky: 1 } };
    expect(countPlaywright(report(flaky), 0)).toMatchObject({ passed: 2, failed: 1 });
    const none = { ...PLAYWRIGHT, stats: { ...PLAYWRIGHT.stats, expected: 0 } };
    expect(countPlaywright(report(none), 0)).toMatchObject({ passed: 0, failed: 1 });
  });
});
