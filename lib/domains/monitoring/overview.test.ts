import { describe, expect, it } from 'vitest';
import { memberContext } from '@/lib/domains/trail/test/world';
import { inWorkspace, type Tx } from '@/lib/infra/db';
import { asRole, insertRow } from '@/lib/infra/testing/as-role';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import { newId } from '@/lib/kernel/ids';
import { minutesOf } from './repo';
import { getOverview } from './service';

async function firstSteps(world: World) {
  const auditor = memberContext(world.workspace, 'auditor');
  const { firstSteps } = await getOverview(auditor, {});
  return firstSteps;
}

function add(world: World, work: (tx: Tx) => Promise<unknown>): Promise<unknown> {
  return inWorkspace(world.workspace, work);
}

/** A denied action, as the gateway records it. */
function act(world: World, at: Date): Promise<unknown> {
  return asRole('countersign_gateway', world.workspace, (client) =>
    insertRow(client, 'actions', {
      ...{ id: newId('act'), workspace_id: world.workspace, agent_id: world.agent },
      ...{
        session_id: newId('ses'),
        type: 'orders.read',
        parameters: '{}',
        summary: '',
        why: '',
      },
      ...{ evidence: '[]', untrusted: '[]', decision: 'deny', reasons: '[]', permissions: [] },
      ...{ policy_version: 'p', digest: 'd', status: 'denied', idempotency_key: newId('key') },
      ...{ request_hash: 'h', created_at: at },
    }),
  );
}

describe('the first steps', () => {
  it('are done one by one, and gone once an agent has proposed something', async () => {
    const world = await mintWorld();
    const workspaceId = world.workspace;
    const [tool, type, role] = [newId('tol'), newId('aty'), newId('rol')];
    const none = { tool: false, actionType: false, permission: false };
    expect(await firstSteps(world)).toEqual({ ...none, agent: false, approver: false });

    const baseUrl = 'http://127.0.0.1';
    await add(world, (tx) =>
      tx.tool.create({ data: { id: tool, workspaceId, name: tool, baseUrl, auth: {} } }),
    );
    expect(await firstSteps(world)).toMatchObject({ tool: true, actionType: false });
    await add(world, (tx) =>
      tx.actionType.create({
        data: {
          ...{ id: type, workspaceId, toolId: tool, key: 'orders.read', title: 'Read' },
          ...{ parameters: {}, effects: ['read'], reversibility: 'read_only' },
          ...{ classification: 'Internal', method: 'GET', pathTemplate: '/orders' },
        },
      }),
    );
    expect(await firstSteps(world)).toMatchObject({ actionType: true, permission: false });
    const by = world.admin;
    await add(world, async (tx) => {
      await tx.role.create({ data: { id: role, workspaceId, name: role } });
      await tx.permission.create({
        data: {
          ...{ id: newId('prm'), workspaceId, roleId: role, actionTypeId: type, tier: 1 },
          ...{ createdBy: by, updatedBy: by },
        },
      });
    });
    expect(await firstSteps(world)).toMatchObject({ permission: true, agent: false });
    await add(world, (tx) =>
      tx.agentRole.create({
        data: { workspaceId, agentId: world.agent, roleId: role, grantedBy: by },
      }),
    );
    expect(await firstSteps(world)).toMatchObject({ agent: true, approver: false });
    await add(world, (tx) =>
      tx.member.update({ where: { id: world.auditor }, data: { roles: ['auditor', 'approver'] } }),
    );
    expect(await firstSteps(world)).toMatchObject({ agent: true, approver: true });

    await act(world, new Date());
    expect(await firstSteps(world)).toBeNull();
  });
});

describe('the decisions by minute', () => {
  it('leave out the minute that is not over yet', async () => {
    const world = await mintWorld();
    const now = new Date();
    const minute = Math.floor(now.getTime() / 60_000) * 60_000;
    await act(world, new Date(minute - 30_000));
    await act(world, now);
    const minutes = await inWorkspace(world.workspace, (tx) => minutesOf(tx, now));
    expect(minutes).toHaveLength(60);
    expect(minutes.at(-1)).toMatchObject({ at: new Date(minute - 60_000).toISOString(), deny: 1 });
    expect(minutes.reduce((sum, { deny }) => sum + deny, 0)).toBe(1);
  });
});

describe('what the trail refuses', () => {
  it('is told to whom it belongs, and to nobody else', async () => {
    const [world, other] = [await mintWorld(), await mintWorld()];
    const refused = async ({ workspace }: World) => {
      const { trail } = await getOverview(memberContext(workspace, 'auditor'), {});
      return trail.refused;
    };
    expect(await refused(world)).toBeNull();
    const id = newId('evt');
    await asRole('countersign_gateway', world.workspace, (client) =>
      insertRow(client, 'outbox', { id, workspace_id: world.workspace, event: '{}' }),
    );
    await asRole('countersign_sequencer', world.workspace, (client) =>
      client.query(
        `INSERT INTO outbox_refused (seq, workspace_id, event_id, reason)
         SELECT seq, workspace_id, id, 'too large' FROM outbox WHERE id = $1`,
        [id],
      ),
    );
    expect(await refused(world)).toEqual({ events: 1, oldest: expect.any(String) });
    expect(await refused(other)).toBeNull();
    // Once the trail has taken it, as the sequencer does then.
    await asRole('countersign_sequencer', world.workspace, (client) =>
      client.query(
        'WITH gone AS (DELETE FROM outbox WHERE id = $1) DELETE FROM outbox_refused WHERE event_id = $1',
        [id],
      ),
    );
    expect(await refused(world)).toBeNull();
  });
});
