/** Changing one floor of a form. Pure. */
import { environments, type Environment } from '@/lib/kernel/environments';
import type { TierFloors } from './schema';

export type FloorKind = Exclude<keyof TierFloors, 'environments'>;
type Tier = TierFloors[FloorKind];

/** `null` takes an environment's own floor away; the workspace's then holds there. */
export function withFloor(
  floors: TierFloors,
  environment: Environment | null,
  kind: FloorKind,
  tier: Tier | null,
): TierFloors {
  if (environment === null) return tier === null ? floors : { ...floors, [kind]: tier };
  const { [kind]: _, ...others } = floors.environments[environment] ?? {};
  const own = tier === null ? others : { ...others, [kind]: tier };
  const { [environment]: __, ...elsewhere } = floors.environments;
  return {
    ...floors,
    environments: Object.keys(own).length === 0 ? elsewhere : { ...elsewhere, [environment]: own },
  };
}

/** Which environments have floors of their own, in words; null when none has. */
export function ownFloorWords({ environments: own }: TierFloors): string | null {
  const words = environments.flatMap((environment) => {
    const { irreversible, external_communication: external } = own[environment] ?? {};
    const floors = [
      ...(irreversible === undefined ? [] : [`irreversible ${irreversible}`]),
      ...(external === undefined ? [] : [`external communication ${external}`]),
    ];
    return floors.length === 0 ? [] : [`${environment} (${floors.join(', ')})`];
  });
  return words.length === 0 ? null : words.join(', ');
}
