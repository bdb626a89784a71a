/** What is kept of a request: who asked what of whom, and the answers; no property of anyone. */
import type { Context } from '@/lib/kernel/context';
import { eventText, makeEvent, type NewEvent } from '@/lib/kernel/event';
import { digest } from '@/lib/kernel/canonical';
import type { Gateway } from '../gateway';
import type { Snapshot } from '../snapshot/snapshot';
import type { Decision, Evaluation } from './schema';

/** An event has a bounded length; what does not fit is counted and in the digest. */
const MAX_LIST = 24_000;

/** Commits the event of a request; throws 503 when it cannot, and then nothing is answered. */
export async function keep(
  { recorder }: Gateway,
  ctx: Context,
  snapshot: Snapshot,
  event: NewEvent,
): Promise<void> {
  const made = makeEvent(ctx, { ...event, policy_version: snapshot.policyVersion });
  await recorder.record(ctx.workspace, {
    events: [{ id: made.id, of: null, text: eventText(made) }],
  });
}

export interface Answered {
  /** Undefined for what could not be read. */
  asked: Evaluation | undefined;
  answer: Decision;
}

export function evaluatedEvent(answered: readonly Answered[]): NewEvent {
  const [only] = answered;
  const decisions = answered.map(({ asked, answer }) => ({
    ...(asked && {
      subject: uid(asked.subject),
      action: asked.action.name,
      resource: uid(asked.resource),
    }),
    ...answerOf(answer),
  }));
  const base = {
    type: 'authzen.evaluated',
    outcome: answered.every(({ answer }) => answer.decision) ? 'allow' : 'deny',
  } as const;
  if (only?.asked && answered.length === 1) {
    const { subject, resource } = only.asked;
    return {
      ...base,
      object: uid(resource),
      ...(subject.type === 'agent' ? { agent: subject.id } : {}),
      data: { ...decisions[0] },
    };
  }
  return { ...base, data: { count: decisions.length, ...bounded('evaluations', decisions) } };
}

export function searchedEvent(
  asked: Record<string, unknown>,
  results: readonly unknown[],
): NewEvent {
  return {
    type: 'authzen.searched',
    data: { ...asked, count: results.length, ...bounded('results', results) },
  };
}

function bounded(name: string, list: readonly unknown[]): Record<string, unknown> {
  let length = 0;
  const fits = list.filter((one) => (length += JSON.stringify(one).length) <= MAX_LIST);
  const cut = list.length - fits.length;
  return { [name]: fits, ...(cut > 0 ? { not_listed: cut, list_digest: digest(list) } : {}) };
}

export function uid({ type, id }: { type: string; id: string }) {
  return { type, id };
}

/** Messages may quote what was sent, so only codes and statuses are kept. */
function answerOf({ decision, context }: Decision) {
  const { tier, held, reasons, error, evaluation_id, approval, next_action } = context ?? {};
  return {
    decision,
    ...(tier === undefined ? {} : { tier }),
    ...(held ? { held } : {}),
    ...(reasons ? { reasons: reasons.map(({ code }) => code) } : {}),
    ...(error ? { error: error.status } : {}),
    ...(evaluation_id === undefined ? {} : { evaluation: evaluation_id }),
    ...(approval ? { approval: approval.id } : {}),
    ...(next_action ? { reason: context?.reason } : {}),
  };
}
