import { inWorkspace, type Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent, type NewEvent, type Outcome } from '@/lib/kernel/event';
import { loadRotation, type RotationRow, saveState, takeStep } from '../repo';
import { isFinished, mayMove, type RotationStep } from '../rotation';
import type { RotationState } from '../state';

/** What a step changed beside the rotation itself. */
interface Change {
  state?: Partial<RotationState>;
  /** For the event; never a value. */
  data?: Record<string, unknown>;
  /** Events of other records that the step changed. */
  events?: NewEvent[];
}

const eventOf: Record<RotationStep, string> = {
  requested: 'rotation.requested',
  created: 'rotation.created',
  tested: 'rotation.tested',
  switched: 'rotation.switched',
  revoked: 'rotation.finished',
  failed: 'rotation.failed',
  by_hand: 'rotation.finished_by_hand',
  cancelled: 'rotation.cancelled',
};

const outcomeOf: Partial<Record<RotationStep, Outcome>> = {
  revoked: 'succeeded',
  failed: 'failed',
  by_hand: 'succeeded',
  cancelled: 'cancelled',
};

/** The event of a rotation that has reached a step. */
export function rotationEvent(
  rotation: { id: string; subjectType: string; subjectId: string; trigger: string },
  step: RotationStep,
  data: Record<string, unknown> = {},
): NewEvent {
  return {
    type: eventOf[step],
    object: { type: 'rotation', id: rotation.id },
    ...(outcomeOf[step] === undefined ? {} : { outcome: outcomeOf[step] }),
    data: {
      subject: { type: rotation.subjectType, id: rotation.subjectId },
      trigger: rotation.trigger,
      ...data,
    },
  };
}

/** What a step does once it is won, in the same transaction. */
type Apply = (tx: Tx, now: Date) => Promise<Change>;

/**
 * Takes one step within a transaction: the conditional update first, so that of two who would
 * take it one goes on, then what belongs to the step. Answers its events; null when it was taken.
 */
export async function moveWithin(
  tx: Tx,
  rotation: RotationRow,
  to: RotationStep,
  apply: Apply,
  /** Why it failed; the row keeps the sentence for people. */
  error: string | null = null,
): Promise<NewEvent[] | null> {
  if (!mayMove(rotation.step, to)) throw new Error(`no step leads from ${rotation.step} to ${to}`);
  const now = clock.now();
  const finishedAt = isFinished(to) ? now : null;
  if (!(await takeStep(tx, rotation.id, rotation.step, to, { finishedAt, error }))) return null;
  const change = await apply(tx, now);
  // Read again under the row's lock: what was collected meanwhile must stay erased.
  const { waiting: _waited, ...state } = (await loadRotation(tx, rotation.id)).state;
  await saveState(tx, rotation.id, {
    ...state,
    ...change.state,
    history: [...state.history, { step: to, at: now.toISOString() }],
  });
  return [rotationEvent(rotation, to, change.data), ...(change.events ?? [])];
}

/** Takes one step with its event, in a transaction of its own. False when it was taken. */
export function move(
  ctx: Context,
  rotation: RotationRow,
  to: RotationStep,
  apply: Apply,
  error: string | null = null,
): Promise<boolean> {
  return inWorkspace(ctx.workspace, async (tx) => {
    const events = await moveWithin(tx, rotation, to, apply, error);
    if (events === null) return false;
    await appendEvents(
      tx,
      events.map((event) => makeEvent(ctx, event)),
    );
    return true;
  });
}
