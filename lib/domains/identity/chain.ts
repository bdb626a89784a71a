/** The members of `rows` connected to `id` by `replaces`, in the order given. */
export function chainOf<R extends { id: string; replaces: string | null }>(
  rows: readonly R[],
  id: string,
): R[] {
  const connected = new Set([id]);
  let size = 0;
  while (size !== connected.size) {
    size = connected.size;
    for (const row of rows) {
      if (row.replaces === null) continue;
      if (connected.has(row.id)) connected.add(row.replaces);
      else if (connected.has(row.replaces)) connected.add(row.id);
    }
  }
  return rows.filter((row) => connected.has(row.id));
}
