/**
 * Values, entities and requests from the JSON that Cedar takes. What Cedar would refuse is
 * refused, and so are integers that JSON cannot carry exactly.
 */
import type { CedarValueJson, EntityUidJson } from '@/lib/infra/cedar';
import { callExtension, extensionFunction } from './extensions';
import { type CedarRecord, CedarSet, EntityUid, EvaluationError, type Value } from './values';

/** JSON that stands for no value; nothing can be decided from it. */
export class InvalidJson extends Error {
  override name = 'InvalidJson';
}

/** @throws InvalidJson */
export function recordOf(json: Readonly<Record<string, CedarValueJson>>): CedarRecord {
  const record = new Map<string, Value>();
  for (const name of Object.keys(json)) {
    const value = json[name];
    // JSON has no undefined: such a field is not there.
    if (value !== undefined) record.set(stringOf(name), valueOf(value));
  }
  return record;
}

/** @throws InvalidJson */
export function valueOf(json: CedarValueJson): Value {
  if (typeof json === 'boolean') return json;
  if (typeof json === 'string') return stringOf(json);
  if (typeof json === 'number') {
    if (Number.isSafeInteger(json)) return json;
    throw new InvalidJson(`${json} is not an integer within 2^53`);
  }
  if (typeof json !== 'object' || json === null) {
    throw new InvalidJson(`${String(json)} is no value`);
  }
  if (Array.isArray(json)) return new CedarSet(json.map(valueOf));
  const escape = escapeOf(json);
  if (escape === undefined) return recordOf(json as Record<string, CedarValueJson>);
  if ('entity' in escape) return escape.entity;
  const { name, args } = escape.call;
  const extension = extensionFunction(name);
  if (!extension) throw new InvalidJson(`there is no extension function ${name}`);
  try {
    return callExtension(name, extension, args.map(valueOf));
  } catch (error) {
    if (error instanceof EvaluationError) throw new InvalidJson(error.message);
    throw error;
  }
}

type Escape = { entity: EntityUid } | { call: { name: string; args: readonly CedarValueJson[] } };

/** What `__entity` or `__extn` stands for; undefined where the object is a record. */
export function escapeOf(json: object): Escape | undefined {
  const entity = Object.hasOwn(json, '__entity');
  if (Object.hasOwn(json, '__expr')) throw new InvalidJson('__expr is not supported');
  if (!entity && !Object.hasOwn(json, '__extn')) return undefined;
  // Beside another name it could be meant as either.
  if (Object.keys(json).length > 1) throw new InvalidJson('an escape stands beside a field');
  const { __entity, __extn } = json as Record<string, unknown>;
  if (entity) return { entity: uidOf(__entity as EntityUidJson) };
  const call = __extn as { fn?: unknown; arg?: CedarValueJson; args?: CedarValueJson[] };
  if (typeof call !== 'object' || call === null || typeof call.fn !== 'string') {
    throw new InvalidJson('__extn names no function');
  }
  if (Array.isArray(call.args)) return { call: { name: call.fn, args: call.args } };
  if (call.arg === undefined) throw new InvalidJson('__extn has no argument');
  return { call: { name: call.fn, args: [call.arg] } };
}

/** @throws InvalidJson */
export function uidOf(json: EntityUidJson): EntityUid {
  if (typeof json !== 'object' || json === null) throw new InvalidJson('an entity is no object');
  const { type, id } = '__entity' in json ? json.__entity : json;
  if (typeof id !== 'string') throw new InvalidJson('an entity has no id');
  return new EntityUid(entityTypeOf(type), stringOf(id));
}

const path = /^[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*$/;
/** Words of the language that no type can be called. */
const reserved = new Set(['true', 'false', 'if', 'then', 'else', 'in', 'is', 'like', 'has']);

/** @throws InvalidJson */
export function entityTypeOf(name: unknown): string {
  if (typeof name !== 'string' || !path.test(name)) {
    throw new InvalidJson(`${String(name)} is no entity type`);
  }
  if (name.split('::').some((part) => reserved.has(part) || part === '__cedar')) {
    throw new InvalidJson(`${name} is no entity type`);
  }
  return name;
}

/** Cedar's strings are Unicode text, which half a surrogate pair is not. */
export function stringOf(text: string): string {
  // The built-in is slow to call, and few strings have any surrogate.
  for (let at = 0; at < text.length; at += 1) {
    if ((text.charCodeAt(at) & 0xf800) !== 0xd800) continue;
    if (text.isWellFormed()) return text;
    throw new InvalidJson('a string is not well-formed Unicode');
  }
  return text;
}
