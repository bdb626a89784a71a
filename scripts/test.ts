/**
 * Everything that is checked, in one run: `npm test`. With `--static` only what needs no database and no browser;
 * with names (`npm test -- lint e2e`) only those suites. Ends with one line, `N passed, N failed`.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium } from '@/e2e/support/chromium';
import { stopLeftovers } from '@/e2e/support/leftovers';
import { type Counts, countPlaywright, countVitest } from './test/counts';
import { RESULTS, run, type RunOptions } from './test/run';

type Suite = { name: string; run: () => Promise<Counts> };

/** A check that is one command: it counts one, and prints what it said only when it failed. */
function check(name: string, command: string[], options: RunOptions = {}): Suite {
  return {
    name,
    run: async () => {
      const { code, output } = await run(name, command, options);
      if (code === 0) return { passed: 1, failed: 0, skipped: 0, failures: [] };
      process.stdout.write(`${output.trimEnd()}\n`);
      return { passed: 0, failed: 1, skipped: 0, failures: [`${name}: see above`] };
    },
  };
}

const npm = (script: string): string[] => ['npm', 'run', '--silent', script];

const STATIC: Suite[] = [
  check('generate', npm('generate')),
  check('format', npm('format:check')),
  check('lint', npm('lint')),
  check('types', npm('types')),
  check('layers', npm('layers')),
  check('knip', npm('knip')),
  check('files', npm('check:files')),
];

const CLICKHOUSE = 'scripts/clickhouse';

/** The engine that search in ClickHouse is tested with: too large to come with the product. */
async function installClickHouse(): Promise<string | undefined> {
  // What npm writes last.
  const installed = join(import.meta.dirname, '..', CLICKHOUSE, 'node_modules/.package-lock.json');
  if (existsSync(installed)) return undefined;
  const command = ['npm', 'ci', '--prefix', CLICKHOUSE, '--no-audit', '--no-fund'];
  const { code, output } = await run('clickhouse', command, { minutes: 10 });
  if (code === 0) return undefined;
  process.stdout.write(`${output.trimEnd()}\n`);
  return `clickhouse: the engine for tests could not be installed (npm ci --prefix ${CLICKHOUSE} needs the npm registry); what needs it fails`;
}

const vitest: Suite = {
  name: 'vitest',
  run: async () => {
    const missing = await installClickHouse();
    if (missing !== undefined) console.log(missing);
    const report = join(RESULTS, 'vitest.json');
    rmSync(report, { force: true });
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const { code } = await run('vitest', ['npx', 'vitest', 'run', ...reporters], {
      minutes: 40,
      echo: true,
    });
    return countVitest(report, code);
  },
};

const e2e: Suite = {
  name: 'e2e',
  run: async () => {
    if (findChromium() === undefined) {
      const missing =
        'e2e: no Chromium: `apt-get install chromium-headless-shell chromium-common` (or `chromium`), or name one in PLAYWRIGHT_CHROMIUM';
      console.log(missing);
      return { passed: 0, failed: 1, skipped: 0, failures: [missing] };
    }
    const report = join(RESULTS, 'e2e.json');
    rmSync(report, { force: true });
    const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: report };
    const command = ['npx', 'playwright', 'test', '--reporter=list,json'];
    const { code } = await run('e2e', command, { env, minutes: 45, echo: true });
    await stopLeftovers();
    return countPlaywright(report, code);
  },
};

// It builds what is stale, nothing else; its log goes where the other results are.
const build = check('build', npm('build'), {
  minutes: 8,
  env: { COUNTERSIGN_DATA_DIR: join(RESULTS, 'build') },
});

const ALL = [...STATIC, vitest, build, e2e];

function chosen(args: string[]): Suite[] {
  if (args.includes('--static')) return STATIC;
  const unknown = args.filter((name) => !ALL.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    console.error(
      `no suite ${unknown.join(', ')}; there are ${ALL.map((suite) => suite.name).join(', ')}`,
    );
    process.exit(2);
  }
  return args.length === 0 ? ALL : ALL.filter((suite) => args.includes(suite.name));
}

mkdirSync(RESULTS, { recursive: true });
const total: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
for (const suite of chosen(process.argv.slice(2))) {
  const started = Date.now();
  console.log(`${suite.name} …`);
  const counts = await suite.run().catch((error: unknown): Counts => {
    console.error(error);
    return {
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: [`${suite.name} crashed: ${String(error)}`],
    };
  });
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  total.failures.push(...counts.failures);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${suite.name}: ${counts.passed} passed, ${counts.failed} failed (${seconds} s)`);
}

for (const failure of total.failures) console.log(`  ✗ ${failure}`);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed > 0 ? 1 : 0;
