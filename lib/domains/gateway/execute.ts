/**
 * Running what a person approved, and finding what was lost; done by the jobs process. Every
 * step is a conditional update, so doing it twice, or from two processes, does it once.
 */
import { logger } from '@/lib/infra/logger';
import { type Client, inTenant, type Pool, wasCommitted } from '@/lib/infra/pg';
import { clock } from '@/lib/kernel/clock';
import { type Context } from '@/lib/kernel/context';
import type { ActionRow } from './action';
import { requestOf } from './digest';
import { type Narrowed, recordEnd } from './outcome';
import { authorize } from './pipeline/authorize';
import { inspect } from './pipeline/inspect';
import type { Recorder } from './recorder';
import { currentParts } from './replay/parts';
import { Display } from './schema';
import { approvedParameters, type SignedRow } from './signed/intact';
import { readSigned } from './signed/read';
import { type Parts, readParts } from './snapshot/rows';
import { buildSnapshot, type Snapshot } from './snapshot/snapshot';
import { sourcesOf } from './state';
import type { ToolClient } from './tool/client';
import { sealedOf } from './tool/credentials';
import type { ActionError, Ended } from './tool/outcome';
import { deadlineAfter, type Run, runAtTool } from './tool/run';

export interface Executor {
  pool: Pool;
  recorder: Recorder;
  tools: ToolClient;
}

/** Runs one approved action; undefined when it was not (or no longer) waiting to run. */
export async function execute(
  executor: Executor,
  ctx: Context,
  actionId: string,
): Promise<Ended | undefined> {
  const { pool, recorder, tools } = executor;
  const claimed = await claimOrEnd(executor, ctx, actionId);
  if (!claimed || 'outcome' in claimed) return claimed;
  const { row, narrowed, parts, snapshot } = claimed;
  const ready = whatRuns(claimed, snapshot, clock.now().getTime());
  const ended: Ended =
    'code' in ready
      ? { outcome: 'failed', durationMs: 0, error: ready }
      : await runAtTool(tools, sealedSource(pool, ctx.workspace, parts), ready);
  await recordEnd(recorder, ctx, row, ended, narrowed);
  return ended;
}

/** The configuration as it is now, of the one action type. */
async function partsFor(client: Client, type: string): Promise<Parts> {
  const parts = { ...(await currentParts(client)), ...(await readParts(client, ['secrets'])) };
  return { ...parts, actionTypes: parts.actionTypes.filter(({ key }) => key === type) };
}

interface Claimed {
  row: ActionRow;
  /** What was approved; undefined when the action is not that. */
  approved: { parameters: Record<string, unknown>; display: Display } | undefined;
  narrowed: Narrowed | undefined;
  parts: Parts;
  snapshot: Snapshot;
}

/** Called with the claim once it is on its way to being committed. */
type Claiming = (row: ActionRow, transaction: string) => void;

/**
 * Takes the action for this run; of any number of takers one wins. The configuration is read
 * once it is this one's, so that what was suspended or forbidden before is known.
 */
async function claim(
  pool: Pool,
  ctx: Context,
  id: string,
  claiming: Claiming,
): Promise<Claimed | undefined> {
  return inTenant(pool, ctx.workspace, async (client) => {
    const { rows: waiting } = await client.query<{ type: string }>({
      name: 'action-to-claim',
      text: `SELECT type FROM actions
             WHERE id = $1 AND status = ANY ($2) AND asked_by IS NULL FOR NO KEY UPDATE`,
      values: [id, sourcesOf('running')],
    });
    if (!waiting[0]) return undefined;
    const parts = await partsFor(client, waiting[0].type);
    const snapshot = buildSnapshot(parts);
    const approval = await readSigned(client, id);
    const start = clock.now();
    const longest = Math.max(0, ...parts.tools.map((tool) => tool.timeout_ms));
    const { rows } = await client.query<ActionRow & { transaction: string }>({
      name: 'action-claim',
      text: `UPDATE actions SET status = 'running', started_at = $2, deadline_at = $3
             WHERE id = $1 AND status = ANY ($4) AND asked_by IS NULL
             RETURNING *, pg_current_xact_id()::text AS transaction`,
      values: [id, start, deadlineAfter(start, { timeout_ms: longest }), sourcesOf('running')],
    });
    if (!rows[0]) return undefined;
    const { transaction, ...row } = rows[0];
    claiming(row, transaction);
    const parameters = approvedParameters(row, approval);
    const is = { row, parts, snapshot };
    if (!approval || !parameters) return { ...is, approved: undefined, narrowed: undefined };
    const display = Display.parse(approval.display);
    return { ...is, approved: { parameters, display }, narrowed: narrowedOf(approval) };
  });
}

