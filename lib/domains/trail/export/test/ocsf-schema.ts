/**
 * Judges OCSF events by the published, compiled schema: every attribute known, required ones
 * there, types, enumerations and their captions, constraints, and profiles that are declared
 * before their attributes are used. Written from the schema alone, not from the mapping.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

const FILE = path.resolve('../shared/vectors/ocsf/ocsf-1.8.0-compiled.json.gz');

interface Attribute {
  type: string;
  requirement: 'required' | 'recommended' | 'optional';
  is_array?: boolean;
  object_type?: string;
  sibling?: string;
  enum?: Record<string, { caption: string }>;
  profiles?: string[] | null;
  '@deprecated'?: { message: string };
}

interface Definition {
  uid?: number;
  attributes: Record<string, Attribute>;
  constraints?: { at_least_one?: string[]; just_one?: string[] };
}

interface DataType {
  type?: string;
  regex?: string;
  max_len?: number;
  range?: [number, number];
}

export interface OcsfSchema {
  version: string;
  classes: Record<string, Definition>;
  objects: Record<string, Definition>;
  dictionary: { types: { attributes: Record<string, DataType> } };
}

/** The published schema; undefined where the folder of vectors is absent. */
export function readOcsf(): OcsfSchema | undefined {
  if (!existsSync(FILE)) return undefined;
  return JSON.parse(gunzipSync(readFileSync(FILE)).toString('utf8')) as OcsfSchema;
}

type Values = Record<string, unknown>;

/** What is wrong with an event, each with the path to it; empty when nothing is. */
export function judge(schema: OcsfSchema, event: Values): string[] {
  const found = Object.values(schema.classes).find(({ uid }) => uid === event['class_uid']);
  if (!found) return [`class_uid: no class is ${String(event['class_uid'])}`];
  const metadata = event['metadata'] as { profiles?: string[]; version?: string } | undefined;
  const wrong: string[] = [];
  if (metadata?.version !== schema.version)
    wrong.push(`metadata.version: is not ${schema.version}`);
  if (event['type_uid'] !== Number(event['class_uid']) * 100 + Number(event['activity_id'])) {
    wrong.push('type_uid: is not class_uid * 100 + activity_id');
  }
  judgeObject({ schema, profiles: new Set(metadata?.profiles), wrong }, found, event, '');
  return wrong;
}

interface Judging {
  schema: OcsfSchema;
  profiles: ReadonlySet<string>;
  wrong: string[];
}

function judgeObject(judging: Judging, definition: Definition, values: Values, at: string): void {
  const { profiles, wrong } = judging;
  const { attributes, constraints } = definition;
  for (const name of Object.keys(values)) {
    if (!(name in attributes)) wrong.push(`${at}${name}: is no attribute`);
  }
  for (const [name, attribute] of Object.entries(attributes)) {
    const value = values[name];
    const open = !attribute.profiles || attribute.profiles.some((each) => profiles.has(each));
    if (value === undefined) {
      if (attribute.requirement === 'required' && open) wrong.push(`${at}${name}: is missing`);
      continue;
    }
    if (!open) wrong.push(`${at}${name}: is of a profile that is not declared`);
    if (attribute['@deprecated']) wrong.push(`${at}${name}: is deprecated`);
    judgeAttribute(judging, attribute, value, `${at}${name}`);
    judgeSibling(attribute, value, values, `${at}${name}`, wrong);
  }
  const has = (name: string) => values[name] !== undefined;
  const { at_least_one: any, just_one: one } = constraints ?? {};
  if (any && !any.some(has)) wrong.push(`${at}: has none of ${any.join(', ')}`);
  if (one && one.filter(has).length !== 1) wrong.push(`${at}: has not one of ${one.join(', ')}`);
}

function judgeAttribute(judging: Judging, attribute: Attribute, value: unknown, at: string): void {
  if (!attribute.is_array) return judgeValue(judging, attribute, value, at);
  if (!Array.isArray(value)) {
    judging.wrong.push(`${at}: is no array`);
    return;
  }
  for (const [index, each] of value.entries())
    judgeValue(judging, attribute, each, `${at}[${index}]`);
}

function judgeValue(judging: Judging, attribute: Attribute, value: unknown, at: string): void {
  const { schema, wrong } = judging;
  if (attribute.enum && !(String(value) in attribute.enum))
    wrong.push(`${at}: ${String(value)} is not among its values`);
  if (attribute.type !== 'object_t') {
    const problem = wrongType(schema, attribute.type, value);
    if (problem) wrong.push(`${at}: ${problem}`);
    return;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    wrong.push(`${at}: is no object`);
    return;
  }
  // The schema's "object" has no attributes of its own and stands for any.
  if (attribute.object_type === 'object') return;
  const definition = schema.objects[attribute.object_type ?? ''];
  if (definition) judgeObject(judging, definition, value as Values, `${at}.`);
  else wrong.push(`${at}: the schema has no object ${attribute.object_type}`);
}

/** The words beside a number of an enumeration are its caption, unless the number says "other". */
function judgeSibling(
  { sibling, enum: values }: Attribute,
  value: unknown,
  all: Values,
  at: string,
  wrong: string[],
): void {
  if (!sibling || !values) return;
  const said = all[sibling];
  const caption = values[String(value)]?.caption;
  if (value === 99 && said === undefined) wrong.push(`${at}: is other, and ${sibling} is missing`);
  if (value === 99 || said === undefined || caption === undefined || said === caption) return;
  wrong.push(`${at}: is ${caption}, and ${sibling} says ${String(said)}`);
}

const basic: Record<string, (value: unknown) => boolean> = {
  string_t: (value) => typeof value === 'string',
  integer_t: Number.isSafeInteger,
  long_t: Number.isSafeInteger,
  float_t: (value) => typeof value === 'number',
  boolean_t: (value) => typeof value === 'boolean',
  json_t: () => true,
};

function wrongType(schema: OcsfSchema, name: string, value: unknown): string | undefined {
  const type = schema.dictionary.types.attributes[name];
  if (!type) return `the schema has no type ${name}`;
  const base = basic[name] ?? basic[type.type ?? ''];
  if (!base) return `the type ${name} cannot be judged`;
  if (!base(value)) return `is not of type ${name}`;
  if (type.regex && !new RegExp(type.regex).test(String(value))) return `is not a ${name}`;
  if (type.max_len && String(value).length > type.max_len) return `is longer than ${type.max_len}`;
  const [least, most] = type.range ?? [];
  if (least !== undefined && Number(value) < least) return `is below ${least}`;
  if (most !== undefined && Number(value) > most) return `is above ${most}`;
  return undefined;
}
