const MAX_DEPTH = 32;

export interface Unstorable {
  /** Dotted path from the value to it; empty for the value itself. */
  field: string;
  message: string;
}

/**
 * The first thing in a JSON value that cannot be kept exactly: a NUL or half a surrogate pair
 * (PostgreSQL has no text for them), a number beyond 2^53 (JavaScript has already rounded it),
 * nesting deeper than 32, or a member named __proto__. Undefined when there is none.
 */
export function findUnstorable(value: unknown, depth = 0): Unstorable | undefined {
  if (typeof value === 'string') {
    if (value.isWellFormed() && !value.includes('\0')) return undefined;
    return { field: '', message: 'has a NUL or half a surrogate pair' };
  }
  if (typeof value === 'number') {
    if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return undefined;
    return { field: '', message: 'is a number beyond 2^53, which cannot be represented exactly' };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === MAX_DEPTH) return { field: '', message: `is nested deeper than ${MAX_DEPTH}` };
  const record = value as Record<string, unknown>;
  for (const name of Object.keys(record)) {
    if (name === '__proto__') return { field: name, message: 'is not a name a member may have' };
    const inName = findUnstorable(name, depth);
    if (inName) return inName;
    const found = findUnstorable(record[name], depth + 1);
    if (found) return { ...found, field: found.field ? `${name}.${found.field}` : name };
  }
  return undefined;
}
