import type { Tx } from '@/lib/infra/db';
import type { NewEvent } from '@/lib/kernel/event';
import { conflict } from '@/lib/kernel/problem';
import { verb } from '@/lib/kernel/verb';
import { toDo } from '../left';
import { mayFinish, mayManage } from '../policy';
import {
  loadRotation,
  loadSecret,
  loadVersion,
  lockRotation,
  lockSecret,
  moveVersion,
  type RotationRow,
} from '../repo';
import { finishRotationInput, rotationView, rotator as rotatorSchema } from '../schema';
import type { Ended, LeftKey } from '../state';
import { moveWithin } from '../steps/move';
import { rotationViewOf } from '../view';
import { subjectNames } from './names';

interface End {
  to: 'by_hand' | 'cancelled';
  by: string;
  reason: string;
}

/**
 * Ends a secret's rotation, whose row the transaction holds, and says which keys stay behind at
 * the upstream. A step that runs meanwhile loses its conditional update.
 */
export async function endRotation(
  tx: Tx,
  event: (event: NewEvent) => void,
  rotation: RotationRow,
  { to, by, reason }: End,
): Promise<Ended> {
  const ended = { by, reason, ...(await leftBy(tx, rotation, to)) };
  const todo = toDo(rotation.id, ended);
  const events = await moveWithin(tx, rotation, to, async (_tx, now) => {
    // The person answers for the old key from here on; of the value nothing is kept.
    const { oldVersionId } = rotation.state;
    if (to === 'by_hand' && oldVersionId) {
      await moveVersion(tx, oldVersionId, 'previous', 'revoked', now);
    }
    const data = {
      reason,
      from: rotation.step,
      not_withdrawn: ended.left,
      at: ended.at,
      to_do: todo,
    };
    return { state: { ended }, data };
  });
  if (events === null) throw new Error(`rotation ${rotation.id} moved under its lock`);
  for (const each of events) event(each);
  return ended;
}

/** Which of its keys are or may be valid at the upstream, and where that is. */
async function leftBy(
  tx: Tx,
  rotation: RotationRow,
  to: End['to'],
): Promise<Pick<Ended, 'at' | 'left'>> {
  const secret = await loadSecret(tx, rotation.subjectId);
  const rotator = rotatorSchema.parse(secret.rotator);
  const { oldVersionId, newVersionId, oldUpstreamId } = rotation.state;
  const left: LeftKey[] = [];
  const oldId =
    oldVersionId ?? (rotation.step === 'requested' ? secret.versions[0]?.id : undefined);
  if (oldId) {
    const { upstreamId } = await loadVersion(tx, oldId);
    left.push({ key: 'old', upstreamId: oldUpstreamId ?? upstreamId });
  }
  if (to === 'cancelled') {
    if (newVersionId) {
      const { upstreamId } = await loadVersion(tx, newVersionId);
      left.push({ key: 'new', upstreamId });
    } else {
      left.push({ key: 'unrecorded', upstreamId: null });
    }
  }
  const upstream = rotator.kind === 'manual' ? secret.origin : rotator.baseUrl;
  return { at: upstream, left };
}

/**
 * Ends a rotation whose new value is in use and whose old key cannot be withdrawn from here: its
 * old value is erased, and who ends it withdraws the key at the upstream.
 */
export const finishRotation = verb({
  name: 'vault.finish_rotation',
  input: finishRotationInput,
  output: rotationView,
  permit: mayManage,
  run: async ({ ctx, input, tx, event }) => {
    const { subjectType, subjectId } = await loadRotation(tx, input.id);
    // The secret before its rotation, as whoever revokes it does.
    if (subjectType === 'secret') await lockSecret(tx, subjectId);
    const rotation = await lockRotation(tx, input.id);
    const can = mayFinish(ctx.actor, rotation);
    if (!can.allowed) throw conflict('not_to_finish', can.reason);
    const { actor } = ctx;
    await endRotation(tx, event, rotation, { to: 'by_hand', by: actor.id, reason: input.reason });
    const row = await loadRotation(tx, rotation.id);
    const names = await subjectNames(tx, [row]);
    return rotationViewOf(row, names.get(subjectId) ?? subjectId, actor);
  },
});
