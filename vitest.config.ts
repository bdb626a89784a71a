/** Every run has a PostgreSQL server of its own (lib/infra/testing), so runs never meet. */
import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: [{ find: /^@\//, replacement: `${import.meta.dirname}/` }] },
  test: {
    include: ['{lib,workers,scripts,app,components}/**/*.test.{ts,tsx}'],
    exclude: [...configDefaults.exclude, 'e2e/**'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    globalSetup: ['lib/infra/testing/global-setup.ts'],
    setupFiles: ['lib/infra/testing/own-queue.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Cedar's WebAssembly can abort a process in V8's optimiser without it.
    execArgv: ['--no-turbo-inline-js-wasm-calls'],
  },
});
