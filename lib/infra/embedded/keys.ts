/** Keys that the embedded start generates once, each in a file that only its owner reads. */
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EnvError, keyInFile, masterKeyFile } from '../env';
import { hasCluster } from './location';

/** The text in `file`; written first, mode 600, when there is none. */
function generateOnce(file: string, make: () => string): string {
  if (!existsSync(file)) {
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, `${make()}\n`, { mode: 0o600 });
    try {
      linkSync(partial, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(partial, { force: true });
    }
  }
  return readFileSync(file, 'utf8').trim();
}

/** The embedded server's superuser password; a cluster that has one gets no other. */
export function superuserPassword(dataDir: string, isNew: boolean): string {
  const file = path.join(dataDir, 'postgres.password');
  if (!isNew && !existsSync(file))
    throw new Error(
      `${file} is missing, and the embedded database has the password that it held. Restore it from the backup, then start again.`,
    );
  return generateOnce(file, () => randomBytes(24).toString('base64url'));
}

/** Generates the master key of a new data directory; databases that are there already keep theirs. */
export function ensureMasterKey(dataDir: string): void {
  const file = masterKeyFile(dataDir);
  if (!existsSync(file) && hasCluster(dataDir))
    throw new EnvError(
      `${file} is missing, and the databases of ${dataDir} were made with the key that it held. Restore it from the backup, or set COUNTERSIGN_MASTER_KEY to that key, then start again.`,
    );
  generateOnce(file, () => randomBytes(32).toString('base64'));
  keyInFile(dataDir);
}
