/**
 * Cedar's values. A long is a number while it is a safe integer and a bigint beyond, never
 * both, so that `===` decides; a record is a map, so that no name means more than itself.
 */
export type Value = boolean | Long | string | EntityUid | CedarSet | CedarRecord | Extension;
export type Long = number | bigint;
export type CedarRecord = ReadonlyMap<string, Value>;

/**
 * What makes Cedar skip a policy; the message is the one Cedar gives. It is an outcome of a
 * policy and no fault of the program, so it does without the stack that makes an Error dear.
 */
export class EvaluationError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

export class EntityUid {
  readonly type: string;
  readonly id: string;

  constructor(type: string, id: string) {
    this.type = type;
    this.id = id;
  }

  /** As Cedar writes it in its messages. */
  toString(): string {
    return `${this.type}::"${escaped(this.id)}"`;
  }
}

/** A value of one of Cedar's extension types. */
export abstract class Extension {
  /** Cedar's name of the type. */
  abstract readonly typeName: string;
  /** Equal for equal values of one type. */
  abstract readonly canonical: string;
}

/** Elements once each, in the order they came. */
export class CedarSet {
  readonly elements: readonly Value[];
  private readonly keys: ReadonlySet<Key>;

  constructor(values: Iterable<Value>) {
    const elements = new Map<Key, Value>();
    for (const value of values) elements.set(keyOf(value), value);
    this.elements = [...elements.values()];
    this.keys = new Set(elements.keys());
  }

  contains(value: Value): boolean {
    return this.keys.has(keyOf(value));
  }

  containsAll(other: CedarSet): boolean {
    if (other.keys.size > this.keys.size) return false;
    for (const key of other.keys) if (!this.keys.has(key)) return false;
    return true;
  }

  containsAny(other: CedarSet): boolean {
    for (const key of other.keys) if (this.keys.has(key)) return true;
    return false;
  }

  equals(other: CedarSet): boolean {
    return this.keys.size === other.keys.size && this.containsAll(other);
  }

  canonical(): string {
    return `[${[...this.keys].map(spelled).sort().join(',')}]`;
  }
}

export function isRecord(value: Value): value is CedarRecord {
  return value instanceof Map;
}

export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  if (a instanceof EntityUid) {
    return b instanceof EntityUid && a.id === b.id && a.type === b.type;
  }
  if (a instanceof CedarSet) return b instanceof CedarSet && a.equals(b);
  if (a instanceof Extension) {
    return b instanceof Extension && a.typeName === b.typeName && a.canonical === b.canonical;
  }
  if (!isRecord(b) || a.size !== b.size) return false;
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other === undefined || !equal(value, other)) return false;
  }
  return true;
}

/** The type as Cedar's messages name it. */
export function typeOf(value: Value): string {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' || typeof value === 'bigint') return 'long';
  if (typeof value === 'string') return 'string';
  if (value instanceof EntityUid) return entityType(value.type);
  if (value instanceof CedarSet) return 'set';
  return value instanceof Extension ? value.typeName : 'record';
}

export const entityType = (name: string) => `(entity of type \`${name}\`)`;
export const anyEntity = entityType('any_entity_type');

export function typeError(expected: string | readonly string[], actual: Value): EvaluationError {
  const types = typeof expected === 'string' ? expected : `one of [${expected.join(', ')}]`;
  return new EvaluationError(`type error: expected ${types}, got ${typeOf(actual)}`);
}

/**
 * Equal values have equal keys. Longs, booleans and most strings are their own; what is none
 * of these is a string after a NUL, and so is a string that begins with one.
 */
type Key = boolean | Long | string;

function keyOf(value: Value): Key {
  if (typeof value === 'string') return value.charCodeAt(0) === 0 ? `\0"${value}` : value;
  if (typeof value !== 'object') return value;
  if (value instanceof EntityUid) return `\0e${value.type}"${value.id}`;
  if (value instanceof CedarSet) return `\0s${value.canonical()}`;
  if (value instanceof Extension) return `\0x${value.typeName}"${value.canonical}`;
  const fields = [...value].map(([name, each]) => [name, spelled(keyOf(each))]);
  return `\0r${JSON.stringify(fields.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)))}`;
}

/** A key as text, unambiguous among other keys. */
function spelled(key: Key): string {
  return typeof key === 'string' ? JSON.stringify(key) : String(key);
}

const shortEscapes: Record<string, string> = {
  '"': '\\"',
  "'": "\\'",
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\\0',
};

function escaped(text: string): string {
  if (/^[\w. -]*$/.test(text)) return text;
  return text.replace(
    /["'\\]|[^\P{C}]|[\p{Zl}\p{Zp}\p{M}]|(?! )\p{Zs}/gu,
    (character) =>
      shortEscapes[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
