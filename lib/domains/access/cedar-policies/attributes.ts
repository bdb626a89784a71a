/** How a person gives a value of a declared type. Pure. */
import type { Declared, TypeJson } from './declared';
import type { DeclaredType } from './schema';

type Kind = DeclaredType['attributes'][number]['kind'];

/** The types of a schema as forms ask for them. */
export function declaredTypes(declared: Declared | undefined): DeclaredType[] {
  if (!declared) return [];
  return [...declared.entityTypes].map(([name, { attributes, memberOf }]) => ({
    name,
    memberOf: [...memberOf],
    attributes: Object.entries(attributes).map(([attribute, type]) => ({
      name: attribute,
      required: type.required !== false,
      ...given(declared, type),
    })),
  }));
}

/** A kind of control, and the type in words; what has no control of its own is given as JSON. */
function given(declared: Declared, type: TypeJson): { kind: Kind; words: string } {
  const plain = type.type.replace(/^__cedar::/, '');
  switch (plain) {
    case 'String':
      return { kind: 'string', words: 'text' };
    case 'Long':
      return { kind: 'long', words: 'a whole number' };
    case 'Bool':
    case 'Boolean':
      return { kind: 'boolean', words: 'true or false' };
    case 'Set': {
      const of = type.element ? given(declared, type.element).words : 'values';
      return { kind: 'json', words: `a list of ${of}, as JSON` };
    }
    case 'Record': {
      const names = Object.entries(type.attributes ?? {}).map(
        ([name, one]) => `${name}${one.required === false ? '?' : ''}`,
      );
      return { kind: 'json', words: `an object of ${names.join(', ')}, as JSON` };
    }
    case 'Entity':
      return { kind: 'string', words: `the id of a ${type.name}` };
    case 'Extension':
      return extension(declared, type.name ?? '');
    default:
      return extension(declared, type.type);
  }
}

const extensions: Record<string, string> = {
  ipaddr: 'an IP address or range',
  decimal: 'a decimal such as 12.5',
  datetime: 'a date or instant such as 2026-01-31T09:00:00Z',
  duration: 'a duration such as 1h30m',
};

function extension(declared: Declared, name: string): { kind: Kind; words: string } {
  const common = declared.commonTypes.get(name);
  if (common) return given(declared, common);
  const words = extensions[name.replace(/^__cedar::/, '')];
  return words === undefined ? { kind: 'json', words: name } : { kind: 'string', words };
}
