import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { conflict, invalid } from '@/lib/kernel/problem';
import { permitted, verb } from '@/lib/kernel/verb';
import { vaultRotate } from '../rotate-job';
import { mayRotate, mayStartRotation } from '../policy';
import { dataKeyOf, insertVersion, loadSecret, lockSecret } from '../repo';
import { rotateSecretInput, rotationView, rotator as rotatorSchema } from '../schema';
import { originOf } from '../origin';
import { sealVersion } from '../seal';
import { wrongOrigin } from '../upstream';
import { rotationViewOf } from '../view';
import { bindSecret, settleOrigin } from './bind';
import { assertNoneOpen, startRotation } from './start';

/**
 * Begins the rotation of a secret; the job carries it on. One with a rotator renews itself at
 * the upstream; a manual one needs the new value, which the upstream must already accept, and
 * so does one that has no value yet.
 */
export const rotateSecret = verb({
  name: 'vault.rotate_secret',
  input: rotateSecretInput,
  output: rotationView,
  permit: mayStartRotation,
  run: async ({ ctx, input, tx, event, after }) => {
    await lockSecret(tx, input.id);
    const secret = await loadSecret(tx, input.id);
    await assertNoneOpen(tx, secret.id);
    permitted(mayRotate(ctx.actor, { state: secret.state, rotating: false }));
    const now = clock.now();
    const rotator = rotatorSchema.parse(secret.rotator);
    const manual = rotator.kind === 'manual';
    // The upstream makes a key only for who shows it one, so the first is always brought.
    const brought = manual || secret.versions.length === 0;
    if (brought !== (input.value !== undefined)) {
      const message = manual
        ? 'is needed: this secret is rotated by hand'
        : brought
          ? 'is needed: the secret has none yet'
          : 'must be left out: the upstream makes the new value';
      throw invalid([{ field: 'value', message }]);
    }
    const subject = { subjectType: 'secret', subjectId: secret.id, now } as const;
    if (input.origin !== undefined) {
      const use = { secretId: secret.id, baseUrl: input.origin, field: 'origin' };
      await bindSecret(tx, event, use);
    }
    const origin = await settleOrigin(tx, event, secret.id, input.value);
    if (input.value === undefined) {
      if (!manual && origin !== originOf(rotator.baseUrl)) {
        throw conflict('other_origin', wrongOrigin(origin, originOf(rotator.baseUrl)));
      }
      const row = await startRotation(tx, ctx, event, { ...subject, step: 'requested' });
      // The schedule queues what it begins itself, a few at a time.
      if (ctx.actor.type !== 'job') {
        after(() => vaultRotate.enqueue(ctx.workspace, { rotationId: row.id }));
      }
      return rotationViewOf(row, secret.name, ctx.actor);
    }
    const newVersionId = newId('ver');
    const key = await dataKeyOf(tx, ctx.workspace);
    await insertVersion(tx, {
      id: newVersionId,
      workspaceId: ctx.workspace,
      secretId: secret.id,
      ciphertext: sealVersion(key, ctx.workspace, newVersionId, input.value),
      state: 'pending',
    });
    const oldVersionId = secret.versions[0]?.id;
    const row = await startRotation(tx, ctx, event, {
      ...subject,
      step: 'created',
      state: { newVersionId, ...(oldVersionId ? { oldVersionId } : {}) },
      data: { version: newVersionId },
    });
    after(() => vaultRotate.enqueue(ctx.workspace, { rotationId: row.id }));
    return rotationViewOf(row, secret.name, ctx.actor);
  },
});
