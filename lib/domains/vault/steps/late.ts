/** What an upstream did for a step of a rotation that was over meanwhile: its record must say so. */
import { inWorkspace } from '@/lib/infra/db';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { toDo } from '../left';
import { loadRotation, lockRotation, saveState } from '../repo';
import { isFinished } from '../rotation';
import type { LeftKey } from '../state';

/** Whether a rotation is over and does not know of the key that the upstream made for it. */
export function isOrphaned(ctx: Context, id: string): Promise<boolean> {
  return inWorkspace(
    ctx.workspace,
    async (tx) => {
      const { step, state } = await loadRotation(tx, id);
      return isFinished(step) && state.newVersionId === undefined;
    },
    { readOnly: true },
  );
}

/** Keys by the upstream's ids. */
interface Late {
  made?: string;
  withdrawn?: string;
}

/** Corrects what an ended rotation says is left at the upstream, with an event when it changes. */
export async function settleLate(ctx: Context, id: string, late: Late): Promise<void> {
  await inWorkspace(ctx.workspace, async (tx) => {
    const { state } = await lockRotation(tx, id);
    if (state.ended === undefined) return;
    const { left: before } = state.ended;
    const left = before
      .map((each): LeftKey =>
        late.made !== undefined && each.key === 'unrecorded'
          ? { key: 'new', upstreamId: late.made }
          : each,
      )
      .filter(({ upstreamId }) => upstreamId === null || upstreamId !== late.withdrawn);
    if (JSON.stringify(left) === JSON.stringify(before)) return;
    const ended = { ...state.ended, left };
    await saveState(tx, id, { ...state, ended });
    const event = makeEvent(ctx, {
      type: 'rotation.left_changed',
      object: { type: 'rotation', id },
      data: {
        before: { not_withdrawn: before },
        after: { not_withdrawn: left },
        to_do: toDo(id, ended),
      },
    });
    await appendEvents(tx, [event]);
  });
}
