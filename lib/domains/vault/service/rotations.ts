import { newCredential } from '@/lib/domains/identity/server';
import { credentialViewOf, loadCredential, type Material } from '@/lib/domains/identity/server';
import { clock } from '@/lib/kernel/clock';
import { toPage } from '@/lib/kernel/page';
import { conflict } from '@/lib/kernel/problem';
import { query, verb } from '@/lib/kernel/verb';
import { mayManage, mayRead } from '../policy';
import { dataKeyOf, listRotationRows, loadRotation, takeSealed } from '../repo';
import { listRotationsInput, rotationId, rotationPage, rotationView } from '../schema';
import { openSecretVersion } from '../seal';
import { rotationViewOf } from '../view';
import { subjectNames } from './names';

/** Rotations, latest first, with when each step was reached. */
export const listRotations = query({
  name: 'vault.list_rotations',
  input: listRotationsInput,
  output: rotationPage,
  permit: mayRead,
  run: async ({ ctx, input, tx }) => {
    const rows = await listRotationRows(tx, input, input.limit + 1);
    const names = await subjectNames(tx, rows);
    return toPage(
      rows,
      input.limit,
      (row) => [row.startedAt.toISOString(), row.id],
      (row) => rotationViewOf(row, names.get(row.subjectId) ?? row.subjectId, ctx.actor),
    );
  },
});

export const getRotation = query({
  name: 'vault.get_rotation',
  input: rotationId,
  output: rotationView,
  permit: mayRead,
  run: async ({ ctx, input, tx }) => {
    const row = await loadRotation(tx, input.id);
    const names = await subjectNames(tx, [row]);
    return rotationViewOf(row, names.get(row.subjectId) ?? row.subjectId, ctx.actor);
  },
});

/** Shows, once, the private part of a successor that the schedule made, and erases it here. */
export const collectSuccessor = verb({
  name: 'vault.collect_successor',
  input: rotationId,
  output: newCredential,
  permit: mayManage,
  run: async ({ ctx, input, tx, event }) => {
    const rotation = await loadRotation(tx, input.id);
    const sealed = await takeSealed(tx, rotation.id);
    const { successorId } = rotation.state;
    if (sealed === undefined || successorId === undefined) {
      throw conflict(
        'nothing_to_collect',
        'It was shown before, is in use already, or was withdrawn.',
      );
    }
    const key = await dataKeyOf(tx, ctx.workspace);
    const ciphertext = Buffer.from(sealed, 'base64');
    const text = openSecretVersion(key, ctx.workspace, { id: successorId, ciphertext });
    const row = await loadCredential(tx, successorId);
    event({
      type: 'credential.collected',
      object: { type: 'credential', id: successorId },
      agent: row.agentId,
      data: { rotation: rotation.id },
    });
    return {
      credential: credentialViewOf(row, ctx.actor, clock.now()),
      clientId: row.agentId,
      ...(JSON.parse(text) as Material),
    };
  },
});
