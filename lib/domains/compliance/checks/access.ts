import {
  actionsOf,
  cedarSource,
  checkWorkspace,
  floorIn,
  Ladder,
  scopeOf,
  type Statement,
} from '@/lib/domains/access/server';
import type { Tx } from '@/lib/infra/db';
import { environments } from '@/lib/kernel/environments';
import { type Check, daysBefore } from './check';

const UNUSED_DAYS = 30;

export const unusedPermission: Check = {
  key: 'unused_permission',
  title: 'No permission lies unused',
  question: `Was each permission used within ${UNUSED_DAYS} days?`,
  wrong: { one: 'permission was not used', many: 'permissions were not used' },
  observe: async ({ tx, now }) => {
    const since = daysBefore(now, UNUSED_DAYS);
    const permissions = await tx.permission.findMany({
      where: { role: { state: 'active' } },
      select: {
        ...{ id: true, createdAt: true },
        role: { select: { name: true } },
        actionType: { select: { key: true } },
      },
    });
    const used = await tx.$queryRaw<{ id: string }[]>`
      SELECT DISTINCT unnest(permissions) AS id FROM actions WHERE created_at >= ${since}`;
    const inUse = new Set(used.map(({ id }) => id));
    return {
      examined: permissions.length,
      found: permissions
        // What is younger than the period has not had its chance yet.
        .filter(({ id, createdAt }) => createdAt < since && !inUse.has(id))
        .map(({ id, role, actionType }) => ({
          ...{ permission: id, role: role.name, action_type: actionType.key },
          why: `not used since ${since.toISOString().slice(0, 10)}`,
        })),
    };
  },
};

export const irreversibleGated: Check = {
  key: 'irreversible_gated',
  title: 'Irreversible actions wait for a person',
  question:
    'Is each irreversible action gated, by what permits it or by the floor, and was it so in fact?',
  wrong: {
    one: 'way to act irreversibly is not gated',
    many: 'ways to act irreversibly are not gated',
  },
  observe: async ({ tx, now, settings }) => {
    const permissions = await tx.permission.findMany({
      where: {
        role: { state: 'active' },
        actionType: { state: 'active', reversibility: 'irreversible' },
      },
      select: {
        ...{ id: true, tier: true, ladder: true },
        role: { select: { name: true } },
        actionType: { select: { key: true, tool: { select: { environment: true } } } },
      },
    });
    const ran = await tx.$queryRaw<{ id: string; type: string; tier: number }[]>`
      SELECT a.id, a.type, a.tier FROM actions a
      JOIN action_types t ON t.workspace_id = a.workspace_id AND t.key = a.type
      WHERE t.reversibility = 'irreversible' AND a.decision = 'allow' AND a.tier < 3
        AND a.created_at >= ${daysBefore(now, UNUSED_DAYS)}
      ORDER BY a.created_at DESC LIMIT 100`;
    const open = permissions.filter(({ tier, ladder }) => {
      if (tier !== null) return tier < 3;
      const steps = Ladder.parse(ladder);
      return steps.supervised > 0 || steps.autonomous > 0;
    });
    const low = environments.filter(
      (environment) => floorIn(settings.tierFloors, environment, 'irreversible').tier < 3,
    );
    /** That neither what permits it nor the floor asks for a person; undefined where the floor does. */
    const why = (what: string, { environment }: { environment: string | null }) => {
      const places = low.filter((one) => environment === null || environment === one);
      if (places.length === 0) return undefined;
      const place = places.length === environments.length ? '' : ` in ${places.join(' and ')}`;
      return `${what} an irreversible action run below tier 3, and the floor${place} does too`;
    };
    const permits = await openPermits(tx);
    return {
      examined: permissions.length + permits.length,
      found: [
        ...open.flatMap(({ id, role, actionType: { key, tool } }) => {
          const said = why('it lets', tool);
          return said ? [{ permission: id, role: role.name, action_type: key, why: said }] : [];
        }),
        ...permits.flatMap(({ policy, type: { key, tool } }) => {
          const said = why('a permit by hand lets', tool);
          return said ? [{ policy, name: policy, action_type: key, why: said }] : [];
        }),
        ...ran.map(({ id, type, tier }) => ({
          ...{ action: id, action_type: type },
          why: `it ran at tier ${tier} without a person`,
        })),
      ],
    };
  },
};

/**
 * Permits by hand below tier 3 with each irreversible action type that they can reach; none while
 * the texts are not valid, as nothing is decided by them. What their conditions say is not looked
 * at, as with permissions.
 */
async function openPermits(tx: Tx) {
  const source = await cedarSource(tx);
  if (source.policies.length === 0) return [];
  const { problems, statements } = checkWorkspace(source);
  if (problems.length > 0) return [];
  const roles = await tx.role.findMany({ where: { state: 'active' }, select: { name: true } });
  const types = await tx.actionType.findMany({
    where: { state: 'active', reversibility: 'irreversible' },
    select: { key: true, tool: { select: { environment: true } } },
    orderBy: { key: 'asc' },
  });
  const names = new Set(roles.map(({ name }) => name));
  return statements
    .filter(({ json, tier }) => json.effect === 'permit' && tier < 3 && isOfAgents(json, names))
    .flatMap(({ id, json }) => {
      const named = actionsOf(json);
      const reached = types.filter(({ key }) => named === undefined || named.includes(key));
      return reached.map((type) => ({ policy: id, type }));
    });
}

/** Whether an agent can be its principal: any, one that is named, or one of a role in use. */
function isOfAgents(json: Statement['json'], roles: ReadonlySet<string>): boolean {
  const { equals, type, within } = scopeOf(json).principal;
  if (type !== undefined && type !== 'Agent') return false;
  const named = equals ?? within;
  return (
    named === undefined || named.type === 'Agent' || (named.type === 'Role' && roles.has(named.id))
  );
}
