import { type Classification } from '@/lib/domains/classification';
import { effectiveOfType, linkedData } from '@/lib/domains/classification/server';
import type { Tx } from '@/lib/infra/db';
import type { PermissionDocument } from '../policies/permission-document';
import type { Facts } from './ground';

export type Granted = Pick<Facts, 'roles' | 'permissions' | 'agents' | 'grants'> & {
  /** Effective classifications of action types, by their keys. */
  classifications: ReadonlyMap<string, Classification>;
};

/** Everything that is granted now: four queries, however many agents there are. */
export async function readGranted(tx: Tx): Promise<Granted> {
  const types = await tx.actionType.findMany({
    where: { state: 'active' },
    include: { data: linkedData },
  });
  const classifications = new Map(
    types.map((type) => [type.key, effectiveOfType(type).classification]),
  );
  const keys = new Map(types.map(({ id, key }) => [id, key]));
  const roles = await tx.role.findMany({
    where: { state: 'active' },
    select: { id: true, name: true, permissions: true },
    orderBy: { name: 'asc' },
  });
  const agents = await tx.agent.findMany({
    where: { state: { not: 'retired' } },
    select: { id: true, name: true, state: true, clearance: true },
    orderBy: { name: 'asc' },
  });
  const grants = await tx.agentRole.findMany({
    select: { agentId: true, roleId: true, createdAt: true },
  });
  return {
    classifications,
    roles: roles.map(({ id, name }) => ({ id, name })),
    permissions: roles.flatMap(({ permissions }) =>
      permissions.flatMap((row) => {
        const action = keys.get(row.actionTypeId);
        if (action === undefined) return [];
        const { id, roleId, createdAt, updatedAt, tier, ladder, condition, limits } = row;
        return [
          {
            ...{ id, roleId, createdAt, updatedAt },
            rule: { action, tier, ladder, condition, limits } as PermissionDocument,
            classification: classifications.get(action) ?? 'Public',
          },
        ];
      }),
    ),
    agents: agents.map((agent) => ({ ...agent, clearance: agent.clearance as Classification })),
    grants: grants.map(({ createdAt, ...grant }) => ({ ...grant, grantedAt: createdAt })),
  };
}
