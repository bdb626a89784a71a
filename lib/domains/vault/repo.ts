import type { Prisma, Tx } from '@/lib/infra/db';
import { afterCreated, containing, decodeCursor, newestFirst } from '@/lib/kernel/page';
import { invalid, notFound } from '@/lib/kernel/problem';
import { isTold, retryAfter, type RotationStep } from './rotation';
import { rotationState, type RotationState } from './state';

const secretParts = {
  versions: { where: { state: 'current' }, take: 1 },
  tools: { where: { state: 'active' }, select: { id: true, name: true }, orderBy: { name: 'asc' } },
} satisfies Prisma.SecretInclude;

export type SecretRow = Prisma.SecretGetPayload<{ include: typeof secretParts }>;
export type VersionRow = Prisma.SecretVersionGetPayload<object>;
type StoredRotation = Prisma.RotationGetPayload<object>;
export type RotationRow = Omit<StoredRotation, 'state' | 'step'> & {
  state: RotationState;
  step: RotationStep;
};

function rotationOf(row: StoredRotation): RotationRow {
  return { ...row, step: row.step as RotationStep, state: rotationState.parse(row.state) };
}

export async function loadSecret(tx: Tx, id: string): Promise<SecretRow> {
  const row = await tx.secret.findUnique({ where: { id }, include: secretParts });
  if (!row) throw notFound('secret');
  return row;
}

/**
 * Keeps the secret's row for this transaction: who binds it, uses it elsewhere or enters its
 * value waits for whoever does so now.
 */
export async function lockSecret(tx: Tx, id: string) {
  const rows = await tx.$queryRaw<{ name: string; origin: string | null; rotator: unknown }[]>`
    SELECT name, origin, rotator FROM secrets WHERE id = ${id} FOR NO KEY UPDATE`;
  if (!rows[0]) throw notFound('secret');
  return rows[0];
}

export async function setOrigin(tx: Tx, id: string, origin: string): Promise<void> {
  await tx.secret.update({ where: { id }, data: { origin } });
}

/** Where tools in use send a secret, by tool. */
export function toolsWith(tx: Tx, secretId: string) {
  return tx.tool.findMany({
    where: { secretId, state: 'active' },
    select: { id: true, baseUrl: true },
  });
}

/** Whether a secret has a value, in use or about to be. */
export async function hasValue(tx: Tx, secretId: string): Promise<boolean> {
  return (await tx.secretVersion.count({ where: { secretId, state: { not: 'revoked' } } })) > 0;
}

export async function insertSecret(tx: Tx, row: Prisma.SecretUncheckedCreateInput): Promise<void> {
  await tx.secret.create({ data: row });
}

/** The revoked secret of this name. */
export function findRevokedSecret(tx: Tx, name: string) {
  return tx.secret.findFirst({ where: { name, state: 'revoked' }, select: { id: true } });
}

interface SecretChanges {
  name?: string | undefined;
  description?: string | undefined;
  rotator?: Prisma.InputJsonObject | undefined;
  rotateEveryDays?: number | null | undefined;
  state?: 'active' | undefined;
}

export async function updateSecretRow(tx: Tx, id: string, changes: SecretChanges): Promise<void> {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  await tx.secret.update({ where: { id }, data: Object.fromEntries(given) });
}

/** False when it was revoked before. */
export async function revokeSecretRow(tx: Tx, id: string): Promise<boolean> {
  const { count } = await tx.secret.updateMany({
    where: { id, state: 'active' },
    data: { state: 'revoked' },
  });
  return count === 1;
}

export async function secretsById(tx: Tx, ids: string[]): Promise<Map<string, SecretRow>> {
  const rows = await tx.secret.findMany({ where: { id: { in: ids } }, include: secretParts });
  return new Map(rows.map((row) => [row.id, row]));
}

export async function secretNames(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.secret.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, name: true },
  });
  return new Map(rows.map((row) => [row.id, row.name]));
}

export function listSecretRows(
  tx: Tx,
  filter: { q?: string | undefined; state?: string | undefined; cursor?: string | undefined },
  take: number,
): Promise<SecretRow[]> {
  return tx.secret.findMany({
    where: {
      AND: [
        afterCreated(filter.cursor),
        filter.q === undefined ? {} : { name: containing(filter.q) },
        filter.state === undefined ? {} : { state: filter.state },
      ],
    },
    include: secretParts,
    orderBy: newestFirst,
    take,
  });
}

/** Every version, newest first, without what it holds. */
export function versionsOf(tx: Tx, secretId: string): Promise<Omit<VersionRow, 'ciphertext'>[]> {
  return tx.secretVersion.findMany({
    where: { secretId },
    omit: { ciphertext: true },
    orderBy: { version: 'desc' },
  });
}

