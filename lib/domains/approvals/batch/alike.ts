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
