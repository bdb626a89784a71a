/** Keys that the embedded start generates once, each in a file that only its owner reads. */
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { masterKeyFile } from '../env';

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

/** The embedded server's superuser password. */
export function superuserPassword(dataDir: string): string {
  return generateOnce(path.join(dataDir, 'postgres.password'), () =>
    randomBytes(24).toString('base64url'),
  );
}

/** The generated master key, base64, for when COUNTERSIGN_MASTER_KEY is not set. */
export function generatedMasterKey(dataDir: string): string {
  return generateOnce(masterKeyFile(dataDir), () => randomBytes(32).toString('base64'));
}
