import type { Tx } from '@/lib/infra/db';
import type { Context } from '@/lib/kernel/context';
import type { NewEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { conflict } from '@/lib/kernel/problem';
import { insertRotation, openRotations, type RotationRow } from '../repo';
import { isSwitched, type RotationStep } from '../rotation';
import type { RotationState } from '../state';
import { rotationEvent } from '../steps/move';

interface Start {
  subjectType: 'secret' | 'credential';
  subjectId: string;
  /** The step it begins at, after those that the starting deed itself has taken. */
  step: RotationStep;
  state?: Partial<RotationState>;
  data?: Record<string, unknown>;
  now: Date;
}

/** Refuses while another rotation of the same thing is under way; the database does so as well. */
export async function assertNoneOpen(tx: Tx, subjectId: string): Promise<void> {
  const open = (await openRotations(tx, [subjectId])).get(subjectId);
  if (!open) return;
  const byHand = open.subjectType === 'secret' && isSwitched(open.step);
  throw conflict(
    'already_rotating',
    `A rotation of it is under way. ${byHand ? 'Wait for it, or finish it by hand.' : 'Watch it in the vault.'}`,
  );
}

/** The rotation, of those that are open by subject, in which this credential takes over from another. */
export function takeoverIn(
  open: Map<string, RotationRow>,
  { id, replaces }: { id: string; replaces: string | null },
): RotationRow | undefined {
  const rotation = replaces === null ? undefined : open.get(replaces);
  return rotation?.state.successorId === id ? rotation : undefined;
}

/** Records that a rotation begins, with the event of each step it begins with. */
export async function startRotation(
  tx: Tx,
  ctx: Context,
  event: (event: NewEvent) => void,
  start: Start,
): Promise<RotationRow> {
  const at = start.now.toISOString();
  const steps: RotationStep[] = ['requested', ...(start.step === 'requested' ? [] : [start.step])];
  const row = await insertRotation(tx, {
    id: newId('rot'),
    workspaceId: ctx.workspace,
    subjectType: start.subjectType,
    subjectId: start.subjectId,
    step: start.step,
    trigger: ctx.actor.type === 'job' ? 'schedule' : 'hand',
    startedBy: ctx.actor.id,
    startedAt: start.now,
    state: { ...start.state, history: steps.map((step) => ({ step, at })) },
  });
  for (const step of steps) {
    event(rotationEvent(row, step, step === start.step ? start.data : {}));
  }
  return row;
}