export async function loadVersion(tx: Tx, id: string | undefined): Promise<VersionRow> {
  const row = id === undefined ? null : await tx.secretVersion.findUnique({ where: { id } });
  if (!row) throw notFound('secret version');
  return row;
}

export async function insertVersion(
  tx: Tx,
  row: Omit<Prisma.SecretVersionUncheckedCreateInput, 'version'>,
): Promise<void> {
  const last = await tx.secretVersion.aggregate({
    where: { secretId: row.secretId },
    _max: { version: true },
  });
  await tx.secretVersion.create({ data: { ...row, version: (last._max.version ?? 0) + 1 } });
}

/** Moves a version only from `from`; a revoked one loses its value. */
export async function moveVersion(
  tx: Tx,
  id: string | undefined,
  from: string,
  to: 'current' | 'previous' | 'revoked',
  now: Date,
): Promise<void> {
  const { count } = await tx.secretVersion.updateMany({
    where: { id: id ?? '', state: from },
    data: {
      state: to,
      ...(to === 'current' ? { activatedAt: now } : {}),
      ...(to === 'revoked' ? { revokedAt: now, ciphertext: null } : {}),
    },
  });
  if (count !== 1) throw new Error(`secret version ${id} is not ${from}`);
}

/** Notes what an upstream calls a key, learned by asking it. */
export async function noteUpstreamId(tx: Tx, id: string, upstreamId: string): Promise<void> {
  await tx.secretVersion.update({ where: { id }, data: { upstreamId } });
}

/** Revokes whatever versions a secret still has, and their values. */
export async function revokeVersions(tx: Tx, secretId: string, now: Date): Promise<number> {
  const { count } = await tx.secretVersion.updateMany({
    where: { secretId, state: { not: 'revoked' } },
    data: { state: 'revoked', revokedAt: now, ciphertext: null },
  });
  return count;
}

export async function dataKeyOf(tx: Tx, workspace: string): Promise<Uint8Array> {
  const row = await tx.workspace.findUniqueOrThrow({
    where: { id: workspace },
    select: { dataKey: true },
  });
  return row.dataKey;
}

/**
 * Running actions that may have taken the old value: begun at a tool with this secret before
 * `until`, and not yet past the time after which their outcome is unknown.
 */
export async function actionsInFlight(
  tx: Tx,
  secretId: string,
  until: Date,
  now: Date,
): Promise<number> {
  const types = await tx.actionType.findMany({
    where: { tool: { secretId } },
    select: { key: true },
  });
  if (types.length === 0) return 0;
  return tx.action.count({
    where: {
      status: 'running',
      type: { in: types.map((type) => type.key) },
      startedAt: { lte: until },
      deadlineAt: { gt: now },
    },
  });
}

// Rotations

export async function loadRotation(tx: Tx, id: string): Promise<RotationRow> {
  const row = await tx.rotation.findUnique({ where: { id } });
  if (!row) throw notFound('rotation');
  return rotationOf(row);
}

/** The rotations under way, by their subject. */
export async function openRotations(
  tx: Tx,
  subjectIds?: readonly string[],
): Promise<Map<string, RotationRow>> {
  const rows = await tx.rotation.findMany({
    where: {
      finishedAt: null,
      ...(subjectIds === undefined ? {} : { subjectId: { in: [...subjectIds] } }),
    },
  });
  return new Map(rows.map((row) => [row.subjectId, rotationOf(row)]));
}

