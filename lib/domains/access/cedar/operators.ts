/** Cedar's operators on values, with its errors; the left operand is judged before the right. */
import type { EntityStore, Found } from './entities';
import { Datetime, Duration } from './extension-datetime';
import { asLong } from './long';
import {
  anyEntity,
  CedarSet,
  EntityUid,
  EvaluationError,
  isRecord,
  typeError,
  typeOf,
  type Value,
} from './values';

export function asBoolean(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  throw typeError('bool', value);
}

export function asString(value: Value): string {
  if (typeof value === 'string') return value;
  throw typeError('string', value);
}

export function asEntity(value: Value): EntityUid {
  if (value instanceof EntityUid) return value;
  throw typeError(anyEntity, value);
}

export function asSet(value: Value): CedarSet {
  if (value instanceof CedarSet) return value;
  throw typeError('set', value);
}

/** Below zero, zero or above, as the left is to the right: two longs, two datetimes or two durations. */
export function compare(left: Value, right: Value): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [before, after] = comparable(left, right);
  return before < after ? -1 : before > after ? 1 : 0;
}

function comparable(left: Value, right: Value): [number | bigint, number | bigint] {
  if (isLong(left)) return [left, asLong(right)];
  if (isLong(right)) throw typeError('long', left);
  if (isTime(left)) {
    if (isTime(right) && left.typeName === right.typeName) {
      return [left.milliseconds, right.milliseconds];
    }
    throw typeError(left.typeName, right);
  }
  if (isTime(right)) throw typeError(right.typeName, left);
  throw typeError(['long', 'datetime', 'duration'], left);
}

const isLong = (value: Value) => typeof value === 'number' || typeof value === 'bigint';
const isTime = (value: Value) => value instanceof Datetime || value instanceof Duration;

export function isIn(left: Value, right: Value, entities: EntityStore): boolean {
  const uid = asEntity(left);
  if (right instanceof EntityUid) return isWithin(uid, right, entities);
  if (!(right instanceof CedarSet)) throw typeError(['set', anyEntity], right);
  const others: EntityUid[] = [];
  for (const element of right.elements) {
    if (!(element instanceof EntityUid)) throw typeError(anyEntity, firstOther(right));
    others.push(element);
  }
  return others.some((other) => isWithin(uid, other, entities));
}

/** Whether it is the other, or has it among its ancestors. */
export function isWithin(uid: EntityUid, other: EntityUid, entities: EntityStore): boolean {
  if (uid.id === other.id && uid.type === other.type) return true;
  return entities.get(uid)?.isIn(other) ?? false;
}

/** How Cedar orders a set's elements of different types: it names the first that is no entity. */
const orderOfTypes = [
  'bool',
  'long',
  'string',
  'set',
  'record',
  'datetime',
  'decimal',
  'duration',
  'ipaddr',
];

function firstOther(set: CedarSet): Value {
  const others = set.elements.filter((element) => !(element instanceof EntityUid));
  const [first] = others.sort((a, b) => rankOf(a) - rankOf(b));
  return first ?? set;
}

const rankOf = (value: Value) => orderOfTypes.indexOf(typeOf(value));

const attributed = ['record', anyEntity];

export function attribute(value: Value, name: string, entities: EntityStore): Value {
  if (value instanceof EntityUid) return entityAttribute(entities.find(value), name);
  if (typeof value !== 'object' || !isRecord(value)) throw typeError(attributed, value);
  const found = value.get(name);
  if (found !== undefined) return found;
  throw new EvaluationError(`record does not have the attribute \`${name}\``);
}

export function entityAttribute({ uid, entity }: Found, name: string): Value {
  if (!entity) throw new EvaluationError(`entity \`${uid}\` does not exist`);
  const found = entity.attributes.get(name);
  if (found !== undefined) return found;
  throw new EvaluationError(`\`${uid}\` does not have the attribute \`${name}\``);
}

export function hasAttribute(value: Value, name: string, entities: EntityStore): boolean {
  if (value instanceof EntityUid) return entities.get(value)?.attributes.has(name) ?? false;
  if (typeof value !== 'object' || !isRecord(value)) throw typeError(attributed, value);
  return value.has(name);
}

/** Of a path, each step only where the one before is there. */
export function hasPath(value: Value, path: readonly string[], entities: EntityStore): boolean {
  let at = value;
  for (const [index, name] of path.entries()) {
    if (!hasAttribute(at, name, entities)) return false;
    if (index < path.length - 1) at = attribute(at, name, entities);
  }
  return true;
}

export function tag(left: Value, right: Value, entities: EntityStore): Value {
  const [uid, name] = [asEntity(left), asString(right)];
  const entity = entities.get(uid);
  if (!entity) throw new EvaluationError(`entity \`${uid}\` does not exist`);
  const found = entity.tags.get(name);
  if (found !== undefined) return found;
  throw new EvaluationError(`\`${uid}\` does not have the tag \`${name}\``);
}

export function hasTag(left: Value, right: Value, entities: EntityStore): boolean {
  const [uid, name] = [asEntity(left), asString(right)];
  return entities.get(uid)?.tags.has(name) ?? false;
}

/** Text between wildcards, in order: one part more than there are wildcards. */
export function like(text: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (text.length < first.length + last.length) return false;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  const end = text.length - last.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found === -1 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}
