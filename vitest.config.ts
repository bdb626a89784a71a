/** Every run has a PostgreSQL server of its own (lib/infra/testing), so runs never meet. */
import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './scripts/test/longest-first.ts';

/** One more than there are cores to count on: each waits for the database much of its time. */
const WORKERS = 3;
const all = '{lib,workers,scripts,app,components}/**/*.test.{ts,tsx}';
/**
 * Suites that empty the outbox, which is one for all workspaces. They run before the others, in
 * whose events nobody else then meddles.
 */
const draining = [
  'lib/domains/trail',
  'lib/domains/reviews',
  'lib/domains/gateway/http',
  'app/api',
].map((folder) => `${folder}/**/*.test.ts`);
/** Suites that run other suites' files once more: in a process that has read those, nothing would be left. */
const alone = ['lib/domains/trail/search/clickhouse/pages.test.ts'];
const shared = {
  resolve: { alias: [{ find: /^@\//, replacement: `${import.meta.dirname}/` }] },
  test: {
    environment: 'node' as const,
    pool: 'forks' as const,
    maxWorkers: WORKERS,
    // As every process of the product: what must hold before a deed commits is there.
    setupFiles: ['lib/infra/testing/own-queue.ts', 'lib/domains/access/server.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Cedar's WebAssembly can abort a process in V8's optimiser without it.
    execArgv: ['--no-turbo-inline-js-wasm-calls'],
  },
};

const group = (name: string, groupOrder: number, include: string[], exclude: string[]) => ({
  ...shared,
  test: {
    ...shared.test,
    name,
    include,
    // To read everything anew for each file takes a good part of a run. own-queue.ts gives each
    // the environment of the run; mocks are taken back after each.
    isolate: name === 'alone',
    exclude: [...configDefaults.exclude, 'e2e/**', ...exclude],
    sequence: { groupOrder },
  },
});

export default defineConfig({
  test: {
    // Once for both: projects that extended this would each start a server.
    globalSetup: ['lib/infra/testing/global-setup.ts'],
    maxWorkers: WORKERS,
    sequence: { sequencer: LongestFirst },
    projects: [
      group('alone', 0, alone, []),
      group('draining', 0, draining, alone),
      group('rooms', 1, [all], draining),
    ],
  },
});
