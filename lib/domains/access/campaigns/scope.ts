import type { Tx } from '@/lib/infra/db';
import { invalid } from '@/lib/kernel/problem';
import { Grants, type CampaignPreview, type CreateCampaign, type Granted } from './schema';
import type { z } from 'zod';
import { grantWords, roleWords } from './words';

/** One agent in one active role, or one permission of that role, before it is an item. */
export interface Planned {
  agentId: string;
  agentName: string;
  roleId: string;
  roleName: string;
  permissionId: string | null;
  granted: Granted;
  reviewerId: string | null;
  escalation: string | null;
}

export interface Plan {
  items: Planned[];
  /** Members who will be asked, by id. */
  names: Map<string, string>;
}

type Agents = z.output<typeof CreateCampaign>['agents'];

/** What a campaign over these agents would ask, in order: by agent, then role, then action type. */
export async function planOf(tx: Tx, agents: Agents): Promise<Plan> {
  const rows = await tx.agent.findMany({
    where: { state: { not: 'retired' }, ...(agents === 'all' ? {} : { id: { in: agents } }) },
    select: {
      ...{ id: true, name: true, sponsorId: true },
      sponsor: { select: { name: true, state: true } },
      roles: {
        where: { role: { state: 'active' } },
        select: { role: { select: { id: true, name: true } } },
        orderBy: { role: { name: 'asc' } },
      },
    },
    orderBy: { name: 'asc' },
  });
  if (agents !== 'all' && rows.length !== agents.length) {
    throw invalid([
      { field: 'agents', message: 'must be agents of this workspace that are not retired' },
    ]);
  }
  const granted = await grantedByRole(
    tx,
    rows.flatMap((row) => row.roles.map(({ role }) => role.id)),
  );
  const names = new Map<string, string>();
  const items = rows.flatMap((row): Planned[] => {
    const sponsor = row.sponsor?.state === 'active' ? row.sponsor : null;
    const reviewerId = sponsor ? row.sponsorId : null;
    if (reviewerId && sponsor) names.set(reviewerId, sponsor.name);
    const escalation = reviewerId ? null : 'The agent had no sponsor who could decide.';
    return row.roles.flatMap(({ role }) =>
      (granted.get(role.id) ?? []).map((part) => ({
        ...{ agentId: row.id, agentName: row.name, roleId: role.id, roleName: role.name },
        ...{ ...part, reviewerId, escalation },
      })),
    );
  });
  return { items, names };
}

type Part = Pick<Planned, 'permissionId' | 'granted'>;

/** Of each role, what its own item and those of its permissions say. */
async function grantedByRole(tx: Tx, ids: string[]): Promise<Map<string, Part[]>> {
  const roles = await tx.role.findMany({
    where: { id: { in: [...new Set(ids)] } },
    include: { permissions: { include: { actionType: true } } },
  });
  return new Map(
    roles.map((role) => [
      role.id,
      [
        {
          permissionId: null,
          granted: { words: roleWords(role.permissions.length), description: role.description },
        },
        ...role.permissions
          .toSorted((a, b) => a.actionType.key.localeCompare(b.actionType.key))
          .map((permission) => ({
            permissionId: permission.id,
            granted: grantedBy(permission),
          })),
      ],
    ]),
  );
}

interface ActionTypeRow {
  id: string;
  key: string;
  title: string;
  effects: string[];
  reversibility: string;
  classification: string;
}

/** Everything that a permission says of what it grants, whatever it will learn to say. */
export function grantedBy(row: { actionType: ActionTypeRow } & Record<string, unknown>): Granted {
  const { actionType, ...all } = row;
  const own = new Set([
    ...['id', 'workspaceId', 'roleId', 'actionTypeId'],
    ...['createdBy', 'updatedBy', 'draftedBy', 'createdAt', 'updatedAt', 'role'],
  ]);
  const grants = Grants.parse(
    Object.fromEntries(Object.entries(all).filter(([name]) => !own.has(name))),
  );
  const { id, key, title, effects, reversibility, classification } = actionType;
  return {
    words: grantWords(grants),
    grants,
    actionType: { id, key, title, effects, reversibility, classification },
  };
}

export function previewOf({ items, names }: Plan): CampaignPreview {
  const reviewers = new Map<string, { agents: Set<string>; items: number }>();
  for (const { reviewerId, agentId } of items) {
    if (!reviewerId) continue;
    const own = reviewers.get(reviewerId) ?? { agents: new Set(), items: 0 };
    own.agents.add(agentId);
    own.items += 1;
    reviewers.set(reviewerId, own);
  }
  return {
    agents: new Set(items.map((item) => item.agentId)).size,
    roles: items.filter((item) => item.permissionId === null).length,
    permissions: items.filter((item) => item.permissionId !== null).length,
    escalated: items.filter((item) => item.reviewerId === null).length,
    reviewers: [...reviewers]
      .map(([id, own]) => ({
        reviewer: { id, name: names.get(id) ?? id },
        ...{ agents: own.agents.size, items: own.items },
      }))
      .toSorted((a, b) => b.items - a.items),
  };
}
