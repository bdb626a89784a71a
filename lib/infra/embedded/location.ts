/**
 * Where an embedded cluster lives: in the data directory, unless the server runs as
 * another user who cannot enter it (a data directory in root's home). Then beside the
 * system's other state. `postgres.json` of the data directory says where: relative to it when
 * inside, so that a copied or moved directory has the cluster that came with it.
 */
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { canEnter, serverUser, type RunAs } from './user';

const Recorded = z.object({ cluster: z.string(), port: z.number().optional() });

export type Location = {
  cluster: string;
  user: RunAs;
  port: number | undefined;
  /** There is none yet at that place. */
  isNew: boolean;
};

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

/** Finds the cluster of the data directory, or chooses a place for a new one. */
export function locate(dataDir: string): Location {
  const cluster = clusterOf(dataDir);
  if (cluster !== undefined) {
    if (!isCluster(cluster))
      throw new Error(
        `The databases of ${dataDir} belong in ${cluster}, where there are none. Restore that folder from the backup. To begin with empty ones instead, set COUNTERSIGN_DATA_DIR to a new folder.`,
      );
    const user = serverUser(cluster);
    if (!canEnter(user, path.dirname(cluster)))
      throw new Error(
        `PostgreSQL cannot run as root, and the user that it runs as cannot reach ${cluster}. Move ${dataDir} to a folder outside root's home, and set COUNTERSIGN_DATA_DIR to it.`,
      );
    return { cluster, user, port: recorded(dataDir)?.port, isNew: false };
  }
  const user = serverUser();
  const made = { user, port: undefined, isNew: true };
  if (canEnter(user, dataDir)) return { ...made, cluster: inside(dataDir) };
  return { ...made, cluster: path.join(placeOutside(user), 'postgres') };
}

/** Whether the data directory has databases, or names some that it had. */
export function hasCluster(dataDir: string): boolean {
  return clusterOf(dataDir) !== undefined;
}

/** The place of the data directory's cluster, if it has one. */
export function clusterOf(dataDir: string): string | undefined {
  // One that is inside belongs to the directory, even where a record names the place it was copied from.
  if (isCluster(inside(dataDir))) return realpathSync(inside(dataDir));
  const known = recorded(dataDir);
  if (!known) return undefined;
  const cluster = path.resolve(dataDir, known.cluster);
  return existsSync(cluster) ? realpathSync(cluster) : cluster;
}

/** Whether a cluster lies outside of the data directory, so that it does not come along with it. */
export function isOutside(dataDir: string, cluster: string): boolean {
  return path.relative(realpathSync(dataDir), realpathSync(cluster)).startsWith('..');
}

/** Remembers where the cluster is and the port it last had. */
export function record(dataDir: string, cluster: string, port: number): void {
  const file = recordFile(dataDir);
  const place = isOutside(dataDir, cluster)
    ? cluster
    : path.relative(realpathSync(dataDir), realpathSync(cluster));
  const content = JSON.stringify({ cluster: place, port }, null, 2);
  writeFileSync(`${file}.new`, `${content}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The port that the data directory's cluster last had, if it has one. */
export function lastPort(dataDir: string): number | undefined {
  return recorded(dataDir)?.port;
}

function recorded(dataDir: string): z.infer<typeof Recorded> | undefined {
  const file = recordFile(dataDir);
  return existsSync(file) ? Recorded.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}

function inside(dataDir: string): string {
  return path.join(dataDir, 'postgres');
}

function isCluster(folder: string): boolean {
  return existsSync(path.join(folder, 'PG_VERSION'));
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
