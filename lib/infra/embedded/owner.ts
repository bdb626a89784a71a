/**
 * Whose a cluster is that lies outside of its data directory. A copy of the directory names the
 * same cluster, and must neither use it nor stop it; a directory that was moved goes on with it.
 * The cluster itself says to whom it belongs, in `countersign.json`.
 */
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { acquireLock, LockedError } from './lock';

const Mark = z.object({ dataDir: z.string(), cluster: z.string() });

/**
 * Takes a cluster for a data directory, or throws with what to do where it is another's. `names`
 * tells which cluster a data directory has. Gives what releases it.
 */
export function takeCluster(
  dataDir: string,
  cluster: string,
  names: (dataDir: string) => string | undefined,
): () => void {
  const own = realpathSync(dataDir);
  const mark = readMark(cluster);
  if (mark && mark.dataDir !== own && names(mark.dataDir) === cluster)
    throw new Error(
      `The databases in ${cluster} belong to ${mark.dataDir}, of which ${dataDir} is a copy. ` +
        `To use the copy beside it, stop Countersign there, copy the databases as well (cp -a ${cluster} to a new folder outside root's home) and name that as "cluster" in ${path.join(dataDir, 'postgres.json')}. ` +
        `If ${mark.dataDir} is not used any more, move it away. Then start again.`,
    );
  const release = lock(own, cluster);
  const content = JSON.stringify({ dataDir: own, cluster });
  writeFileSync(markFile(cluster), `${content}\n`, { mode: 0o644 });
  return release;
}

function lock(dataDir: string, cluster: string): () => void {
  try {
    return acquireLock(path.join(cluster, 'countersign.lock'), { dataDir });
  } catch (error) {
    if (!(error instanceof LockedError) || error.copied) throw error;
    throw new Error(
      `The databases in ${cluster} are in use by Countersign on ${error.note.dataDir} (process ${error.pid}). Stop it first, or set COUNTERSIGN_DATA_DIR to a new folder.`,
      { cause: error },
    );
  }
}

function markFile(cluster: string): string {
  return path.join(cluster, 'countersign.json');
}

/** What the cluster says of itself; nothing where it is a copy of the one that said so. */
function readMark(cluster: string): z.infer<typeof Mark> | undefined {
  if (!existsSync(markFile(cluster))) return undefined;
  const mark = Mark.parse(JSON.parse(readFileSync(markFile(cluster), 'utf8')));
  return mark.cluster === cluster ? mark : undefined;
}
