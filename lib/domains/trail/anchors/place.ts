import path from 'node:path';
import { readIfThere, replaceFile, writeOnce } from '@/lib/infra/anchor-folder';
import { putObject } from '@/lib/infra/bucket';
import { getObject } from '@/lib/infra/bucket-read';
import { env } from '@/lib/infra/env';
import { clock } from '@/lib/kernel/clock';

export const placeNames = ['folder', 'bucket', 'witness'] as const;
export type PlaceName = (typeof placeNames)[number];

/** Where checkpoints are kept out of reach of whoever runs the trail's database. */
export interface Place {
  name: Exclude<PlaceName, 'witness'>;
  /** Keeps a checkpoint for good; what is kept of this size is given back. */
  keep: (workspace: string, size: number, note: string) => Promise<string>;
  /** Notes of the newest checkpoint there and of this size, as far as there are any. */
  read: (workspace: string, size: number) => Promise<string[]>;
}

const TIMEOUT_MS = 15_000;
const DAY_MS = 86_400_000;
const LATEST = 'latest';

/** Sorts by size as it sorts by name. */
const fileOf = (size: number): string => `${String(size).padStart(16, '0')}.checkpoint`;

function folder(dir: string): Place {
  const at = (workspace: string, file: string) => path.join(dir, workspace, file);
  return {
    name: 'folder',
    keep: async (workspace, size, note) => {
      const kept = await writeOnce(at(workspace, fileOf(size)), note);
      await replaceFile(at(workspace, LATEST), kept);
      return kept;
    },
    read: async (workspace, size) =>
      present(
        await readIfThere(at(workspace, LATEST)),
        await readIfThere(at(workspace, fileOf(size))),
      ),
  };
}

function bucket(): Place | undefined {
  const e = env();
  const { TRAIL_ANCHOR_S3_BUCKET: name, TRAIL_ANCHOR_S3_ENDPOINT: endpoint } = e;
  if (!endpoint || !name) return undefined;
  const access = {
    endpoint,
    bucket: name,
    region: e.TRAIL_ANCHOR_S3_REGION,
    accessKeyId: e.TRAIL_ANCHOR_S3_ACCESS_KEY_ID ?? '',
    secretAccessKey: e.TRAIL_ANCHOR_S3_SECRET_ACCESS_KEY ?? '',
    timeoutMs: TIMEOUT_MS,
  };
  const keyOf = (workspace: string, file: string) =>
    `${e.TRAIL_ANCHOR_S3_PREFIX}/${workspace}/${file}`;
  const put = async (key: string, note: string, lockUntil: Date | undefined) => {
    const body = Buffer.from(note);
    const answer = await putObject({
      ...{ ...access, key, body, lockUntil },
      contentType: 'text/plain; charset=utf-8',
    });
    if (answer.status < 200 || answer.status > 299) {
      throw new Error(`the bucket answered with status ${answer.status}`);
    }
  };
  const get = (workspace: string, file: string) =>
    getObject({ ...access, key: keyOf(workspace, file) });
  return {
    name: 'bucket',
    keep: async (workspace, size, note) => {
      const file = fileOf(size);
      const kept = await get(workspace, file);
      if (kept !== undefined) return kept;
      const days = e.TRAIL_ANCHOR_S3_RETAIN_DAYS;
      await put(keyOf(workspace, file), note, new Date(clock.now().getTime() + days * DAY_MS));
      // What is newest changes, so it cannot be locked; it is only where to look first.
      await put(keyOf(workspace, LATEST), note, undefined);
      return note;
    },
    read: async (workspace, size) =>
      present(await get(workspace, LATEST), await get(workspace, fileOf(size))),
  };
}

function present(...notes: (string | undefined)[]): string[] {
  return notes.filter((note) => note !== undefined);
}

/** The places that are configured. */
export function places(): Place[] {
  const dir = env().TRAIL_ANCHOR_DIR;
  return [dir ? folder(dir) : undefined, bucket()].filter((place) => place !== undefined);
}