/**
 * The claim; or, where it was committed and only the reply was lost, the end of what was never
 * sent. Where it was not committed the action waits as before, and this throws what happened.
 */
async function claimOrEnd(
  { pool, recorder }: Executor,
  ctx: Context,
  id: string,
): Promise<Claimed | Ended | undefined> {
  let claiming: { row: ActionRow; transaction: string } | undefined;
  try {
    return await claim(pool, ctx, id, (row, transaction) => {
      claiming = { row, transaction };
    });
  } catch (error) {
    if (!claiming || !(await wasCommitted(pool, claiming.transaction))) throw error;
    logger.warn({ err: error, action: id }, 'the reply to a claim was lost');
    const unsent = notSent('not_sent', 'That it was taken up was not confirmed.');
    const ended: Ended = { outcome: 'failed', durationMs: 0, error: unsent };
    await recordEnd(recorder, ctx, claiming.row, ended);
    return ended;
  }
}

function narrowedOf(
  approval: Pick<SignedRow, 'narrowed' | 'narrowed_digest'> | undefined,
): Narrowed | undefined {
  if (!approval?.narrowed || !approval.narrowed_digest) return undefined;
  return { parameters: approval.narrowed, digest: approval.narrowed_digest };
}

/**
 * The run of what was approved, or why there is none. An approval stands in for no policy: what
 * code forbids or nothing permits any more does not run, and neither does it anywhere else than
 * where the approver was told.
 */
function whatRuns({ row, approved }: Claimed, snapshot: Snapshot, now: number): Run | ActionError {
  if (!approved) return notSent('approval_void', 'The action is not what was approved.');
  const { parameters, display } = approved;
  const agent = snapshot.agents.get(row.agent_id);
  const state = agent?.state ?? 'retired';
  if (!agent || (state !== 'active' && state !== 'probation')) {
    return notSent(`agent_${state}`, `The agent is ${state}.`);
  }
  const type = snapshot.actionTypes.get(row.type);
  if (!type) return notSent('action_type_retired', 'The action type or its tool is retired.');
  if (display.request?.digest !== requestOf(type).digest) {
    const message = `What is sent for ${type.key}, or where, has changed since it was held.`;
    return notSent('approval_void', message);
  }
  const [violation] = type.validate(parameters);
  if (violation) {
    const message = `The parameters do not fit ${type.key} any more: ${violation.field} ${violation.message}.`;
    return notSent('invalid_parameters', message);
  }
  const { attributes } = display.session;
  const [forbidden] = inspect(type, parameters, { attributes });
  if (forbidden) return notSent(forbidden.code, forbidden.message);
  const { on_behalf_of: user, address } = row;
  const authorized = authorize(agent, type, {
    ...{ parameters, session: attributes, user, address, now },
  });
  if ('reasons' in authorized) {
    const [{ code, message } = { code: 'no_permission', message: 'Nothing permits it.' }] =
      authorized.reasons;
    return notSent(code, message);
  }
  return { actionId: row.id, type, tool: type.tool, parameters, handle: type.handle };
}

function notSent(code: string, why: string): ActionError {
  return { code, message: `${why} Nothing was sent.` };
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
    return row && dataKey && { workspace, dataKey, ...sealedOf(row) };
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
