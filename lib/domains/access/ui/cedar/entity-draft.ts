/** An entity as a form holds it: every attribute as text. Pure. */
import type { DeclaredType, EntityView } from '../../cedar-policies/schema';

type Attribute = DeclaredType['attributes'][number];
export interface EntityDraft {
  id: string;
  /** Absent for what is not given. */
  values: Readonly<Record<string, string>>;
  parents: readonly { type: string; id: string }[];
}

export function draftOf(type: DeclaredType, entity?: EntityView): EntityDraft {
  const values = type.attributes.flatMap((attribute): [string, string][] => {
    const value = entity && own(entity.properties, attribute.name);
    return value === undefined ? [] : [[attribute.name, textOf(attribute, value)]];
  });
  return {
    id: entity?.id ?? '',
    values: Object.fromEntries(values),
    parents: entity?.parents ?? [],
  };
}

function textOf({ kind }: Attribute, value: unknown): string {
  if (kind === 'json') return JSON.stringify(value, null, 2);
  // An entity may stand as { type, id }.
  if (typeof value === 'object' && value !== null) return String((value as { id: unknown }).id);
  return String(value);
}

export interface Given {
  properties: Record<string, unknown>;
  /** By field, what cannot be sent at all. */
  errors: Record<string, string>;
}

/** What is sent. The server says what is not of its type; here only what is no JSON. */
export function propertiesOf(type: DeclaredType, { values }: EntityDraft): Given {
  const given: Given = { properties: {}, errors: {} };
  for (const attribute of type.attributes) {
    const text = own(values, attribute.name);
    if (text === undefined || (text.trim() === '' && attribute.kind !== 'string')) continue;
    try {
      given.properties[attribute.name] = valueOf(attribute, text);
    } catch {
      given.errors[`properties.${attribute.name}`] = `must be ${attribute.words}`;
    }
  }
  return given;
}

function valueOf({ kind }: Attribute, text: string): unknown {
  if (kind === 'json') return JSON.parse(text) as unknown;
  if (kind === 'boolean') return text === 'true';
  // What is no whole number goes as it is, for the server to refuse by name.
  if (kind === 'long') return /^\s*-?\d+\s*$/.test(text) ? Number(text) : text;
  return text;
}

/** The message for an attribute, also where it is about something within it. */
export function errorOf(errors: Readonly<Record<string, string | undefined>>, field: string) {
  const [found] = Object.entries(errors).filter(
    ([name]) => name === field || name.startsWith(`${field}.`),
  );
  if (!found) return undefined;
  const [name, message] = found;
  return name === field ? message : `${name.slice(field.length + 1)} ${message}`;
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
