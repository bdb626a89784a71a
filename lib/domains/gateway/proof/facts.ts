/** What an action type's JSON Schema says of one parameter, as far as a proof uses it. */
import { scaled } from '@/lib/domains/access/server';
import { type Pattern, patternOf } from './pattern';

export type Kind = 'text' | 'number' | 'boolean' | 'other';

export interface ParameterFacts {
  kinds: ReadonlySet<Kind>;
  /** Whether it must be there, and whether it may. */
  required: boolean;
  possible: boolean;
  whole: boolean;
  /** All values that it can have, where they are few. */
  values: readonly (string | number | boolean)[] | undefined;
  /** Bounds in ten-thousandths. */
  least: number | undefined;
  most: number | undefined;
  pattern: Pattern | undefined;
  lengths: { least: number; most: number | undefined };
  /** Two texts that fit. */
  samples: readonly [string, string];
}

export interface Schema {
  properties?: Record<string, Property>;
  required?: readonly string[];
  additionalProperties?: unknown;
}

interface Property {
  type?: unknown;
  enum?: readonly unknown[];
  const?: unknown;
  minimum?: unknown;
  maximum?: unknown;
  exclusiveMinimum?: unknown;
  exclusiveMaximum?: unknown;
  minLength?: unknown;
  maxLength?: unknown;
  minItems?: unknown;
  items?: Property;
  pattern?: unknown;
  format?: unknown;
  properties?: Record<string, Property>;
  required?: readonly string[];
}

const kindOf: Record<string, Kind> = {
  string: 'text',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
};
const anyKind = new Set<Kind>(['text', 'number', 'boolean', 'other']);

export function propertyOf({ properties = {} }: Schema, name: string): Property | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}

export function factsOf(schema: Schema, name: string): ParameterFacts {
  const declared = propertyOf(schema, name);
  const property = declared ?? {};
  const types = [property.type].flat().filter((type) => typeof type === 'string');
  const kinds = new Set(types.map((type): Kind => kindOf[type] ?? 'other'));
  const [only] = types;
  return {
    kinds: kinds.size > 0 ? kinds : anyKind,
    required: schema.required?.includes(name) === true,
    possible: declared !== undefined || schema.additionalProperties !== false,
    whole: types.length === 1 && only === 'integer',
    values: valuesOf(property),
    least: highest(numberOf(property.minimum), above(property.exclusiveMinimum, 1)),
    most: lowest(numberOf(property.maximum), above(property.exclusiveMaximum, -1)),
    pattern: typeof property.pattern === 'string' ? patternOf(property.pattern) : undefined,
    lengths: {
      least: Number(property.minLength ?? 0),
      most: property.maxLength === undefined ? undefined : Number(property.maxLength),
    },
    samples: samplesOf(property),
  };
}

function valuesOf(property: Property): ParameterFacts['values'] {
  const values = 'const' in property ? [property.const] : property.enum;
  const simple = values?.filter(
    (one): one is string | number | boolean =>
      typeof one === 'string' ||
      typeof one === 'boolean' ||
      (typeof one === 'number' && scaled(one) !== undefined),
  );
  return simple?.length === values?.length ? simple : undefined;
}

function numberOf(bound: unknown): number | undefined {
  return typeof bound === 'number' ? scaled(bound) : undefined;
}

/** The next ten-thousandth beyond a bound that does not count itself. */
function above(bound: unknown, step: number): number | undefined {
  const number = numberOf(bound);
  return number === undefined ? undefined : number + step;
}

function highest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

function lowest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

const formats: Record<string, string> = {
  date: '2026-01-01',
  'date-time': '2026-01-01T00:00:00Z',
  time: '00:00:00Z',
  email: 'someone@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
  ipv4: '192.0.2.1',
};

/** A value that fits, as far as that can be told; whoever uses it has it validated. */
export function sampleOf(property: Property | undefined): unknown {
  if (!property) return 'x';
  if ('const' in property) return property.const;
  if (property.enum) return property.enum[0];
  const [type] = [property.type].flat();
  switch (type) {
    case 'number':
    case 'integer':
      return Number(property.minimum ?? Number(property.exclusiveMinimum ?? 0) + 1);
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array':
      return Array.from({ length: Number(property.minItems ?? 0) }, () => sampleOf(property.items));
    case 'object':
      return Object.fromEntries(
        (property.required ?? []).map((name) => [
          name,
          sampleOf(propertyOf(property as Schema, name)),
        ]),
      );
    default:
      return sampleText(property);
  }
}

function sampleText(property: Property): string {
  return samplesOf(property)[0];
}

function samplesOf({ format, pattern, minLength }: Property): readonly [string, string] {
  if (typeof pattern === 'string') return patternOf(pattern)?.samples ?? ['x', 'y'];
  const known = typeof format === 'string' ? formats[format] : undefined;
  if (known !== undefined) return [known, known];
  const length = Math.max(1, Number(minLength ?? 0));
  return ['x'.repeat(length), 'y'.repeat(length)];
}
