/** JSON of others as Cedar's values: of the declared type, or refused; what is not declared is left out. */
import type { CedarValueJson } from '@/lib/infra/cedar';
import { InvalidJson, valueOf } from '../cedar/json';
import type { Declared, TypeJson } from './declared';

/** A value that is not of its declared type. */
export class Mismatch extends Error {
  override name = 'Mismatch';
  /** Dotted path of the value. */
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

type Types = Pick<Declared, 'commonTypes'>;
type Attributes = NonNullable<TypeJson['attributes']>;

/**
 * The declared attributes of an object. One that is required and missing is a mismatch.
 * @throws Mismatch
 */
export function conformRecord(
  types: Types,
  attributes: Attributes,
  value: Readonly<Record<string, unknown>>,
  path: string,
): Record<string, CedarValueJson> {
  const record: [string, CedarValueJson][] = [];
  for (const [name, type] of Object.entries(attributes)) {
    const field = path === '' ? name : `${path}.${name}`;
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    if (given !== undefined) record.push([name, conform(types, type, given, field)]);
    else if (type.required !== false) throw new Mismatch(field, 'is required');
  }
  return Object.fromEntries(record);
}

/** @throws Mismatch */
function conform(types: Types, type: TypeJson, value: unknown, field: string): CedarValueJson {
  switch (type.type) {
    case 'String':
      if (typeof value !== 'string') throw new Mismatch(field, 'must be a string');
      return value;
    case 'Long':
      if (!Number.isSafeInteger(value)) throw new Mismatch(field, 'must be a whole number');
      return value as number;
    case 'Bool':
    case 'Boolean':
      if (typeof value !== 'boolean') throw new Mismatch(field, 'must be true or false');
      return value;
    case 'Set': {
      if (!Array.isArray(value)) throw new Mismatch(field, 'must be a list');
      const { element } = type;
      if (!element) throw new Mismatch(field, 'has a type that cannot be given');
      return value.map((each, index) => conform(types, element, each, `${field}.${index}`));
    }
    case 'Record':
      if (!isObject(value)) throw new Mismatch(field, 'must be an object');
      return conformRecord(types, type.attributes ?? {}, value, field);
    case 'Entity':
      return entity(type.name ?? '', value, field);
    case 'Extension':
      return named(types, type.name ?? '', value, field);
    default:
      return named(types, type.type, value, field);
  }
}

/** `{ type, id }`, or the id alone. */
function entity(type: string, value: unknown, field: string): CedarValueJson {
  if (typeof value === 'string') return { __entity: { type, id: value } };
  if (isObject(value) && value['type'] === type && typeof value['id'] === 'string') {
    return { __entity: { type, id: value['id'] } };
  }
  throw new Mismatch(field, `must be a ${type}: its id, or { type, id }`);
}

const constructors: Record<string, string> = {
  ipaddr: 'ip',
  decimal: 'decimal',
  datetime: 'datetime',
  duration: 'duration',
};

function named(types: Types, name: string, value: unknown, field: string): CedarValueJson {
  const plain = name.replace(/^__cedar::/, '');
  const common = types.commonTypes.get(name);
  if (common) return conform(types, common, value, field);
  const fn = Object.hasOwn(constructors, plain) ? constructors[plain] : undefined;
  if (fn === undefined) {
    if (plain !== name) return conform(types, { type: plain }, value, field);
    throw new Mismatch(field, `has the type ${name}, which cannot be given`);
  }
  const arg = fn === 'decimal' && typeof value === 'number' ? decimalText(value) : value;
  if (typeof arg !== 'string') throw new Mismatch(field, `must be a string that is a ${plain}`);
  const json = { __extn: { fn, arg } };
  try {
    valueOf(json);
  } catch (error) {
    if (error instanceof InvalidJson) throw new Mismatch(field, `is no ${plain}`);
    throw error;
  }
  return json;
}

/** As Cedar reads decimals, which have a point; with more than four decimals it reads none. */
export function decimalText(value: number): string {
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
