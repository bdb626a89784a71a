import { digest } from '@/lib/kernel/canonical';
import type { Context } from '@/lib/kernel/context';
import { eventText, makeEvent } from '@/lib/kernel/event';
import type { ActionRow } from './action';
import type { Recorder } from './recorder';
import type { Ended } from './tool/outcome';

/** Larger results stay with the action; the event has their digest. */
const MAX_EVENT_RESULT = 16 * 1024;

/** What an action ran with, where a person approved less than was proposed. */
export interface Narrowed {
  parameters: Record<string, unknown>;
  digest: string;
}

/**
 * Records how a running action ended, with its event, whose digest is of what ran: of the
 * narrower parameters where there are any, as the approval's is. False when it was not running
 * any more; then nothing is written. Throws 503 when it could not be committed.
 */
export function recordEnd(
  recorder: Pick<Recorder, 'recordOutcome'>,
  ctx: Context,
  row: ActionRow,
  ended: Ended,
  narrowed?: Narrowed,
): Promise<boolean> {
  const result = ended.result === undefined ? null : JSON.stringify(ended.result);
  const event = makeEvent(ctx, {
    type: `action.${ended.outcome}`,
    session: row.session_id,
    action: row.id,
    agent: row.agent_id,
    object: { type: 'action_type', id: row.type },
    outcome: ended.outcome,
    ...(row.tier ? { tier: row.tier } : {}),
    ...(row.classification ? { classification: row.classification } : {}),
    policy_version: row.policy_version,
    digest: narrowed?.digest ?? row.digest,
    data: {
      ...(narrowed ? { parameters: narrowed.parameters, proposed_digest: row.digest } : {}),
      duration_ms: ended.durationMs,
      ...(ended.status === undefined ? {} : { response_status: ended.status }),
      ...(ended.error ? { error: ended.error } : {}),
      ...(result === null ? {} : inEvent(result, ended.result)),
    },
  });
  return recorder.recordOutcome(ctx.workspace, {
    id: row.id,
    outcome: {
      status: ended.outcome,
      result: result === 'null' ? null : result,
      error: ended.error ? JSON.stringify(ended.error) : null,
      at: event.time,
    },
    events: [{ id: event.id, of: row.id, text: eventText(event) }],
  });
}

function inEvent(text: string, result: unknown): Record<string, unknown> {
  if (text.length <= MAX_EVENT_RESULT) return { result };
  return { result_digest: digest(result), result_length: text.length };
}

/** The row as it is after `recordEnd`. */
export function endedRow(row: ActionRow, ended: Ended): ActionRow {
  return {
    ...row,
    status: ended.outcome,
    result: ended.result ?? null,
    error: ended.error ?? null,
  };
}