/** The rotation of a subject that is under way, kept from every worker until this transaction ends. */
export async function lockOpenRotation(tx: Tx, subjectId: string): Promise<RotationRow | null> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM rotations WHERE subject_id = ${subjectId} AND finished_at IS NULL FOR UPDATE`;
  return rows[0] ? loadRotation(tx, rows[0].id) : null;
}

/** The rotation, kept from every worker until this transaction ends. */
export async function lockRotation(tx: Tx, id: string): Promise<RotationRow> {
  await tx.$queryRaw`SELECT id FROM rotations WHERE id = ${id} FOR UPDATE`;
  return loadRotation(tx, id);
}

/**
 * Unfinished ones whose time to be tried again has come, or that nobody has touched since
 * `before`: what a crash or an outage left. A page by subject, from the one after `after`.
 */
export function restingRotations(
  tx: Tx,
  { before, now, after, take }: { before: Date; now: Date; after: string; take: number },
): Promise<{ id: string; subjectId: string }[]> {
  return tx.rotation.findMany({
    where: {
      finishedAt: null,
      subjectId: { gt: after },
      OR: [{ nextTryAt: { lte: now } }, { nextTryAt: null, updatedAt: { lt: before } }],
    },
    select: { id: true, subjectId: true },
    orderBy: { subjectId: 'asc' },
    take,
  });
}

function startedBefore(cursor: string): Prisma.RotationWhereInput {
  const [time = '', id = ''] = decodeCursor(cursor, 2);
  const startedAt = new Date(time);
  if (Number.isNaN(startedAt.getTime())) {
    throw invalid([
      { field: 'cursor', message: 'is not a cursor of this list; start without one' },
    ]);
  }
  return { OR: [{ startedAt: { lt: startedAt } }, { startedAt, id: { lt: id } }] };
}

export async function listRotationRows(
  tx: Tx,
  filter: { subject?: string | undefined; state?: string | undefined; cursor?: string | undefined },
  take: number,
): Promise<RotationRow[]> {
  const { cursor } = filter;
  const states = {
    open: { finishedAt: null },
    finished: { step: { in: ['revoked', 'by_hand', 'cancelled'] } },
    failed: { step: 'failed' },
  };
  const rows = await tx.rotation.findMany({
    where: {
      AND: [
        cursor === undefined ? {} : startedBefore(cursor),
        filter.subject === undefined ? {} : { subjectId: filter.subject },
        filter.state === undefined ? {} : states[filter.state as keyof typeof states],
      ],
    },
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
    take,
  });
  return rows.map(rotationOf);
}

export async function insertRotation(
  tx: Tx,
  row: Omit<Prisma.RotationUncheckedCreateInput, 'state'> & { state: RotationState },
): Promise<RotationRow> {
  return rotationOf(await tx.rotation.create({ data: row }));
}

/** The one conditional update that takes a step; false when another has taken it. */
export async function takeStep(
  tx: Tx,
  id: string,
  from: RotationStep,
  to: RotationStep,
  ended: { finishedAt: Date | null; error: string | null },
): Promise<boolean> {
  const { count } = await tx.rotation.updateMany({
    where: { id, step: from },
    data: { step: to, attempts: 0, nextTryAt: null, toldAt: null, ...ended },
  });
  return count === 1;
}

export async function saveState(tx: Tx, id: string, state: RotationState): Promise<void> {
  // The round trip drops what is undefined, as what was collected is.
  const data = { state: JSON.parse(JSON.stringify(state)) as Prisma.InputJsonObject };
  await tx.rotation.update({ where: { id }, data });
}

/** Notes what a step waits for, and nothing else of the state, unless the step was taken. */
export async function saveWaiting(
  tx: Tx,
  id: string,
  step: RotationStep,
  waiting: string,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE rotations SET state = state || ${JSON.stringify({ waiting })}::jsonb
    WHERE id = ${id} AND step = ${step}`;
}

/**
 * Notes that the upstream is about to be asked for a key (1), or that such a request made none
 * (-1). False when the step was taken: nothing is to be asked any more.
 */
export async function noteAsked(tx: Tx, id: string, by: 1 | -1): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE rotations SET state = state
      || jsonb_build_object('asked', coalesce((state->>'asked')::int, 0) + ${by}::int)
    WHERE id = ${id} AND step = 'requested'`;
  return count === 1;
}

/** Takes the sealed part of a rotation out of it; of two at once, one gets it. */
export async function takeSealed(tx: Tx, id: string): Promise<string | undefined> {
  const rows = await tx.$queryRaw<{ sealed: string }[]>`
    UPDATE rotations SET state = rotations.state - 'sealed'
    FROM (SELECT id, state->>'sealed' AS sealed FROM rotations WHERE id = ${id} FOR UPDATE) AS held
    WHERE rotations.id = held.id AND held.sealed IS NOT NULL
    RETURNING held.sealed`;
  return rows[0]?.sealed;
}

/**
 * Notes a failed attempt at a step and when it is tried again; null when the step has been
 * taken meanwhile. `told` says whether it is to be an event.
 */
export async function noteAttempt(
  tx: Tx,
  { id, step }: Pick<RotationRow, 'id' | 'step'>,
  error: string,
  now: Date,
): Promise<{ attempts: number; nextTryAt: Date; told: boolean } | null> {
  const row = await lockRotation(tx, id);
  if (row.step !== step) return null;
  const attempts = row.attempts + 1;
  const nextTryAt = new Date(now.getTime() + retryAfter(attempts));
  const told = isTold(row, error, now);
  const data = { attempts, error, nextTryAt, ...(told ? { toldAt: now } : {}) };
  await tx.rotation.update({ where: { id }, data });
  await saveState(tx, id, { ...row.state, waiting: undefined });
  return { attempts, nextTryAt, told };
}

/** Has a step that did not succeed tried again at once, as if for the first time. */
export async function tryAgainNow(tx: Tx, id: string): Promise<void> {
  await tx.rotation.update({ where: { id }, data: { attempts: 0, nextTryAt: null } });
}
