import { workspaceSettings } from '@/lib/domains/workspaces';
import { inWorkspace, type Tx } from '@/lib/infra/db';
import { asRole, insertRow } from '@/lib/infra/testing/as-role';
import type { World } from '@/lib/infra/testing/world';
import { newId } from '@/lib/kernel/ids';
import { type Check, checks } from '../checks';

export const NOW = new Date();
export const settings = workspaceSettings.parse({});
export const days = (count: number) => new Date(NOW.getTime() - count * 86_400_000);

export function check(key: string): Check {
  const found = checks.find((candidate) => candidate.key === key);
  if (!found) throw new Error(`no check ${key}`);
  return found;
}

export function observe(world: World, key: string) {
  return inWorkspace(world.workspace, (tx) => check(key).observe({ tx, now: NOW, settings }));
}

export function change<T>(world: World, work: (tx: Tx) => Promise<T>): Promise<T> {
  return inWorkspace(world.workspace, work);
}

export async function addCredential(
  world: World,
  agentId: string,
  createdAt = NOW,
): Promise<string> {
  const id = newId('crd');
  await change(world, (tx) =>
    tx.credential.create({
      data: {
        ...{ id, workspaceId: world.workspace, agentId, kind: 'secret', createdBy: world.admin },
        ...{ secretHash: id, createdAt },
      },
    }),
  );
  return id;
}

export async function grant(
  world: World,
  type: object = {},
  permission: object = {},
): Promise<string> {
  const [tool, actionType, role, id] = [newId('tol'), newId('aty'), newId('rol'), newId('prm')];
  const workspaceId = world.workspace;
  await change(world, async (tx) => {
    await tx.tool.create({
      data: {
        id: tool,
        workspaceId,
        name: tool,
        baseUrl: 'http://127.0.0.1',
        auth: { type: 'none' },
      },
    });
    await tx.actionType.create({
      data: {
        ...{ id: actionType, workspaceId, key: 'orders.read', toolId: tool, title: 'Read' },
        ...{
          parameters: { type: 'object', properties: {} },
          effects: ['read'],
          reversibility: 'read_only',
        },
        ...{ classification: 'Internal', method: 'GET', pathTemplate: '/orders' },
        ...type,
      },
    });
    await tx.role.create({ data: { id: role, workspaceId, name: role } });
    await tx.permission.create({
      data: {
        ...{ id, workspaceId, roleId: role, actionTypeId: actionType, tier: 1 },
        ...{ createdBy: world.admin, updatedBy: world.admin },
        ...permission,
      },
    });
    await tx.agentRole.create({
      data: { workspaceId, agentId: world.agent, roleId: role, grantedBy: world.admin },
    });
  });
  return id;
}

export async function addMember(
  world: World,
  roles: string[],
  extra: object = {},
): Promise<string> {
  const id = newId('mbr');
  await change(world, (tx) =>
    tx.member.create({
      data: {
        id,
        workspaceId: world.workspace,
        email: `${id}@example.test`,
        name: id,
        roles,
        ...extra,
      },
    }),
  );
  return id;
}

/** Rows of actions come from the gateway alone; the console's role may only update them. */
export async function seesActions(world: World, rows: object[]): Promise<void> {
  await asRole('countersign_gateway', world.workspace, async (client) => {
    for (const row of rows) {
      await insertRow(client, 'actions', {
        ...{
          id: newId('act'),
          workspace_id: world.workspace,
          agent_id: world.agent,
          session_id: newId('ses'),
        },
        ...{
          type: 'orders.read',
          parameters: '{}',
          summary: 's',
          why: 'w',
          evidence: '[]',
          untrusted: '[]',
        },
        ...{
          decision: 'allow',
          tier: 1,
          reasons: '[]',
          permissions: [],
          policy_version: 'pol',
          digest: 'd',
        },
        ...{
          status: 'succeeded',
          idempotency_key: newId('key'),
          request_hash: 'h',
          created_at: NOW,
        },
        ...row,
      });
    }
  });
}
