import { type Classification, classifications, covers } from '@/lib/domains/classification';
import { effectiveOfType, linkedData } from '@/lib/domains/classification/server';
import { readSettings } from '@/lib/domains/workspaces/server';
import { Prisma, type Tx } from '@/lib/infra/db';
import { decodeCursor, toPage } from '@/lib/kernel/page';
import { pageOf } from '@/lib/kernel/page-input';
import { notFound } from '@/lib/kernel/problem';
import { query } from '@/lib/kernel/verb';
import { Condition } from '../condition';
import { readAccess } from '../policy';
import { Ladder, Limits, ListWhoMay, Tier, WhoMay } from '../schema';
import { tierFloor } from '../tier';
import { blockedBecause } from './agents';

/** For an action type, each agent that an active role grants it: how far, and what stands against it. */
export const whoMay = query({
  name: 'who_may.list',
  input: ListWhoMay,
  output: pageOf(WhoMay),
  permit: readAccess,
  run: async ({ input, tx }) => {
    const type = await tx.actionType.findUnique({
      where: { id: input.id },
      include: { data: linkedData, tool: { select: { environment: true } } },
    });
    if (!type) throw notFound('action type');
    const { classification } = effectiveOfType(type);
    const touched = { ...type, classification, environment: type.tool.environment };
    const { tierFloors } = await readSettings(tx);
    const agents = await findAgents(tx, input, touched);
    const page = agents.slice(0, input.limit);
    const granted = await grantsOf(
      tx,
      type.id,
      page.map(({ id }) => id),
    );
    return toPage(
      agents,
      input.limit,
      ({ name, id }) => [name, id],
      (agent) => ({
        agent,
        blocked: blockedBecause(agent, 'active', touched),
        floor: tierFloor(type, agent, tierFloors),
        grants: granted.get(agent.id) ?? [],
      }),
    );
  },
});

type AgentRow = WhoMay['agent'];

/** What blockedBecause asks, as a set: the page must not be cut after it is read. */
function findAgents(
  tx: Tx,
  {
    id,
    cursor,
    limit,
    may,
  }: { id: string; cursor?: string | undefined; limit: number; may?: string | undefined },
  type: { state: string; classification: Classification; environment: string | null },
): Promise<AgentRow[]> {
  const [name = '', after = ''] = cursor === undefined ? [] : decodeCursor(cursor, 2);
  const cleared = classifications.filter((clearance) => covers(clearance, type.classification));
  const free = Prisma.sql`(${type.state === 'active'}
    AND a.state IN ('active', 'probation') AND a.clearance = ANY (${cleared})
    AND (${type.environment}::text IS NULL OR a.environment = ${type.environment}))`;
  return tx.$queryRaw<AgentRow[]>`
    SELECT a.id, a.name, a.state, a.clearance, a.environment FROM agents a
     WHERE a.state <> 'retired' AND EXISTS (
       SELECT FROM agent_roles ar JOIN roles r ON r.id = ar.role_id JOIN permissions p ON p.role_id = r.id
        WHERE ar.agent_id = a.id AND r.state = 'active' AND p.action_type_id = ${id})
       ${may === undefined ? Prisma.empty : Prisma.sql`AND ${free} = ${may === 'true'}`}
       ${cursor === undefined ? Prisma.empty : Prisma.sql`AND (a.name, a.id) > (${name}, ${after})`}
     ORDER BY a.name, a.id LIMIT ${limit + 1}`;
}

async function grantsOf(
  tx: Tx,
  actionTypeId: string,
  agents: readonly string[],
): Promise<Map<string, WhoMay['grants']>> {
  const rows = await tx.agentRole.findMany({
    where: {
      agentId: { in: [...agents] },
      role: { state: 'active', permissions: { some: { actionTypeId } } },
    },
    select: {
      agentId: true,
      role: {
        select: {
          id: true,
          name: true,
          permissions: { where: { actionTypeId }, orderBy: { id: 'asc' } },
        },
      },
    },
    orderBy: { roleId: 'asc' },
  });
  const grants = new Map<string, WhoMay['grants']>();
  for (const { agentId, role } of rows) {
    const { id, name, permissions } = role;
    const own = permissions.map((permission) => ({
      role: { id, name },
      permission: permission.id,
      tier: Tier.nullable().parse(permission.tier),
      ladder: Ladder.nullable().parse(permission.ladder),
      condition: Condition.parse(permission.condition),
      limits: Limits.parse(permission.limits),
    }));
    grants.set(agentId, [...(grants.get(agentId) ?? []), ...own]);
  }
  return grants;
}
