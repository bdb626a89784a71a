import { covers, type Classification } from '@/lib/domains/classification';
import { effectiveOfType, linkedData } from '@/lib/domains/classification/server';
import { type Check, daysBefore } from './check';

const alive = { state: { in: ['active', 'probation'] } };

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
    // Sorted and not joined: there may be more agents than a list of ids has room for, and a join
    // that is planned for a few of them looks at every credential for each.
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
    const credentials = await tx.credential.findMany({
      where: { state: { not: 'revoked' }, agent: { state: { not: 'retired' } } },
      select: { id: true, createdAt: true, agent: { select: { id: true, name: true } } },
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
    const grants = await tx.agentRole.findMany({
      where: { agent: { state: { not: 'retired' } }, role: { state: 'active' } },
      select: {
        agent: { select: { id: true, name: true, clearance: true } },
        role: {
          select: {
            name: true,
            permissions: {
              select: {
                id: true,
                actionType: { select: { key: true, classification: true, data: linkedData } },
              },
            },
          },
        },
      },
    });
    const pairs = grants.flatMap(({ agent, role }) =>
      role.permissions.map((permission) => ({
        ...{ agent, role, permission },
        touches: effectiveOfType(permission.actionType).classification,
      })),
    );
    return {
      examined: pairs.length,
      found: pairs
        .filter(({ agent, touches }) => !covers(agent.clearance as Classification, touches))
        .map(({ agent, role, permission, touches }) => ({
          ...{ agent: agent.id, name: agent.name, role: role.name, permission: permission.id },
          why: `${permission.actionType.key} touches ${touches} data, its clearance is ${agent.clearance}`,
        })),
    };
  },
};
