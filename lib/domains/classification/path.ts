/**
 * Where a field is found in a tool's result: names joined by dots, `*` for each item or member:
 * `customer.email`, `orders[].items[].sku`, `*.iban`. A name reaches into the items of an array
 * by itself, so that an answer of one is found like an answer of many; `[]` says so to the
 * reader and changes nothing.
 */
const MOST_STEPS = 32;
const part = /^(?:(\*|[^.[\]*]{1,120})(?:\[\])*|\[\])$/;

export const ANY = '*';

/** The names of a path, with `*` for any; undefined when it is none. */
export function parsePath(path: string): string[] | undefined {
  const steps: string[] = [];
  for (const [index, text] of path.split('.').entries()) {
    const found = part.exec(text);
    // Only a whole result may be a list without a name.
    if (!found || (found[1] === undefined && index > 0)) return undefined;
    if (found[1] !== undefined) steps.push(found[1]);
  }
  return steps.length === 0 || steps.length > MOST_STEPS ? undefined : steps;
}

const MOST_DEPTH = 64;

/** The values at a path, for what only looks; not in what is nested beyond all use. */
export function valuesAt(value: unknown, steps: readonly string[], depth = 0): unknown[] {
  const [step, ...rest] = steps;
  if (step === undefined) return [value];
  if (typeof value !== 'object' || value === null || depth > MOST_DEPTH) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item) => valuesAt(item, step === ANY ? rest : steps, depth + 1));
  }
  if (step === ANY) return Object.values(value).flatMap((one) => valuesAt(one, rest, depth + 1));
  return Object.hasOwn(value, step)
    ? valuesAt((value as Record<string, unknown>)[step], rest, depth + 1)
    : [];
}
