/** Parts of the workspace that the tests make, each through the console's own operations. */
import type pg from 'pg';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import type { Ids } from './ids';
import { routes } from './requests';

/** Runs one of the console's operations by its name. */
export async function perform(
  ctx: Context,
  name: string,
  input: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const found = routes.find(({ endpoint }) => endpoint.operation.operation === name);
  if (!found) throw new Error(`No route performs ${name}`);
  return (await found.endpoint.operation(ctx, input)) as Record<string, unknown>;
}

export const made = (record: Record<string, unknown>) => String(record['id']);

/** A group, a route that sends it what nobody proposes, and a place given away. */
export async function makeRouting(
  ctx: Context,
  mark: string,
  deputy: string,
): Promise<Pick<Ids, 'deputy' | 'approverGroup' | 'approvalRoute' | 'delegation'>> {
  const group = await perform(ctx, 'approver_groups.create', {
    ...{ name: `Group ${mark}`, members: [ctx.actor.id] },
  });
  const route = await perform(ctx, 'approval_routes.create', {
    ...{ name: `Route ${mark}`, fits: { action_types: [mark] } },
    needs: [{ group: made(group), count: 1 }],
  });
  const delegation = await perform(ctx, 'approval_delegations.create', {
    ...{ to: deputy, ends_at: new Date(Date.now() + 86_400_000).toISOString() },
  });
  return {
    deputy,
    approverGroup: made(group),
    approvalRoute: made(route),
    delegation: made(delegation),
  };
}

/** A finding about an agent, as the advisor's job would have kept it. */
export async function makeFinding(
  { workspace }: Context,
  owner: pg.Pool,
  { agent, name }: { agent: string; name: string },
): Promise<string> {
  const [look, finding] = [newId('alk'), newId('afd')];
  const detail = {
    ...{ kind: 'excess_clearance', agent: name, clearance: 'Internal', proposed: 'Public' },
    ...{ actions: 1, reach: 1, since: new Date().toISOString() },
  };
  await owner.query(
    `INSERT INTO advisor_looks (id, workspace_id, days, status, started_by)
     VALUES ($1, $2, 30, 'done', 'mbr_test')`,
    [look, workspace],
  );
  await owner.query(
    `INSERT INTO advisor_findings (id, workspace_id, look_id, key, kind, agent_id, weight, detail)
     VALUES ($1, $2, $3, $4, 'excess_clearance', $5, 1, $6)`,
    [finding, workspace, look, `excess_clearance ${agent}`, agent, detail],
  );
  return finding;
}
