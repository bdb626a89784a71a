import type { Prisma, Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { PlaceName } from './place';

export type AnchorRow = Prisma.TrailAnchorGetPayload<object>;

const FIRST_WAIT_MS = 60_000;
const LAST_WAIT_MS = 15 * 60_000;

export async function findAnchors(tx: Tx): Promise<AnchorRow[]> {
  return tx.trailAnchor.findMany({ orderBy: { place: 'asc' } });
}

export interface Kept {
  size: number;
  root: Buffer;
  note: string;
}

export async function noteKept(
  tx: Tx,
  workspace: string,
  place: PlaceName,
  kept: Kept,
): Promise<void> {
  const now = clock.now();
  const data = {
    size: BigInt(kept.size),
    root: Uint8Array.from(kept.root),
    note: kept.note,
    writtenAt: now,
    attempts: 0,
    failingSince: null,
    error: null,
    nextTryAt: now,
  };
  await tx.trailAnchor.upsert({
    where: { workspaceId_place: { workspaceId: workspace, place } },
    create: { workspaceId: workspace, place, ...data },
    update: data,
  });
}

/** Notes a failure and when to try again: later each time, at most a quarter of an hour. */
export async function noteFailure(
  tx: Tx,
  workspace: string,
  place: PlaceName,
  before: AnchorRow | undefined,
  error: string,
): Promise<void> {
  const now = clock.now();
  const attempts = (before?.attempts ?? 0) + 1;
  const wait = Math.min(LAST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(10, attempts - 1));
  const data = {
    attempts,
    error,
    failingSince: before?.failingSince ?? now,
    nextTryAt: new Date(now.getTime() + wait),
  };
  await tx.trailAnchor.upsert({
    where: { workspaceId_place: { workspaceId: workspace, place } },
    create: { workspaceId: workspace, place, ...data },
    update: data,
  });
}
