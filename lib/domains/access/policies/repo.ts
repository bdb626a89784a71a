import type { Prisma, Tx } from '@/lib/infra/db';
import { afterCreated, decodeCursor, newestFirst } from '@/lib/kernel/page';
import { conflict, invalid, notFound } from '@/lib/kernel/problem';

type Json = Prisma.InputJsonValue;

export const draftParts = {
  replays: { orderBy: { createdAt: 'desc' as const }, take: 1 },
  proofs: { orderBy: { createdAt: 'desc' as const }, take: 1 },
} satisfies Prisma.PolicyDraftInclude;

export type VersionRow = Prisma.PolicyVersionGetPayload<object>;
export type DraftRow = Prisma.PolicyDraftGetPayload<{ include: typeof draftParts }>;
export type ReplayRow = Prisma.PolicyReplayGetPayload<object>;
export type ProofRow = Prisma.PolicyProofGetPayload<object>;

/**
 * One at a time makes a workspace's next version; ends with the transaction. It is the workspace's
 * own row, which settings are changed in, so that the two never wait for each other crosswise.
 */
export async function lockVersions(tx: Tx): Promise<void> {
  await tx.$queryRaw`SELECT id FROM workspaces FOR NO KEY UPDATE`;
}

export function lastVersion(tx: Tx): Promise<VersionRow | null> {
  return tx.policyVersion.findFirst({ orderBy: { number: 'desc' } });
}

export async function loadVersion(tx: Tx, id: string): Promise<VersionRow> {
  const row = await tx.policyVersion.findUnique({ where: { id } });
  if (!row) throw notFound('policy version');
  return row;
}

/** The version that a draft began at. */
export async function baseOf(tx: Tx, { base }: { base: number }): Promise<VersionRow> {
  const row = await tx.policyVersion.findFirst({ where: { number: base } });
  if (!row) throw notFound('policy version');
  return row;
}

interface NewVersion {
  id: string;
  workspaceId: string;
  number: number;
  document: object;
  changes: readonly object[];
  why: string;
  origin: string;
  createdBy: string;
}

export async function insertVersion(tx: Tx, version: NewVersion): Promise<void> {
  const { document, changes } = version;
  await tx.policyVersion.create({ data: { ...version, ...json({ document, changes }) } });
}

export function findVersions(tx: Tx, cursor: string | undefined, limit: number) {
  const before = cursor === undefined ? undefined : Number(decodeCursor(cursor, 1)[0]);
  if (before !== undefined && !Number.isSafeInteger(before)) {
    throw invalid([
      { field: 'cursor', message: 'is not a cursor of this list; start without one' },
    ]);
  }
  return tx.policyVersion.findMany({
    where: before === undefined ? {} : { number: { lt: before } },
    orderBy: { number: 'desc' },
    take: limit + 1,
  });
}

export async function loadDraft(tx: Tx, id: string): Promise<DraftRow> {
  const row = await tx.policyDraft.findUnique({ where: { id }, include: draftParts });
  if (!row) throw notFound('draft');
  return row;
}

/** An open draft, to be tried or proved; 409 when it is settled. */
export async function draftForReplay(tx: Tx, id: string): Promise<DraftRow> {
  const row = await loadDraft(tx, id);
  if (row.state === 'open') return row;
  throw conflict('wrong_state', `The draft is ${row.state} already. Begin a new one.`);
}

export function findDrafts(
  tx: Tx,
  input: { cursor?: string | undefined; limit: number; state?: string | undefined },
) {
  return tx.policyDraft.findMany({
    where: {
      AND: [afterCreated(input.cursor), input.state ? { state: input.state } : {}],
    },
    include: draftParts,
    orderBy: newestFirst,
    take: input.limit + 1,
  });
}

/** Writes a draft's document if it is still open and as it was read; false when not. */
export async function changeDraft(
  tx: Tx,
  row: DraftRow,
  { document, by }: { document: object; by: string },
): Promise<boolean> {
  const { count } = await tx.policyDraft.updateMany({
    where: { id: row.id, state: 'open', revision: row.revision },
    data: {
      ...json({ document }),
      editors: [...new Set([...row.editors, by])],
      revision: { increment: 1 },
    },
  });
  return count === 1;
}

/** Ends a draft if it is still open and as it was read; false when not. */
export async function settleDraft(
  tx: Tx,
  row: DraftRow,
  data: {
    state: 'published' | 'discarded';
    settledAt: Date;
    publishedBy?: string;
    publishedAs?: number;
  },
): Promise<boolean> {
  const { count } = await tx.policyDraft.updateMany({
    where: { id: row.id, state: 'open', revision: row.revision },
    data,
  });
  return count === 1;
}

/** Names of those who are members now, by id. */
export async function memberNames(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const members = await tx.member.findMany({
    where: { id: { in: [...new Set(ids)] } },
    select: { id: true, name: true },
  });
  return new Map(members.map(({ id, name }) => [id, name]));
}

/** A JSON round trip, which drops undefined members. */
export function json<T extends object>(values: T): Record<keyof T, Json> {
  return JSON.parse(JSON.stringify(values)) as Record<keyof T, Json>;
}
