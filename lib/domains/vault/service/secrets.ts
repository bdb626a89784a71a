import { randomSecret } from '@/lib/infra/crypto';
import { readSettings } from '@/lib/domains/workspaces/server';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { conflict } from '@/lib/kernel/problem';
import { permitted, verb } from '@/lib/kernel/verb';
import { mayManage, mayRevoke, mayUpdate } from '../policy';
import {
  dataKeyOf,
  findRevokedSecret,
  insertSecret,
  insertVersion,
  loadSecret,
  openRotations,
  revokeSecretRow,
  revokeVersions,
  updateSecretRow,
} from '../repo';
import {
  createSecretInput,
  declareSecretInput,
  newSecret,
  revokeSecretInput,
  secretView,
  updateSecretInput,
} from '../schema';
import { sealVersion } from '../seal';
import { secretViewOf } from '../view';

/** Puts a value into the vault, or has one made, which is then shown in this answer only. */
export const createSecret = verb({
  name: 'vault.create_secret',
  input: createSecretInput,
  output: newSecret,
  permit: mayManage,
  run: async ({ ctx, input, tx, event }) => {
    const now = clock.now();
    const [id, versionId] = [newId('sec'), newId('ver')];
    const generated = input.value === undefined ? randomSecret() : undefined;
    const key = await dataKeyOf(tx, ctx.workspace);
    await insertSecret(tx, {
      id,
      workspaceId: ctx.workspace,
      name: input.name,
      description: input.description,
      rotator: input.rotator,
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
  run: async ({ ctx, input: { id, ...changes }, tx, event }) => {
    const before = await loadSecret(tx, id);
    const rotation = (await openRotations(tx, [id])).get(id);
    permitted(mayUpdate(ctx.actor, { state: before.state, rotating: rotation !== undefined }));
    if (rotation && changes.rotator) {
      throw conflict('rotating', 'A rotation is under way. Change the rotator when it is done.');
    }
    await updateSecretRow(tx, id, changes);
    const after = await loadSecret(tx, id);
    event({
      type: 'secret.updated',
      object: { type: 'secret', id },
      data: { before: described(before), after: described(after) },
    });
    return secretViewOf(after, {
      actor: ctx.actor,
      rotation,
      maxAgeDays: (await readSettings(tx)).secretMaxAgeDays,
    });
  },
});

/** Revokes a secret: its values are erased, and tools that use it can no longer be reached. */
export const revokeSecret = verb({
  name: 'vault.revoke_secret',
  input: revokeSecretInput,
  output: secretView,
  permit: mayManage,
  run: async ({ ctx, input, tx, event }) => {
    const before = await loadSecret(tx, input.id);
    const rotating = (await openRotations(tx, [input.id])).size > 0;
    if (before.state !== 'active') {
      throw conflict('already_revoked', 'The secret is revoked already.');
    }
    if (rotating) {
      throw conflict('rotating', 'A rotation is under way. Wait until it is done.');
    }
    permitted(mayRevoke(ctx.actor, { state: before.state, rotating }));
    const now = clock.now();
    if (!(await revokeSecretRow(tx, input.id))) {
      throw conflict('already_revoked', 'The secret is revoked already.');
    }
    const versions = await revokeVersions(tx, input.id, now);
    event({
      type: 'secret.revoked',
      object: { type: 'secret', id: input.id },
      data: { reason: input.reason, versions, tools: before.tools.map((tool) => tool.id) },
    });
    return secretViewOf(await loadSecret(tx, input.id), {
      actor: ctx.actor,
      rotation: undefined,
      maxAgeDays: (await readSettings(tx)).secretMaxAgeDays,
    });
  },
});

function described(row: {
  name: string;
  description: string;
  rotator: unknown;
  rotateEveryDays: number | null;
}): Record<string, unknown> {
  const { name, description, rotator, rotateEveryDays } = row;
  return { name, description, rotator, rotate_every_days: rotateEveryDays };
}
