import {
  type Attribute,
  type AttributeType,
  attributeTypes,
  type Condition,
  isOther,
  simpleClauses,
} from './schema';

export type Types = ReadonlyMap<Attribute, AttributeType>;

interface Parameters {
  properties?: Record<string, { type?: unknown } | undefined>;
}

/**
 * The one type of each attribute of a condition: a parameter's is that of its JSON Schema, an
 * agent's and the user's are text, and a session attribute's follows from what it is compared
 * with; `known` are those that other conditions have settled. A string says what contradicts.
 */
export function resolveTypes(
  condition: Condition,
  parameters: Parameters,
  known: Types = new Map(),
): Types | string {
  const types = new Map(known);
  const wanted = attributeTypes(condition);
  for (const [attribute] of wanted) {
    const [of, name = ''] = attribute.split('.');
    if (of === 'session') continue;
    const type = of === 'parameters' ? parameterType(parameters, name) : 'text';
    if (!type) return `${name} is no text, number or boolean parameter of the action type`;
    types.set(attribute, type);
  }
  for (const [attribute, type] of wanted) {
    const settled = types.get(attribute);
    if (type && settled && settled !== type) return contradiction(attribute, settled, type);
    if (type) types.set(attribute, type);
  }
  for (const [left, right] of pairs(condition)) {
    const a = types.get(left) ?? types.get(right) ?? 'text';
    const b = types.get(right) ?? a;
    if (a !== b) return `${left} is ${a} and ${right} is ${b}; they are never equal`;
    types.set(left, a).set(right, a);
  }
  for (const [attribute] of wanted) if (!types.has(attribute)) types.set(attribute, 'text');
  return types;
}

function pairs(condition: Condition): [Attribute, Attribute][] {
  return simpleClauses(condition).flatMap((clause): [Attribute, Attribute][] =>
    clause.on === 'compare' && isOther(clause.right) ? [[clause.left, clause.right.attribute]] : [],
  );
}

/** As what a parameter can be compared; undefined for objects, lists and what has no one type. */
export function parameterType({ properties }: Parameters, name: string): AttributeType | undefined {
  const type = Object.hasOwn(properties ?? {}, name) ? properties?.[name]?.type : undefined;
  if (type === 'string') return 'text';
  if (type === 'number' || type === 'integer') return 'number';
  return type === 'boolean' ? 'boolean' : undefined;
}

function contradiction(attribute: Attribute, settled: AttributeType, type: AttributeType): string {
  return `${attribute} is compared as ${type} here and is ${settled} elsewhere`;
}
