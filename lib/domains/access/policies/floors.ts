/** Tier floors of documents, each by the path that a change of it has. Pure. */
import type { TierFloors } from '@/lib/domains/workspaces/server';
import { environments } from '@/lib/kernel/environments';
import { floorIn } from '../tier';
import { names } from './compare';

const kinds = ['irreversible', 'external_communication'] as const;
const called = { irreversible: 'irreversible', external_communication: 'external communication' };

type Tier = TierFloors['irreversible'];
type Pick = <T>(path: string, was: T, now: T, wanted: T) => T;

/** What became of each floor. It widens where what ran at a higher tier may run at a lower one. */
export function floorChanges(was: TierFloors, is: TierFloors) {
  const general = kinds
    .filter((kind) => was[kind] !== is[kind])
    .map((kind) => ({
      path: `floors/${kind}`,
      kind: 'changed' as const,
      words: `The floor of ${called[kind]} actions is tier ${is[kind]} (was ${was[kind]})`,
      widens: is[kind] < was[kind],
      before: was[kind],
      after: is[kind],
    }));
  const own = environments.flatMap((environment) =>
    kinds.flatMap((kind) => {
      const before = was.environments[environment]?.[kind] ?? null;
      const after = is.environments[environment]?.[kind] ?? null;
      if (before === after) return [];
      const held = floorIn(was, environment, kind).tier;
      const holds = floorIn(is, environment, kind).tier;
      const from = before === null ? `the workspace's, ${held}` : String(held);
      const to = after === null ? `the workspace's, tier ${holds}` : `tier ${holds}`;
      return [
        {
          path: `floors/${kind}/${environment}`,
          kind:
            before === null
              ? ('added' as const)
              : after === null
                ? ('removed' as const)
                : ('changed' as const),
          words: `The floor of ${called[kind]} actions in ${environment} is ${to} (was ${from})`,
          widens: holds < held,
          ...{ before, after },
        },
      ];
    }),
  );
  return [...general, ...own];
}

export function mergeFloors(
  base: TierFloors,
  current: TierFloors,
  draft: TierFloors,
  pick: Pick,
): TierFloors {
  const [was, now, wanted] = [byPath(base), byPath(current), byPath(draft)];
  const merged = names(now, wanted).flatMap((path): [string, Tier][] => {
    const tier = pick(path, was[path], now[path], wanted[path]);
    return tier === undefined ? [] : [[path, tier]];
  });
  return fromPaths(Object.fromEntries(merged), current);
}

/** The floors with the one at a path as it was at the base. */
export function revertedFloors(floors: TierFloors, base: TierFloors, path: string): TierFloors {
  const { [path]: _, ...others } = byPath(floors);
  const was = byPath(base)[path];
  return fromPaths(was === undefined ? others : { ...others, [path]: was }, floors);
}

function byPath(floors: TierFloors): Record<string, Tier> {
  const paths: Record<string, Tier> = {};
  for (const kind of kinds) {
    paths[`floors/${kind}`] = floors[kind];
    for (const environment of environments) {
      const tier = floors.environments[environment]?.[kind];
      if (tier !== undefined) paths[`floors/${kind}/${environment}`] = tier;
    }
  }
  return paths;
}

function fromPaths(paths: Record<string, Tier>, otherwise: TierFloors): TierFloors {
  const own = environments.flatMap((environment) => {
    const floors = kinds.flatMap((kind): [string, Tier][] => {
      const tier = paths[`floors/${kind}/${environment}`];
      return tier === undefined ? [] : [[kind, tier]];
    });
    return floors.length === 0 ? [] : [[environment, Object.fromEntries(floors)]];
  });
  const [irreversible, external] = kinds.map((kind) => paths[`floors/${kind}`] ?? otherwise[kind]);
  return {
    irreversible: irreversible ?? otherwise.irreversible,
    external_communication: external ?? otherwise.external_communication,
    environments: Object.fromEntries(own) as TierFloors['environments'],
  };
}
