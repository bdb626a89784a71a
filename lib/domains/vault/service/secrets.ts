import type { z } from 'zod';
import { randomSecret } from '@/lib/infra/crypto';
import { readSettings } from '@/lib/domains/workspaces/server';
import type { Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { NewEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { conflict, invalid } from '@/lib/kernel/problem';
import { permitted, verb } from '@/lib/kernel/verb';
import { mayManage, mayRevoke, mayUpdate } from '../policy';
import {
  dataKeyOf,
  findRevokedSecret,
  insertSecret,
  insertVersion,
  loadSecret,
  lockOpenRotation,
  lockSecret,
  openRotations,
  revokeSecretRow,
  revokeVersions,
  type RotationRow,
  tryAgainNow,
  updateSecretRow,
} from '../repo';
import { vaultRotate } from '../rotate-job';
import { isSwitched } from '../rotation';
import {
  createSecretInput,
  declareSecretInput,
  newSecret,
  revokeSecretInput,
  rotator as rotatorSchema,
  type Rotator,
  secretView,
  updateSecretInput,
} from '../schema';
import { originIn, originOf } from '../origin';
import { sealVersion } from '../seal';
import { secretViewOf } from '../view';
import { bindSecret } from './bind';
import { endRotation } from './end';

/** Puts a value into the vault, or has one made, which is then shown in this answer only. */
export const createSecret = verb({
  name: 'vault.create_secret',
  input: createSecretInput,
  output: newSecret,
  permit: mayManage,
  run: async ({ ctx, input, tx, event }) => {
    const now = clock.now();
    const [id, versionId] = [newId('sec'), newId('ver')];
    const origin = givenFor(input);
    const generated = input.value === undefined ? randomSecret() : undefined;
    const key = await dataKeyOf(tx, ctx.workspace);
    await insertSecret(tx, {
      id,
      workspaceId: ctx.workspace,
      name: input.name,
      description: input.description,
      rotator: input.rotator,
      origin,
      rotateEveryDays: input.rotateEveryDays,
      createdBy: ctx.actor.id,
      createdAt: now,
    });
    await insertVersion(tx, {
      id: versionId,
      workspaceId: ctx.workspace,
      secretId: id,
      ciphertext: sealVersion(key, ctx.workspace, versionId, input.value ?? generated ?? ''),
      state: 'current',
      createdAt: now,
      activatedAt: now,
    });
    event({
      type: 'secret.created',
      object: { type: 'secret', id },
      data: {
        name: input.name,
        rotator: input.rotator,
        origin,
        rotate_every_days: input.rotateEveryDays,
        version: versionId,
        generated: generated !== undefined,
      },
    });
    const secret = secretViewOf(await loadSecret(tx, id), {
      actor: ctx.actor,
      rotation: undefined,
      maxAgeDays: (await readSettings(tx)).secretMaxAgeDays,
    });
    return { secret, ...(generated === undefined ? {} : { value: generated }) };
  },
});

/**
 * Makes a secret known that has no value yet; one that was revoked comes back without one. What
 * uses it fails until an admin gives it its first value, as a rotation.
 */
export const declareSecret = verb({
  name: 'vault.declare_secret',
  input: declareSecretInput,
  output: secretView,
  permit: mayManage,
  run: async ({ ctx, input, tx, event }) => {
    const revoked = await findRevokedSecret(tx, input.name);
    const id = revoked?.id ?? newId('sec');
    if (revoked) await updateSecretRow(tx, id, { ...input, state: 'active' });
    else {
      const { actor, workspace } = ctx;
      const createdAt = clock.now();
      await insertSecret(tx, {
        ...input,
        id,
        workspaceId: workspace,
        createdBy: actor.id,
        createdAt,
      });
    }
    await bindRotator(tx, event, id, input.rotator);
    const row = await loadSecret(tx, id);
    event({
      type: 'secret.declared',
      object: { type: 'secret', id },
      data: { before: null, after: described(row) },
    });
    return secretViewOf(row, {
      actor: ctx.actor,
      rotation: undefined,
      maxAgeDays: (await readSettings(tx)).secretMaxAgeDays,
    });
  },
});

/** Changes what is said of a secret and how it is renewed; its value changes by rotation only. */
export const updateSecret = verb({
  name: 'vault.update_secret',
  input: updateSecretInput,
  output: secretView,
  permit: mayManage,
  run: async ({ ctx, input: { id, ...changes }, tx, event, after }) => {
    // Before it is read: a rotation begins, and a tool takes it up, under the same lock.
    await lockSecret(tx, id);
    const before = await loadSecret(tx, id);
    const rotation = (await openRotations(tx, [id])).get(id);
    permitted(mayUpdate(ctx.actor, { state: before.state, rotating: rotation !== undefined }));
    if (rotation && changes.rotator) {
      assertMayChange(rotation, rotatorSchema.parse(before.rotator), changes.rotator);
    }
    await bindRotator(tx, event, id, changes.rotator);
    if (rotation && changes.rotator) {
      await tryAgainNow(tx, rotation.id);
      after(() => vaultRotate.enqueue(ctx.workspace, { rotationId: rotation.id }));
    }
    await updateSecretRow(tx, id, changes);
    const changed = await loadSecret(tx, id);
    event({
      type: 'secret.updated',
      object: { type: 'secret', id },
      data: { before: described(before), after: described(changed) },
    });
    return secretViewOf(changed, {
      actor: ctx.actor,
      rotation,
      maxAgeDays: (await readSettings(tx)).secretMaxAgeDays,
    });
  },
});

/**
 * Revokes a secret: its values are erased, and tools that use it can no longer be reached. A
 * rotation under way ends at whatever step it is; its record says what to withdraw upstream.
 */
export const revokeSecret = verb({
  name: 'vault.revoke_secret',
  input: revokeSecretInput,
  output: secretView,
  permit: mayManage,
  run: async ({ ctx, input, tx, event }) => {
    // Before it is read: a rotation begins under the same lock.
    await lockSecret(tx, input.id);
    const before = await loadSecret(tx, input.id);
    if (before.state !== 'active') {
      throw conflict('already_revoked', 'The secret is revoked already.');
    }
    permitted(mayRevoke(ctx.actor, { state: before.state, rotating: false }));
    const now = clock.now();
    const rotation = await lockOpenRotation(tx, input.id);
    if (rotation) {
      const reason = input.reason || 'The secret was revoked.';
      await endRotation(tx, event, rotation, { to: 'cancelled', by: ctx.actor.id, reason });
    }
    if (!(await revokeSecretRow(tx, input.id))) {
      throw conflict('already_revoked', 'The secret is revoked already.');
    }
    const versions = await revokeVersions(tx, input.id, now);
    event({
      type: 'secret.revoked',
      object: { type: 'secret', id: input.id },
      data: {
        reason: input.reason,
        versions,
        tools: before.tools.map((tool) => tool.id),
        ...(rotation ? { rotation: rotation.id } : {}),
      },
    });
    return secretViewOf(await loadSecret(tx, input.id), {
      actor: ctx.actor,
      rotation: undefined,
      maxAgeDays: (await readSettings(tx)).secretMaxAgeDays,
    });
  },
});

/** What a new value is for: as who enters it says, as its rotator says, or as it says itself. */
function givenFor(input: z.output<typeof createSecretInput>): string | null {
  const { rotator } = input;
  const renewedAt = rotator.kind === 'manual' ? undefined : originOf(rotator.baseUrl);
  const origin = input.origin ?? renewedAt;
  if (renewedAt !== undefined && renewedAt !== origin) {
    throw invalid([{ field: 'rotator.baseUrl', message: `must be at ${origin}, as the value is` }]);
  }
  return origin ?? originIn(input.value ?? '') ?? null;
}

/** While a rotation is under way a rotator stays as it is, but for where the old key is withdrawn. */
function assertMayChange(rotation: RotationRow, before: Rotator, after: Rotator): void {
  if (isSwitched(rotation.step) && before.kind === after.kind) return;
  throw conflict(
    'rotating',
    isSwitched(rotation.step)
      ? 'A rotation is under way. Finish it by hand to have the secret renewed otherwise.'
      : 'A rotation is under way. Change the rotator when the new value is in use.',
  );
}

async function bindRotator(
  tx: Tx,
  event: (event: NewEvent) => void,
  secretId: string,
  rotator: Rotator | undefined,
): Promise<void> {
  if (rotator === undefined || rotator.kind === 'manual') return;
  const { baseUrl } = rotator;
  await bindSecret(tx, event, { secretId, baseUrl, by: 'rotator', field: 'rotator.baseUrl' });
}

function described(row: {
  name: string;
  description: string;
  rotator: unknown;
  rotateEveryDays: number | null;
}): Record<string, unknown> {
  const { name, description, rotator, rotateEveryDays } = row;
  return { name, description, rotator, rotate_every_days: rotateEveryDays };
}
