import { covers, type Classification } from '@/lib/domains/classification';
import { effectiveOfType, linkedData } from '@/lib/domains/classification/server';
import type { Tx } from '@/lib/infra/db';
import { type Check, daysBefore } from './check';

const alive = { state: { in: ['active', 'probation'] } };

/**
 * The agents that are not retired, by id. Read by themselves and put together here: a join that
 * is planned for a few rows, before the database has counted many that are new, looks at all of
 * them for each.
 */
async function present(tx: Tx) {
  const agents = await tx.agent.findMany({
    where: { state: { not: 'retired' } },
    select: { id: true, name: true, clearance: true },
  });
  return new Map(agents.map((agent) => [agent.id, agent]));
}

export const sponsorPresent: Check = {
  key: 'sponsor_present',
  title: 'Every agent has a sponsor',
  question: 'Does an active member answer for each agent that is not retired?',
  wrong: { one: 'agent has no active sponsor', many: 'agents have no active sponsor' },
  observe: async ({ tx }) => {
    const agents = await tx.agent.findMany({
      where: { state: { not: 'retired' } },
      select: { id: true, name: true, sponsor: { select: { name: true, state: true } } },
    });
    return {
      examined: agents.length,
      found: agents
        .filter(({ sponsor }) => sponsor?.state !== 'active')
        .map(({ id, name, sponsor }) => ({
          ...{ agent: id, name },
          why: sponsor ? `${sponsor.name} is disabled` : 'none is named',
        })),
    };
  },
};

export const uniqueIdentity: Check = {
  key: 'unique_identity',
  title: 'Every agent has an identity of its own',
  question: 'Has each acting agent a valid credential, and does none share a key with another?',
  wrong: {
    one: 'agent lacks an identity of its own',
    many: 'agents lack an identity of their own',
  },
  observe: async ({ tx, now }) => {
    const examined = await tx.agent.count({ where: alive });
    // Sorted and not joined, for the same reason; and a list of ids has no room for so many.
    const found = await tx.$queryRaw<{ agent: string; name: string; valid: boolean }[]>`
      WITH both_of AS (
        SELECT id AS agent, name, NULL AS key, false AS valid
        FROM agents WHERE state IN ('active', 'probation')
        UNION ALL
        SELECT agent_id, NULL, coalesce(thumbprint, secret_hash, ''),
          expires_at IS NULL OR expires_at > ${now}
        FROM credentials WHERE state <> 'revoked'
      ), named AS (
        SELECT agent, max(name) OVER (PARTITION BY agent) AS name, key, valid FROM both_of
      ), alike AS (
        SELECT agent, name, valid, key IS NOT NULL
            AND min(agent) OVER (PARTITION BY key) <> max(agent) OVER (PARTITION BY key) AS shared
        FROM named WHERE name IS NOT NULL
      )
      SELECT agent, name, bool_or(valid) AS valid FROM alike
      GROUP BY agent, name HAVING NOT bool_or(valid) OR bool_or(shared) ORDER BY agent`;
    return {
      examined,
      found: found.map(({ valid, ...about }) => ({
        ...about,
        why: valid ? 'it shares a key with another agent' : 'it has no valid credential',
      })),
    };
  },
};

export const credentialAge: Check = {
  key: 'credential_age',
  title: 'No credential is older than allowed',
  question: 'Is each credential that works younger than the workspace allows?',
  wrong: { one: 'credential is too old', many: 'credentials are too old' },
  observe: async ({ tx, now, settings }) => {
    const agents = await present(tx);
    const all = await tx.credential.findMany({
      where: { state: { not: 'revoked' } },
      select: { id: true, createdAt: true, agentId: true },
    });
    const credentials = all.flatMap(({ agentId, ...credential }) => {
      const agent = agents.get(agentId);
      return agent ? [{ ...credential, agent }] : [];
    });
    const oldest = daysBefore(now, settings.credentialMaxAgeDays);
    return {
      examined: credentials.length,
      found: credentials
        .filter(({ createdAt }) => createdAt < oldest)
        .map(({ id, createdAt, agent }) => ({
          ...{ credential: id, agent: agent.id, name: agent.name },
          why: `made ${createdAt.toISOString().slice(0, 10)}, at most ${settings.credentialMaxAgeDays} days are allowed`,
        })),
    };
  },
};

export const clearanceRespected: Check = {
  key: 'clearance',
  title: 'No agent is granted more than its clearance',
  question: 'Is each granted action type within the clearance of the agents that hold it?',
  wrong: { one: 'grant is above the clearance', many: 'grants are above the clearance' },
  observe: async ({ tx }) => {
    const agents = await present(tx);
    const roles = await tx.role.findMany({
      where: { state: 'active' },
      select: {
        ...{ id: true, name: true },
        permissions: {
          select: {
            id: true,
            actionType: { select: { key: true, classification: true, data: linkedData } },
          },
        },
      },
    });
    // What a permission touches is the same for whoever holds it.
    const roleOf = new Map(
      roles.map(({ id, name, permissions }) => {
        const grants = permissions.map(({ actionType, id: permission }) => ({
          ...{ permission, key: actionType.key },
          touches: effectiveOfType(actionType).classification,
        }));
        return [id, { name, grants }];
      }),
    );
    const given = await tx.agentRole.findMany({ select: { agentId: true, roleId: true } });
    let examined = 0;
    const found: Record<string, unknown>[] = [];
    for (const { agentId, roleId } of given) {
      const [agent, role] = [agents.get(agentId), roleOf.get(roleId)];
      if (!agent || !role) continue;
      examined += role.grants.length;
      for (const { key, permission, touches } of role.grants) {
        if (covers(agent.clearance as Classification, touches)) continue;
        found.push({
          ...{ agent: agent.id, name: agent.name, role: role.name, permission },
          why: `${key} touches ${touches} data, its clearance is ${agent.clearance}`,
        });
      }
    }
    return { examined, found };
  },
};
