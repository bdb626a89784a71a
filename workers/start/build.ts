/**
 * Builds what is missing or no longer what its sources say: the Prisma client, the page
 * that verifies exports, the processes, and the console's pages. A stamp with the hash of the sources
 * lies beside each result.
 */
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { acquireLock, LockedError } from '@/lib/infra/embedded/lock';
import { childEnv } from '@/lib/infra/env';
import { killOn, root } from './child';
import { LogFile, StartError } from './terminal';

export type StepName = 'generate' | 'verify-page' | 'programs' | 'build';

type Step = {
  name: StepName;
  label: string;
  /** Files and folders it is made from. */
  sources: string[];
  stamp: string;
  result: string;
  command: string[];
};

const steps: Step[] = [
  {
    name: 'generate',
    label: 'Generating the database client',
    sources: ['prisma/schema', 'prisma.config.ts', 'package-lock.json'],
    stamp: 'lib/infra/generated/prisma/.stamp',
    result: 'lib/infra/generated/prisma/client.ts',
    command: ['scripts/generate.mjs'],
  },
  {
    name: 'verify-page',
    label: 'Making the page that verifies exports',
    sources: [
      'scripts/verify-page.ts',
      'lib/domains/trail/offline',
      'lib/domains/trail/merkle.ts',
      'lib/domains/trail/note.ts',
      'lib/kernel/canonical.ts',
      'app/globals.css',
      'public/icon.svg',
      'tsconfig.json',
      'package.json',
      'package-lock.json',
    ],
    stamp: 'node_modules/.countersign-verify-page.stamp',
    result: 'public/verify.html',
    command: ['--import', 'tsx', 'scripts/verify-page.ts'],
  },
  {
    name: 'programs',
    label: 'Making each process one file',
    sources: [
      'scripts/programs.ts',
      'components/format.ts',
      'lib',
      'prisma/schema',
      'workers',
      'tsconfig.json',
      'package.json',
      'package-lock.json',
    ],
    stamp: 'node_modules/.countersign/.stamp',
    result: 'node_modules/.countersign/exporter.mjs',
    command: ['--import', 'tsx', 'scripts/programs.ts'],
  },
  {
    name: 'build',
    label: 'Building the console',
    sources: [
      'app',
      'components',
      'lib',
      'public',
      'prisma/schema',
      'next.config.mjs',
      'postcss.config.mjs',
      'tsconfig.json',
      'tsconfig.build.json',
      'package.json',
      'package-lock.json',
    ],
    stamp: '.next/.stamp',
    result: '.next/BUILD_ID',
    command: ['node_modules/next/dist/bin/next', 'build'],
  },
];

/**
 * Builds every stale step, or those of `only`; says which; throws when the package folder cannot
 * be written.
 */
export async function buildStale(
  say: (line: string) => void,
  dataDir: string,
  stop: AbortSignal,
  only?: readonly StepName[],
): Promise<void> {
  for (const step of steps) {
    if (only && !only.includes(step.name)) continue;
    if (isFresh(step)) continue;
    assertWritable();
    const release = await lockBuilds(say, stop);
    try {
      // Another start may have built it while this one waited.
      if (isFresh(step)) continue;
      say(`${step.label} …`);
      const hash = sourceHash(step);
      await run(step, dataDir, stop);
      mkdirSync(path.dirname(path.join(root, step.stamp)), { recursive: true });
      writeFileSync(path.join(root, step.stamp), hash);
    } finally {
      release();
    }
  }
}

function isFresh(step: Step): boolean {
  const stamp = path.join(root, step.stamp);
  return (
    existsSync(path.join(root, step.result)) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === sourceHash(step)
  );
}

function sourceHash(step: Step): string {
  const hash = createHash('sha256');
  for (const file of filesOf(step.sources)) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** The files at and below `paths`, without tests and generated code. */
function filesOf(paths: string[]): string[] {
  return paths.flatMap((name) => {
    const stat = statSync(path.join(root, name), { throwIfNoEntry: false });
    if (!stat || name === 'lib/infra/generated' || /\.test\.tsx?$/.test(name)) return [];
    if (stat.isFile()) return [name];
    const entries = readdirSync(path.join(root, name)).toSorted();
    return filesOf(entries.map((entry) => `${name}/${entry}`));
  });
}

function assertWritable(): void {
  try {
    accessSync(root, constants.W_OK);
  } catch {
    throw new StartError(
      `${root} is not built and cannot be written. Run npm run build there as a user who may write to it, then start again.`,
    );
  }
}

/** Two starts from one checkout must not write the same files at once. */
async function lockBuilds(say: (line: string) => void, stop: AbortSignal): Promise<() => void> {
  for (let told = false; ; told = true) {
    try {
      return acquireLock(path.join(root, 'node_modules/.countersign-build.lock'));
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      if (!told) say(`Waiting for the build of process ${error.pid}`);
      await delay(500, undefined, { signal: stop });
    }
  }
}

async function run(step: Step, dataDir: string, stop: AbortSignal): Promise<void> {
  const log = new LogFile(dataDir, step.name);
  const child = spawn(process.execPath, step.command, {
    cwd: root,
    env: childEnv({
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      DATABASE_URL: undefined,
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  killOn(stop, child);
  // Everything goes to the log only: a build warns at length, and what matters is shown when it fails.
  log.follow(child.stdout, false);
  log.follow(child.stderr, false);
  const code = await new Promise<number>((resolve) =>
    child.once('close', (status) => resolve(status ?? 1)),
  );
  log.close();
  if (code !== 0)
    throw new StartError(`${step.label} failed. Its log is ${log.file}\n${log.tail()}`);
}
