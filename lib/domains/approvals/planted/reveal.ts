/** The end of a planted request: said at once to whoever decided it, and to the trail. */
import type { Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import type { NewEvent } from '@/lib/kernel/event';
import { conflict } from '@/lib/kernel/problem';
import type { ApprovalRow } from '../repo';
import { caughtOne, raise } from './raise';
import { endPlanted, revealRow } from './repo';
import { type PlantedAnswer, Revealed, StoredWrong } from './schema';

/** What a person did with it, and the signature that they gave for it. */
export interface Given {
  answer: PlantedAnswer;
  signature?: { id: string; digest: string; displayDigest: string; signing: string };
}

const outcomeOf = (answer: PlantedAnswer) =>
  answer === 'rejected' || answer === 'asked' ? 'caught' : 'missed';

/**
 * Ends it by a person's answer, and says in events what it was. Nothing was approved or rejected,
 * so no event says so. Throws 409 when someone or the clock was first.
 */
export async function reveal(
  tx: Tx,
  ctx: Context,
  row: ApprovalRow,
  { answer, signature }: Given,
): Promise<NewEvent[]> {
  const now = clock.now();
  const planted = plantedOf(row);
  const outcome = outcomeOf(answer);
  // Who had it planted knew that one comes.
  const counted = planted.plantedBy !== ctx.actor.id;
  const end = { outcome, answer, decidedBy: ctx.actor.id, counted, revealedAt: now };
  if (!(await endPlanted(tx, row.actionId, now)) || !(await revealRow(tx, row.actionId, end)))
    throw conflict('already_decided', 'This action is decided already. Reload to see by whom.');
  const said = revealedEvent(row, { ...end, signature });
  if (!counted) return [said];
  const follows =
    outcome === 'missed'
      ? [await raise(tx, ctx.workspace, ctx.actor.id, now)]
      : await caughtOne(tx, ctx.actor.id, now);
  return [said, ...follows];
}

/** Reveals what ran out of time: it counts for nobody. */
export async function revealExpired(tx: Tx, row: ApprovalRow): Promise<NewEvent> {
  const none = { answer: null, decidedBy: null, counted: false };
  const end = { outcome: 'expired', ...none, revealedAt: clock.now() };
  await revealRow(tx, row.actionId, end);
  return revealedEvent(row, end);
}

function revealedEvent(
  row: ApprovalRow,
  end: {
    outcome: string;
    answer: string | null;
    decidedBy: string | null;
    counted: boolean;
    signature?: Given['signature'];
  },
): NewEvent {
  const { kind, wrong, commitment, salt, plantedBy, plantedAt, sourceId } = plantedOf(row);
  const { parameter, planted, right } = StoredWrong.parse(wrong);
  const { signature } = end;
  return {
    type: 'approval.revealed',
    action: row.actionId,
    object: { type: 'action_type', id: row.action.type },
    ...(row.action.classification ? { classification: row.action.classification } : {}),
    digest: row.narrowedDigest ?? row.action.digest,
    data: {
      ...{ commitment, salt: Buffer.from(salt).toString('hex') },
      ...{ planted_at: plantedAt.toISOString(), copied_from: sourceId },
      ...(plantedBy ? { planted_by: plantedBy } : {}),
      ...{ kind, parameter, parameters: { planted, right } },
      ...{ ended: end.outcome, decision: end.answer, counted: end.counted },
      ...(end.decidedBy ? { decided_by: end.decidedBy } : {}),
      ...(signature
        ? {
            signature: signature.id,
            ...{ signed_digest: signature.digest, display_digest: signature.displayDigest },
            signing: signature.signing,
          }
        : {}),
    },
  };
}

/** What the card says of it: null until it is revealed, as of every other action. */
export function revealedOf(
  { planted }: ApprovalRow,
  person: (id: string) => { id: string; name: string },
): Revealed | null {
  if (!planted?.revealedAt) return null;
  const { kind, wrong, outcome, answer, decidedBy, counted, revealedAt } = planted;
  return Revealed.parse({
    ...StoredWrong.parse(wrong),
    ...{ kind, outcome, answer, counted: counted ?? false },
    decided_by: decidedBy ? person(decidedBy) : null,
    revealed_at: revealedAt.toISOString(),
  });
}

/** Whether nobody proposed it. */
export function isPlanted({ action }: ApprovalRow): boolean {
  return action.planted === true;
}

function plantedOf({ actionId, planted }: ApprovalRow) {
  if (!planted) throw new Error(`${actionId} is marked as planted, and nothing says how`);
  return planted;
}
