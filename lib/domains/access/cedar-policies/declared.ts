/** The entity types and actions that a workspace declares, in Cedar's schema syntax. */
import { cedar, type SchemaJson } from '@/lib/infra/cedar';
import { problemAt, type TextProblem } from './place';

/** A type of the schema's JSON form, with every name resolved. */
export interface TypeJson {
  type: string;
  name?: string;
  element?: TypeJson;
  attributes?: Record<string, TypeJson & { required?: boolean }>;
}

export interface EntityType {
  attributes: NonNullable<TypeJson['attributes']>;
  memberOf: ReadonlySet<string>;
}

export interface DeclaredAction {
  /** Its type is Action, or that of its namespace. */
  uid: { type: string; id: string };
  principals: ReadonlySet<string>;
  resources: ReadonlySet<string>;
  context: TypeJson;
  /** Groups of actions that it is in. */
  memberOf: readonly { type: string; id: string }[];
}

export interface Declared {
  /** Countersign's own types are among them, so that policies can speak of both. */
  json: SchemaJson<string>;
  entityTypes: ReadonlyMap<string, EntityType>;
  actions: ReadonlyMap<string, DeclaredAction>;
  commonTypes: ReadonlyMap<string, TypeJson>;
}

/** Types that are Countersign's own; an action type's action is added for each. */
export const OWN = `
entity Role;
entity Agent in [Role] {
  clearance: __cedar::Long, state: __cedar::String, environment: __cedar::String,
  name: __cedar::String, model: __cedar::String
};
entity ActionType { classification: __cedar::Long, environment: __cedar::String };
`;
export const ownTypes: ReadonlySet<string> = new Set(['Role', 'Agent', 'ActionType']);

/** Names by which AuthZEN speaks of what is Countersign's own. */
const spoken = new Set(['agent', 'tool', 'action_type']);

interface Namespace {
  entityTypes?: Record<string, { memberOfTypes?: string[]; shape?: TypeJson }>;
  actions?: Record<
    string,
    {
      appliesTo?: { principalTypes: string[]; resourceTypes: string[]; context?: TypeJson } | null;
      memberOf?: { id: string; type?: string }[] | null;
    }
  >;
  commonTypes?: Record<string, TypeJson>;
}

/** What a text declares, or what is wrong with it. */
export function parseDeclared(text: string): Declared | TextProblem[] {
  const whole = text + OWN;
  const json = cedar().schemaToJson(whole);
  if (json.type === 'failure') return json.errors.map((error) => problemAt(text, error));
  const resolved = cedar().schemaToJsonWithResolvedTypes(whole);
  if (resolved.type === 'failure') return resolved.errors.map((error) => problemAt(text, error));
  const declared: Declared & {
    entityTypes: Map<string, EntityType>;
    actions: Map<string, DeclaredAction>;
    commonTypes: Map<string, TypeJson>;
  } = { json: json.json, entityTypes: new Map(), actions: new Map(), commonTypes: new Map() };
  for (const [space, namespace] of Object.entries(resolved.json)) {
    const { entityTypes = {}, actions = {}, commonTypes = {} } = namespace as Namespace;
    const full = (name: string) => (space === '' ? name : `${space}::${name}`);
    for (const [name, type] of Object.entries(commonTypes)) {
      declared.commonTypes.set(full(name), type);
    }
    for (const [name, { shape, memberOfTypes = [] }] of Object.entries(entityTypes)) {
      if (space === '' && ownTypes.has(name)) continue;
      if (spoken.has(name) && space === '') return [reserved(text, name)];
      declared.entityTypes.set(full(name), {
        attributes: shape?.attributes ?? {},
        memberOf: new Set(memberOfTypes),
      });
    }
    for (const [name, { appliesTo, memberOf }] of Object.entries(actions)) {
      declared.actions.set(full(name), {
        uid: { type: full('Action'), id: name },
        principals: new Set(appliesTo?.principalTypes),
        resources: new Set(appliesTo?.resourceTypes),
        context: appliesTo?.context ?? { type: 'Record', attributes: {} },
        memberOf: (memberOf ?? []).map(({ id, type }) => ({ id, type: type ?? full('Action') })),
      });
    }
  }
  return declared;
}

function reserved(text: string, name: string): TextProblem {
  const before = text.slice(0, text.search(new RegExp(`\\b${name}\\b`))).split('\n');
  return {
    line: before.length,
    column: (before.at(-1) ?? '').length + 1,
    message: `${name} is a name of Countersign's own; choose another`,
  };
}
