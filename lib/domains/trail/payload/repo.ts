import type { Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { decodeCursor } from '@/lib/kernel/page';
import { notFound } from '@/lib/kernel/problem';
import { reading } from '../repo';
import type { ProtectedClass } from './fields';
import { openKey, type PayloadKey } from './keys';

// Reads of the control database run with their workspace set, so row-level security scopes them.

export async function loadKey(tx: Tx, id: string) {
  const row = await tx.trailKey.findUnique({ where: { id } });
  if (!row) throw notFound('payload key');
  return row;
}
export type KeyRow = Awaited<ReturnType<typeof loadKey>>;

export function keyOrder(row: KeyRow): [string, string] {
  return [row.month, row.classification];
}

/** Newest month first, Restricted before Confidential. */
export function findKeys(
  tx: Tx,
  page: { cursor?: string | undefined; limit: number },
): Promise<KeyRow[]> {
  const [month = '', classification = ''] =
    page.cursor === undefined ? [] : decodeCursor(page.cursor, 2);
  const after = {
    OR: [{ month: { lt: month } }, { month, classification: { lt: classification } }],
  };
  return tx.trailKey.findMany({
    where: page.cursor === undefined ? {} : after,
    orderBy: [{ month: 'desc' }, { classification: 'desc' }],
    take: page.limit + 1,
  });
}

/** A live key by month and classification, opened; null when it is destroyed or was never there. */
export async function findLiveKey(tx: Tx, name: string): Promise<PayloadKey | null> {
  const [month = '', classification = ''] = name.split('.');
  const row = await tx.trailKey.findFirst({ where: { month, classification } });
  return row && openKey(ofPrisma(row));
}

export async function findLiveKeys(
  tx: Tx,
  months: { from?: string | undefined; to?: string | undefined },
): Promise<PayloadKey[]> {
  const rows = await tx.trailKey.findMany({
    where: {
      wrapped: { not: null },
      month: {
        ...(months.from === undefined ? {} : { gte: months.from }),
        ...(months.to === undefined ? {} : { lte: months.to }),
      },
    },
    orderBy: [{ month: 'desc' }],
  });
  return rows.flatMap((row) => openKey(ofPrisma(row)) ?? []);
}

function ofPrisma(row: KeyRow) {
  return {
    ...row,
    workspace_id: row.workspaceId,
    classification: row.classification as ProtectedClass,
  };
}

/** Takes the key away; false when another had done so. */
export async function eraseKey(
  tx: Tx,
  id: string,
  by: { actor: string; reason: string },
): Promise<boolean> {
  const erased = await tx.trailKey.updateMany({
    where: { id, wrapped: { not: null } },
    data: { wrapped: null, destroyedAt: clock.now(), destroyedBy: by.actor, reason: by.reason },
  });
  return erased.count === 1;
}

/** Live keys of months up to this one. */
export function findKeysThrough(tx: Tx, month: string): Promise<KeyRow[]> {
  return tx.trailKey.findMany({
    where: { wrapped: { not: null }, month: { lte: month } },
    orderBy: [{ month: 'asc' }],
  });
}

/** How many events each month and classification has, by `2026-11.Confidential`. */
export async function countByKey(
  workspace: string,
  keys: readonly Pick<KeyRow, 'month' | 'classification'>[],
): Promise<Map<string, number>> {
  const months = keys.map((key) => key.month).toSorted();
  if (months.length === 0) return new Map();
  const text = `
    SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM') || '.' || value AS name, sum(n)::bigint AS events
      FROM event_counts
     WHERE workspace_id = $1 AND span = 24 AND dim = 'classification'
       AND at >= ($2 || '-01T00:00:00Z')::timestamptz
       AND at < ($3 || '-01T00:00:00Z')::timestamptz + interval '1 month'
     GROUP BY 1`;
  return reading(workspace, async (client) => {
    const { rows } = await client.query<{ name: string; events: string }>(text, [
      workspace,
      months[0],
      months.at(-1),
    ]);
    return new Map(rows.map((row) => [row.name, Number(row.events)]));
  });
}
