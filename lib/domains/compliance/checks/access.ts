import { floorIn, Ladder } from '@/lib/domains/access/server';
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
    'Is each irreversible action gated, by its permissions or by the floor, and was it so in fact?',
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
    /** Where neither the permission nor the floor asks for a person. */
    const unfloored = ({ environment }: { environment: string | null }) =>
      low.filter((one) => environment === null || environment === one);
    return {
      examined: permissions.length,
      found: [
        ...open.flatMap(({ id, role, actionType }) => {
          const places = unfloored(actionType.tool);
          if (places.length === 0) return [];
          const place = places.length === environments.length ? '' : ` in ${places.join(' and ')}`;
          return [
            {
              ...{ permission: id, role: role.name, action_type: actionType.key },
              why: `it lets an irreversible action run below tier 3, and the floor${place} does too`,
            },
          ];
        }),
        ...ran.map(({ id, type, tier }) => ({
          ...{ action: id, action_type: type },
          why: `it ran at tier ${tier} without a person`,
        })),
      ],
    };
  },
};
