import type { Ajv2020 } from 'ajv/dist/2020.js';

/**
 * Puts in the place of Ajv's what would take time quadratic in the value, and what compares values by
 * methods that an object of JSON may have members of the same name instead of, as `toString`.
 */
export function addLinear(ajv: Ajv2020): void {
  ajv.addFormat('url', (text: string) => !/\s/.test(text) && url.test(text));
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    error: { message: 'must NOT have duplicate items' },
    compile: (wanted: boolean) => (items: unknown[]) =>
      !wanted || new Set(items.map(formOf)).size === items.length,
  });
  ajv.removeKeyword('enum');
  ajv.addKeyword({
    keyword: 'enum',
    schemaType: 'array',
    error: { message: 'must be equal to one of the allowed values' },
    compile: (values: unknown[]) => oneOf(values),
  });
  ajv.removeKeyword('const');
  ajv.addKeyword({
    keyword: 'const',
    error: { message: 'must be equal to constant' },
    compile: (value: unknown) => oneOf([value]),
  });
}

/**
 * That of ajv-formats (https://gist.github.com/dperini/729294), where the user's part was
 * `\S+(?::\S*)?@`, which is as much and can be divided in many ways.
 */
const url =
  /^(?:https?|ftp):\/\/(?:\S+@)?(?:(?!(?:10|127)(?:\.\d{1,3}){3})(?!(?:169\.254|192\.168)(?:\.\d{1,3}){2})(?!172\.(?:1[6-9]|2\d|3[0-1])(?:\.\d{1,3}){2})(?:[1-9]\d?|1\d\d|2[01]\d|22[0-3])(?:\.(?:1?\d{1,2}|2[0-4]\d|25[0-5])){2}(?:\.(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-4]))|(?:(?:[a-z0-9\u{00a1}-\u{ffff}]+-)*[a-z0-9\u{00a1}-\u{ffff}]+)(?:\.(?:[a-z0-9\u{00a1}-\u{ffff}]+-)*[a-z0-9\u{00a1}-\u{ffff}]+)*(?:\.(?:[a-z\u{00a1}-\u{ffff}]{2,})))(?::\d{2,5})?(?:\/[^\s]*)?$/iu;

/** Whether a value is one of these. */
function oneOf(values: unknown[]): (value: unknown) => boolean {
  if (values.length === 0) throw new Error('enum must have non-empty array');
  const bare = new Set(values.filter((value) => !isCompound(value)));
  const compound = new Set(values.filter(isCompound).map(formOf));
  return (value) =>
    isCompound(value) ? compound.size > 0 && compound.has(formOf(value)) : bare.has(value);
}

function isCompound(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** The same text for equal JSON values only, whatever the order of their members. */
function formOf(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    const members = Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1));
    // Pairs, for a member may have any name; marked, for an array may hold such pairs.
    return { members };
  });
}
