import { linkedData } from '@/lib/domains/classification/server';
import { readSettings } from '@/lib/domains/workspaces/server';
import type { Tx } from '@/lib/infra/db';
import { canonicalJson } from '@/lib/kernel/canonical';
import { declaredText } from '../cedar-policies/repo';
import { documentOf } from './action-types';
import { type PermissionDocument, PolicyDocument } from './document';

interface AgentRow {
  name: string;
  clearance: string;
  environment: string;
  model: string;
  roles: string[];
}

/** The workspace's policies as they stand in this transaction. */
export async function readDocument(tx: Tx): Promise<PolicyDocument> {
  const active = { where: { state: 'active' }, orderBy: { id: 'asc' } } as const;
  const settings = await readSettings(tx);
  const types = await tx.actionType.findMany({
    ...active,
    include: { tool: true, data: linkedData },
  });
  const roles = await tx.role.findMany({
    ...active,
    include: { permissions: { include: { actionType: { select: { key: true, state: true } } } } },
  });
  // Of ten thousand agents each row that is not sent counts.
  const agents = await tx.$queryRaw<AgentRow[]>`
    SELECT a.name, a.clearance, a.environment, a.model,
           coalesce(array_agg(r.name) FILTER (WHERE r.state = 'active'), '{}') AS roles
      FROM agents a LEFT JOIN agent_roles ar ON ar.agent_id = a.id LEFT JOIN roles r ON r.id = ar.role_id
     WHERE a.state <> 'retired' GROUP BY a.id`;
  const cedar = await tx.cedarPolicy.findMany();
  return PolicyDocument.parse({
    cedar: {
      schema: await declaredText(tx),
      policies: sorted(cedar.map(({ name, text }) => [name, text])),
    },
    floors: settings.tierFloors,
    secondAdmin: settings.secondAdminWidens,
    signing: settings.signing,
    secondFactor: settings.requireSecondFactor,
    actionTypes: sorted(types.map((type) => [type.key, documentOf(type)])),
    roles: sorted(
      roles.map(({ name, description, permissions }) => [
        name,
        {
          description,
          permissions: ordered(
            permissions
              .filter(({ actionType }) => actionType.state === 'active')
              .map(({ actionType, tier, ladder, condition, limits }) => ({
                action: actionType.key,
                ...({ tier, ladder, condition, limits } as Omit<PermissionDocument, 'action'>),
              })),
          ),
        },
      ]),
    ),
    agents: sorted(
      agents.map(({ name, clearance, environment, model, roles: held }) => [
        name,
        {
          clearance,
          environment,
          model,
          roles: held.toSorted(),
        },
      ]),
    ),
  });
}

/** Permissions of a role in the order that documents have them. */
export function ordered(permissions: readonly PermissionDocument[]): PermissionDocument[] {
  return permissions.toSorted((a, b) => compare(keyOf(a), keyOf(b)));
}

/** What a permission is told apart by within its role. */
export function keyOf({ action, condition }: PermissionDocument): string {
  return `${action} ${canonicalJson(condition)}`;
}

function sorted<T>(entries: [string, T][]): Record<string, T> {
  return Object.fromEntries(entries.toSorted(([a], [b]) => compare(a, b)));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
