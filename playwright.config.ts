import { defineConfig } from '@playwright/test';
import { findChromium } from './e2e/support/chromium';

const executablePath = findChromium();
/** What no screen is part of runs once, and what stops the product runs after everything else. */
const noScreen = ['**/api.spec.ts', '**/readme.spec.ts'];
/** What is long, or of keys and addresses, or whose screens are the same in another journey: once is enough. */
const wide = [
  'trail',
  'advisor',
  'first-run',
  'addresses',
  'deciding',
  'planted',
  'entities',
  'data-import',
  'policies',
  'configuration',
  'records',
  'vault',
  'access-reviews',
  'second-admin',
];
/** What somebody does on the way, with the phone in hand. */
const narrow = ['passkeys', 'proofs', 'questions', 'notifications'];
const files = (names: string[]) => names.map((name) => `**/${name}.spec.ts`);
/** A minute's wait is no other on a phone. */
const waits = /what nobody signs in time is denied/;
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
  // Each has a product of its own (e2e/support/global-setup.ts).
  workers: 2,
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
    { name: 'desktop', testIgnore: [...files(narrow), stopping], use: desktop },
    {
      name: 'phone',
      testIgnore: [...noScreen, ...files(wide), stopping],
      grepInvert: waits,
      use: phone,
    },
    { name: 'restart', testMatch: stopping, use: desktop },
  ],
});
