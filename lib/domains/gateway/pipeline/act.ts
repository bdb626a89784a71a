import type { Context } from '@/lib/kernel/context';
import type { ActionRow } from '../action';
import { credentialSource, type Gateway } from '../gateway';
import type { Proposed } from '../in-flight';
import { endedRow, recordEnd } from '../outcome';
import type { ActionType, Snapshot } from '../snapshot/snapshot';
import { runAtTool } from '../tool/run';

/**
 * Stage 9. Runs a recorded, allowed action at its tool and queues how it ended. The answer
 * does not wait for that second commit: the decision is durable already, and should the
 * process die before the outcome is, the row is found running past its deadline and becomes
 * unknown. So the trail may know less than the agent was told, and never more; nothing that
 * ran is without a record.
 */
export async function act(
  gateway: Gateway,
  ctx: Context,
  row: ActionRow,
  type: ActionType,
  snapshot: Snapshot,
): Promise<Proposed> {
  const ended = await runAtTool(gateway.tools, credentialSource(gateway.pool, snapshot), {
    actionId: row.id,
    type,
    tool: type.tool,
    parameters: row.parameters,
    handle: type.handle,
  });
  gateway.metrics.ended(ended.outcome, ended.durationMs);
  return { row: endedRow(row, ended), settled: recordEnd(gateway.recorder, ctx, row, ended) };
}
