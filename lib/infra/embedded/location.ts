/**
 * Where an embedded cluster lives: in the data directory, unless the server runs as
 * another user who cannot enter it (a data directory in root's home). Then beside the
 * system's other state, recorded in `postgres.json` of the data directory.
 */
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { canEnter, serverUser, type RunAs } from './user';

const Recorded = z.object({ cluster: z.string(), port: z.number().optional() });

export type Location = { cluster: string; user: RunAs; port: number | undefined };

const OUTSIDE = [
  '/var/lib/countersign',
  '/var/tmp/countersign',
  path.join(tmpdir(), 'countersign'),
];

function recordFile(dataDir: string): string {
  return path.join(dataDir, 'postgres.json');
}

/** Makes the data directory; others may pass through it but not list it, and its files say who may read. */
export function makeDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `The data directory ${dataDir} cannot be used by this user (${code}). Set COUNTERSIGN_DATA_DIR to a folder that it may write to.`,
      { cause: error },
    );
  }
  const wanted = process.getuid?.() === 0 ? 0o711 : 0o700;
  const stat = statSync(dataDir);
  if (stat.uid === process.getuid?.() && (stat.mode & 0o777) !== wanted) chmodSync(dataDir, wanted);
}

/** Finds the recorded cluster, or chooses a place for a new one. */
export function locate(dataDir: string): Location {
  const file = recordFile(dataDir);
  if (existsSync(file)) {
    const { cluster, port } = Recorded.parse(JSON.parse(readFileSync(file, 'utf8')));
    if (!existsSync(path.join(cluster, 'PG_VERSION')))
      throw new Error(
        `The embedded database was kept in ${cluster}, which is gone. Bring it back, or delete ${file} to begin with an empty one.`,
      );
    return { cluster, user: serverUser(cluster), port };
  }
  const user = serverUser();
  const inside = path.join(dataDir, 'postgres');
  if (canEnter(user, dataDir)) return { cluster: inside, user, port: undefined };
  return { cluster: path.join(placeOutside(user), 'postgres'), user, port: undefined };
}

/** Remembers where the cluster is and the port it last had. */
export function record(dataDir: string, cluster: string, port: number): void {
  const file = recordFile(dataDir);
  writeFileSync(`${file}.new`, `${JSON.stringify({ cluster, port }, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function placeOutside(user: RunAs): string {
  for (const base of OUTSIDE) {
    try {
      mkdirSync(base, { recursive: true, mode: 0o755 });
      // Two data directories must not meet here, and what an earlier one left is not ours.
      const place = mkdtempSync(path.join(base, 'data-'));
      chmodSync(place, 0o755);
      if (canEnter(user, place)) return place;
    } catch {
      continue;
    }
  }
  throw new Error(
    `No folder for the embedded database can be made in ${OUTSIDE.join(', ')}. Set COUNTERSIGN_DATA_DIR to a folder outside root's home.`,
  );
}
