/** The steps of a secret's rotation. What is asked of the upstream is asked outside transactions. */
import { inWorkspace, type Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import {
  actionsInFlight,
  dataKeyOf,
  insertVersion,
  loadSecret,
  loadVersion,
  moveVersion,
  noteUpstreamId,
  type RotationRow,
  type VersionRow,
} from '../repo';
import { rotator as rotatorSchema, type Rotator } from '../schema';
import { openSecretVersion, sealVersion } from '../seal';
import { identifyKey, makeKey, withdrawKey } from '../upstream';
import { move } from './move';
import { type StepResult, taken, waitFor } from './result';

/** A gateway takes a new version up within a second; twice its limit for hearing of one. */
const SNAPSHOT_SECONDS = 10;
const RECHECK_MS = 2_000;

interface Subject {
  rotator: Rotator;
  dataKey: Uint8Array;
  current: VersionRow | undefined;
}

function readSubject(ctx: Context, rotation: RotationRow): Promise<Subject> {
  return inWorkspace(
    ctx.workspace,
    async (tx) => {
      const secret = await loadSecret(tx, rotation.subjectId);
      return {
        rotator: rotatorSchema.parse(secret.rotator),
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
  const { rotator, dataKey, current } = await readSubject(ctx, rotation);
  if (rotator.kind !== 'http_api_keys' || !current) {
    return { fail: 'The secret has no value in use, or nothing that can renew it.' };
  }
  const value = openSecretVersion(dataKey, ctx.workspace, current);
  const oldUpstreamId = current.upstreamId ?? (await identifyKey(rotator.baseUrl, value));
  const made = await makeKey(rotator.baseUrl, value, rotation.id);
  const newVersionId = newId('ver');
  return taken(
    await move(ctx, rotation, 'created', async (tx) => {
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
        state: { newVersionId, oldVersionId: current.id, oldUpstreamId },
        data: { version: newVersionId, upstream_id: made.id },
      };
    }),
  );
}

/** created → tested: the new key is presented to the upstream. A manual secret has none to ask. */
export async function testNewKey(ctx: Context, rotation: RotationRow): Promise<StepResult> {
  const { rotator, dataKey } = await readSubject(ctx, rotation);
  if (rotator.kind === 'http_api_keys') {
    const version = await readVersion(ctx, rotation.state.newVersionId);
    await identifyKey(rotator.baseUrl, openSecretVersion(dataKey, ctx.workspace, version));
  }
  const data = { asked: rotator.kind === 'http_api_keys' };
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
  const { rotator, dataKey } = await readSubject(ctx, rotation);
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
  if (rotator.kind === 'http_api_keys' && oldUpstreamId) {
    const version = await readVersion(ctx, newVersionId);
    const value = openSecretVersion(dataKey, ctx.workspace, version);
    await withdrawKey(rotator.baseUrl, value, oldUpstreamId);
  }
  return taken(
    await move(ctx, rotation, 'revoked', async (tx, at) => {
      await moveVersion(tx, oldVersionId, 'previous', 'revoked', at);
      return { data: { version: oldVersionId, upstream_id: oldUpstreamId ?? null } };
    }),
  );
}

/** Before the switch → failed: the new key is withdrawn and the old one stays current. */
export async function giveUpNewKey(
  ctx: Context,
  rotation: RotationRow,
  reason: string,
): Promise<void> {
  const { newVersionId } = rotation.state;
  const { rotator, dataKey, current } = await readSubject(ctx, rotation);
  let withdrawn = newVersionId === undefined;
  if (newVersionId !== undefined && rotator.kind === 'http_api_keys' && current) {
    const { upstreamId } = await readVersion(ctx, newVersionId);
    const value = openSecretVersion(dataKey, ctx.workspace, current);
    // Best effort: a key that stays behind upstream is named in the event for a person.
    withdrawn = await withdrawKey(rotator.baseUrl, value, upstreamId ?? '').then(
      () => true,
      () => false,
    );
  }
  const withdraw = async (tx: Tx, now: Date) => {
    if (newVersionId !== undefined) {
      await moveVersion(tx, newVersionId, 'pending', 'revoked', now);
    }
    return { data: { reason, version: newVersionId ?? null, withdrawn_upstream: withdrawn } };
  };
  await move(ctx, rotation, 'failed', withdraw, reason);
}
