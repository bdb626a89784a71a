/** Held actions that may be decided together: the same agent, type and shape. */

interface Shaped {
  agent: string;
  type: string;
  parameters: Record<string, unknown>;
  /** Whose signatures it takes, in any form that is equal when they are. */
  needs: unknown;
  signing: string;
}

/** Equal for what is alike, and for nothing else. */
export function shapeOf({ agent, type, parameters, needs, signing }: Shaped): string {
  return JSON.stringify([agent, type, Object.keys(parameters).toSorted(), needs, signing]);
}

/** Runs of items by key, in the order in which each key comes first. */
export function grouped<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const of = key(item);
    const group = groups.get(of);
    if (group) group.push(item);
    else groups.set(of, [item]);
  }
  return [...groups.values()];
}
