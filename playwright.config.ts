import { defineConfig } from '@playwright/test';
import { findChromium } from './e2e/support/chromium';

const executablePath = findChromium();
/** What no screen is part of runs once, and what stops the product runs after everything else. */
const noScreen = ['**/api.spec.ts', '**/readme.spec.ts'];
/** A hundred thousand events, the longest story, and a product of its own: once is enough. */
const long = ['**/trail.spec.ts', '**/advisor.spec.ts', '**/first-run.spec.ts'];
const stopping = '**/restart.spec.ts';
const desktop = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

const asRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/playwright',
  globalSetup: './e2e/support/global-setup.ts',
  forbidOnly: true,
  fullyParallel: false,
  // Each has a product of its own (e2e/support/global-setup.ts); on two cores two are no faster than one.
  workers: 1,
  retries: 0,
  // Only what hangs: a journey takes seconds, on a machine that is busy otherwise many more.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: asRoot ? ['--no-sandbox'] : [],
    },
    // A trace takes a fifth of the time; --trace retain-on-failure keeps one.
    trace: 'off',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'desktop', testIgnore: stopping, use: desktop },
    { name: 'phone', testIgnore: [...noScreen, ...long, stopping], use: phone },
    { name: 'restart', testMatch: stopping, use: desktop },
  ],
});
