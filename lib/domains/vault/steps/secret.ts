/** The steps of a secret's rotation. What is asked of the upstream is asked outside transactions. */
import { inWorkspace, type Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { toDo } from '../left';
import {
  actionsInFlight,
  dataKeyOf,
  insertVersion,
  loadRotation,
  loadSecret,
  loadVersion,
  moveVersion,
  noteAsked,
  noteUpstreamId,
  type RotationRow,
  type VersionRow,
} from '../repo';
import { rotator as rotatorSchema, type Rotator } from '../schema';
import { openSecretVersion, sealVersion } from '../seal';
import type { LeftKey } from '../state';
import { identifyKey, makeKey, type Upstream, UpstreamFailure, withdrawKey } from '../upstream';
import { isOrphaned, settleLate } from './late';
import { move } from './move';
import { type StepResult, taken, waitFor } from './result';

/** A gateway takes a new version up within a second; twice its limit for hearing of one. */
const SNAPSHOT_SECONDS = 10;
const RECHECK_MS = 2_000;

interface Subject {
  rotator: Rotator;
  /** Where it is renewed; undefined when a person does so. */
  upstream: Upstream | undefined;
  dataKey: Uint8Array;
  current: VersionRow | undefined;
}

function readSubject(ctx: Context, rotation: RotationRow): Promise<Subject> {
  return inWorkspace(
    ctx.workspace,
    async (tx) => {
      const secret = await loadSecret(tx, rotation.subjectId);
      const rotator = rotatorSchema.parse(secret.rotator);
      const { origin } = secret;
      return {
        rotator,
        upstream: rotator.kind === 'manual' ? undefined : { baseUrl: rotator.baseUrl, origin },
        dataKey: await dataKeyOf(tx, ctx.workspace),
        current: secret.versions[0],
      };
    },
    { readOnly: true },
  );
}

function readVersion(ctx: Context, id: string | undefined): Promise<VersionRow> {
  return inWorkspace(ctx.workspace, (tx) => loadVersion(tx, id), { readOnly: true });
}

/** requested → created: the upstream makes a key; the idempotency key makes a repeat the same one. */
export async function createNewKey(ctx: Context, rotation: RotationRow): Promise<StepResult> {
  const { upstream, dataKey, current } = await readSubject(ctx, rotation);
  if (!upstream || !current) {
    return { fail: 'The secret has no value in use, or nothing that can renew it.' };
  }
  const value = openSecretVersion(dataKey, ctx.workspace, current);
  const oldUpstreamId = current.upstreamId ?? (await identifyKey(upstream, value));
  const made = await askForKey(ctx, rotation, upstream, value);
  if (made === null) return taken(false);
  const newVersionId = newId('ver');
  const won = await move(ctx, rotation, 'created', async (tx) => {
    await noteUpstreamId(tx, current.id, oldUpstreamId);
    await insertVersion(tx, {
      id: newVersionId,
      workspaceId: ctx.workspace,
      secretId: rotation.subjectId,
      ciphertext: sealVersion(dataKey, ctx.workspace, newVersionId, made.key),
      upstreamId: made.id,
      state: 'pending',
    });
    return {
      state: { asked: undefined, newVersionId, oldVersionId: current.id, oldUpstreamId },
      data: { version: newVersionId, upstream_id: made.id },
    };
  });
  if (!won && (await isOrphaned(ctx, rotation.id))) {
    const withdrawn = await attemptWithdrawal(upstream, value, made.id);
    await settleLate(ctx, rotation.id, {
      made: made.id,
      ...(withdrawn ? { withdrawn: made.id } : {}),
    });
  }
  return taken(won);
}

/**
 * The key that the upstream makes; null when the step was taken before it was asked. It is noted
 * before it is asked: whatever becomes of the answer, the record says that a key may be there.
 */
async function askForKey(
  ctx: Context,
  { id }: RotationRow,
  upstream: Upstream,
  using: string,
): Promise<{ id: string; key: string } | null> {
  const note = (by: 1 | -1) => inWorkspace(ctx.workspace, (tx) => noteAsked(tx, id, by));
  if (!(await note(1))) return null;
  try {
    return await makeKey(upstream, using, id);
  } catch (error) {
    if (error instanceof UpstreamFailure && error.nothingDone) await note(-1);
    throw error;
  }
}

/** created → tested: the new key is presented to the upstream. A manual secret has none to ask. */
export async function testNewKey(ctx: Context, rotation: RotationRow): Promise<StepResult> {
  const { upstream, dataKey } = await readSubject(ctx, rotation);
  if (upstream) {
    const version = await readVersion(ctx, rotation.state.newVersionId);
    await identifyKey(upstream, openSecretVersion(dataKey, ctx.workspace, version));
  }
  const data = { asked: upstream !== undefined };
  return taken(await move(ctx, rotation, 'tested', async () => ({ data })));
}

/** tested → switched: the new version is the current one, the old one still valid. */
export async function switchVersions(ctx: Context, rotation: RotationRow): Promise<StepResult> {
  const { oldVersionId, newVersionId } = rotation.state;
  return taken(
    await move(ctx, rotation, 'switched', async (tx, now) => {
      if (oldVersionId) await moveVersion(tx, oldVersionId, 'current', 'previous', now);
      await moveVersion(tx, newVersionId, 'pending', 'current', now);
      return {
        state: { switchedAt: now.toISOString() },
        data: { before: { version: oldVersionId ?? null }, after: { version: newVersionId } },
      };
    }),
  );
}

/** switched → revoked: after its grace, and once nothing under way can need it, the old key goes. */
export async function revokeOldKey(ctx: Context, rotation: RotationRow): Promise<StepResult> {
  const { rotator, upstream, dataKey } = await readSubject(ctx, rotation);
  const { oldVersionId, newVersionId, oldUpstreamId } = rotation.state;
  if (!oldVersionId) return taken(await move(ctx, rotation, 'revoked', async () => ({ data: {} })));
  const now = clock.now();
  const switchedAt = new Date(rotation.state.switchedAt ?? rotation.updatedAt);
  const grace = rotator.kind === 'http_api_keys' ? rotator.graceSeconds : SNAPSHOT_SECONDS;
  const graceEnds = switchedAt.getTime() + grace * 1_000;
  if (now.getTime() < graceEnds) {
    return waitFor('Waits for the old value’s grace to end.', graceEnds - now.getTime());
  }
  const mayHaveOld = new Date(switchedAt.getTime() + SNAPSHOT_SECONDS * 1_000);
  const running = await inWorkspace(ctx.workspace, (tx) =>
    actionsInFlight(tx, rotation.subjectId, mayHaveOld, now),
  );
  if (running > 0) {
    return waitFor(`Waits for ${running} running actions that may use the old value.`, RECHECK_MS);
  }
  if (upstream && oldUpstreamId) {
    const version = await readVersion(ctx, newVersionId);
    const value = openSecretVersion(dataKey, ctx.workspace, version);
    await withdrawKey(upstream, value, oldUpstreamId);
  }
  const won = await move(ctx, rotation, 'revoked', async (tx, at) => {
    await moveVersion(tx, oldVersionId, 'previous', 'revoked', at);
    return { data: { version: oldVersionId, upstream_id: oldUpstreamId ?? null } };
  });
  if (!won && upstream && oldUpstreamId) {
    await settleLate(ctx, rotation.id, { withdrawn: oldUpstreamId });
  }
  return taken(won);
}

/**
 * Before the switch → failed: the old key stays current. The new one is withdrawn only once that
 * is settled, or a worker that comes late would withdraw what another has put to use.
 */
export async function giveUpNewKey(
  ctx: Context,
  rotation: RotationRow,
  reason: string,
): Promise<void> {
  const { newVersionId } = rotation.state;
  const { upstream, dataKey, current } = await readSubject(ctx, rotation);
  const made = newVersionId === undefined ? null : await readVersion(ctx, newVersionId);
  const upstreamId = made?.upstreamId ?? null;
  const at = upstream?.baseUrl ?? null;
  const withdraw = async (tx: Tx, now: Date) => {
    if (newVersionId !== undefined) await moveVersion(tx, newVersionId, 'pending', 'revoked', now);
    // Read under the row's lock: it was noted after this rotation was read.
    const { asked = 0 } = (await loadRotation(tx, rotation.id)).state;
    const left: LeftKey[] = [];
    if (made) left.push({ key: 'new', upstreamId });
    else if (asked > 0) left.push({ key: 'unrecorded', upstreamId: null });
    const data = { reason, version: newVersionId ?? null, not_withdrawn: left };
    if (left.length === 0) return { data };
    const ended = { by: ctx.actor.id, reason, at, left };
    return { state: { ended }, data: { ...data, at, to_do: toDo(rotation.id, ended) } };
  };
  if (!(await move(ctx, rotation, 'failed', withdraw, reason))) return;
  if (!upstream || !current || upstreamId === null) return;
  const value = openSecretVersion(dataKey, ctx.workspace, current);
  if (await attemptWithdrawal(upstream, value, upstreamId)) {
    await settleLate(ctx, rotation.id, { withdrawn: upstreamId });
  }
}

/** Best effort: a key that stays behind at the upstream is named in the rotation's record. */
function attemptWithdrawal(upstream: Upstream, using: string, id: string): Promise<boolean> {
  return withdrawKey(upstream, using, id).then(
    () => true,
    () => false,
  );
}
