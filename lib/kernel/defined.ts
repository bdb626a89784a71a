/** The members that are given: Prisma takes no undefined, and a change names only what it changes. */
export function defined<T extends object>(
  changes: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/**
 * The fields of a draft that differ from what its form began with: what is not sent stays as
 * others have left it meanwhile.
 */
export function changed<D extends object>(began: object, draft: D): Partial<D> {
  const was = began as Record<string, unknown>;
  const differs = ([field, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(was[field]);
  return Object.fromEntries(Object.entries(draft).filter(differs)) as Partial<D>;
}
