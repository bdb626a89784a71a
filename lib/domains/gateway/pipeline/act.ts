import type { Context } from '@/lib/kernel/context';
import type { ActionRow } from '../action';
import { credentialSource, type Gateway } from '../gateway';
import { endedRow, recordEnd } from '../outcome';
import type { ActionType } from '../snapshot/snapshot';
import { runAtTool } from '../tool/run';

/**
 * Stage 9. Runs a recorded, allowed action at its tool and records how it ended; the answer
 * waits for that commit, so what the agent is told is what the trail says. Should the commit
 * fail, the row stays running until the sweep finds its outcome unknown, and so it is
 * answered.
 */
export async function act(
  gateway: Gateway,
  ctx: Context,
  row: ActionRow,
  type: ActionType,
): Promise<ActionRow> {
  const ended = await runAtTool(gateway.tools, credentialSource(gateway, ctx.workspace), {
    actionId: row.id,
    type,
    tool: type.tool,
    parameters: row.parameters,
  });
  gateway.metrics.ended(ended.outcome, ended.durationMs);
  const written = await recordEnd(gateway.recorder, ctx, row, ended).catch(() => false);
  if (written) return endedRow(row, ended);
  return endedRow(row, {
    outcome: 'unknown',
    durationMs: ended.durationMs,
    error: {
      code: 'outcome_not_recorded',
      message: 'The action was sent to the tool, but how it ended could not be recorded.',
    },
  });
}
