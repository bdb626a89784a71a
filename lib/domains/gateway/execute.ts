/**
 * Running what a person approved, and finding what was lost; done by the jobs process. Every
 * step is a conditional update, so doing it twice, or from two processes, does it once.
 */
import { covers } from '@/lib/domains/classification';
import { inTenant, type Pool } from '@/lib/infra/pg';
import { clock } from '@/lib/kernel/clock';
import { type Context } from '@/lib/kernel/context';
import type { ActionRow } from './action';
import { type Narrowed, recordEnd } from './outcome';
import type { Recorder } from './recorder';
import { approvedParameters, type SignedRow } from './signed/intact';
import { readSigned } from './signed/read';
import { dataOf } from './snapshot/data';
import { type ActionTypeRow, type Parts, readParts, type ToolRow } from './snapshot/rows';
import { sourcesOf } from './state';
import type { ToolClient } from './tool/client';
import type { ActionError, Ended } from './tool/outcome';
import { deadlineAfter, runAtTool } from './tool/run';

export interface Executor {
  pool: Pool;
  recorder: Recorder;
  tools: ToolClient;
}

const needed = ['workspace', 'agents', 'tools', 'actionTypes', 'dataLinks', 'secrets'] as const;
type Needed = Pick<Parts, (typeof needed)[number]>;

/** Runs one approved action; undefined when it was not (or no longer) waiting to run. */
export async function execute(
  executor: Executor,
  ctx: Context,
  actionId: string,
): Promise<Ended | undefined> {
  const parts = await inTenant(
    executor.pool,
    ctx.workspace,
    (client) => readParts(client, needed) as Promise<Needed>,
  );
  const claimed = await claim(executor.pool, ctx, actionId, parts);
  if (!claimed) return undefined;
  const { row, parameters, narrowed } = claimed;
  const stored = parts.actionTypes.find((one) => one.key === row.type);
  const { type, handle } = stored ? dataOf(parts)(stored) : {};
  const tool = parts.tools.find((one) => one.id === type?.tool_id);
  const blocked = whyNotRun(row, parts, type, tool, parameters !== undefined);
  const ended: Ended =
    blocked || !type || !tool
      ? { outcome: 'failed', durationMs: 0, ...(blocked ? { error: blocked } : {}) }
      : await runAtTool(executor.tools, sealedSource(executor.pool, ctx.workspace, parts), {
          actionId: row.id,
          type,
          tool,
          parameters: parameters ?? {},
          handle,
        });
  await recordEnd(executor.recorder, ctx, row, ended, narrowed);
  return ended;
}

interface Claimed {
  row: ActionRow;
  /** Undefined when it is not what was approved. */
  parameters: Record<string, unknown> | undefined;
  narrowed: Narrowed | undefined;
}

/** Takes the action for this run; of any number of takers one wins. */
async function claim(
  pool: Pool,
  ctx: Context,
  id: string,
  parts: Needed,
): Promise<Claimed | undefined> {
  return inTenant(pool, ctx.workspace, async (client) => {
    const start = clock.now();
    const longest = Math.max(0, ...parts.tools.map((tool) => tool.timeout_ms));
    const { rows } = await client.query<ActionRow>({
      name: 'action-claim',
      text: `UPDATE actions SET status = 'running', started_at = $2, deadline_at = $3
             WHERE id = $1 AND status = ANY ($4) AND asked_by IS NULL RETURNING *`,
      values: [id, start, deadlineAfter(start, { timeout_ms: longest }), ['approved']],
    });
    const row = rows[0];
    if (!row) return undefined;
    const approval = await readSigned(client, id);
    const parameters = approvedParameters(row, approval);
    return { row, parameters, narrowed: parameters && narrowedOf(approval) };
  });
}

function narrowedOf(
  approval: Pick<SignedRow, 'narrowed' | 'narrowed_digest'> | undefined,
): Narrowed | undefined {
  if (!approval?.narrowed || !approval.narrowed_digest) return undefined;
  return { parameters: approval.narrowed, digest: approval.narrowed_digest };
}

function whyNotRun(
  row: ActionRow,
  parts: Needed,
  type: ActionTypeRow | undefined,
  tool: ToolRow | undefined,
  intact: boolean,
): ActionError | undefined {
  const nothing = 'Nothing was sent.';
  if (!intact)
    return { code: 'approval_void', message: `The action is not what was approved. ${nothing}` };
  const agent = parts.agents.find((one) => one.id === row.agent_id);
  const state = agent?.state;
  if (state !== 'active' && state !== 'probation') {
    return {
      code: `agent_${state ?? 'retired'}`,
      message: `The agent is ${state ?? 'retired'}. ${nothing}`,
    };
  }
  if (!type || !tool) {
    return {
      code: 'action_type_retired',
      message: `The action type or its tool is retired. ${nothing}`,
    };
  }
  // A person's approval lifts no clearance, and the data may have been classified higher since.
  if (!agent || !covers(agent.clearance, type.classification)) {
    return {
      code: 'clearance',
      message: `It touches ${type.classification} data, which is above the agent's clearance. ${nothing}`,
    };
  }
  return undefined;
}

/** Secrets as these parts have them, or read anew. */
export function sealedSource(
  pool: Pool,
  workspace: string,
  parts: Pick<Parts, 'workspace' | 'secrets'>,
) {
  return async (secretId: string, fresh: boolean) => {
    const { secrets } = fresh
      ? await inTenant(pool, workspace, (client) => readParts(client, ['secrets']))
      : parts;
    const row = secrets?.find((secret) => secret.secret_id === secretId);
    const dataKey = parts.workspace[0]?.data_key;
    return (
      row &&
      dataKey && { workspace, dataKey, versionId: row.version_id, ciphertext: row.ciphertext }
    );
  };
}

/** Approved actions that nobody has taken up, oldest first. */
export async function approvedActions(
  pool: Pool,
  workspace: string,
  most: number,
): Promise<string[]> {
  return inTenant(pool, workspace, async (client) => {
    const { rows } = await client.query<{ id: string }>({
      name: 'actions-approved',
      text: `SELECT id FROM actions WHERE status = 'approved' AND asked_by IS NULL ORDER BY created_at LIMIT $1`,
      values: [most],
    });
    return rows.map((row) => row.id);
  });
}

/** Finds running actions past their deadline unknown: whoever ran them is gone. */
export async function markLostActions(
  executor: Pick<Executor, 'pool' | 'recorder'>,
  ctx: Context,
): Promise<number> {
  const lost = await inTenant(executor.pool, ctx.workspace, async (client) => {
    const { rows } = await client.query<
      ActionRow & Pick<SignedRow, 'narrowed' | 'narrowed_digest'>
    >({
      name: 'actions-lost',
      text: `SELECT a.*, p.narrowed, p.narrowed_digest
             FROM actions a LEFT JOIN approvals p ON p.action_id = a.id
             WHERE a.status = ANY ($1) AND a.deadline_at < $2 ORDER BY a.deadline_at LIMIT 500`,
      values: [sourcesOf('unknown'), clock.now()],
    });
    return rows;
  });
  const marked = await Promise.all(
    lost.map((row) => {
      const ended: Ended = {
        outcome: 'unknown',
        durationMs: clock.now().getTime() - (row.started_at ?? row.created_at).getTime(),
        error: {
          code: 'process_lost',
          message: 'The process that ran it ended before it heard from the tool.',
        },
      };
      return recordEnd(executor.recorder, ctx, row, ended, narrowedOf(row));
    }),
  );
  return marked.filter(Boolean).length;
}
