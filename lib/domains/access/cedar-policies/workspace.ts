/** A workspace's policies by hand with the schema that they are checked against: its own types and actions, and those declared. */
import { cedar, CedarTrapped, type PolicyJson, type SchemaJson, trapping } from '@/lib/infra/cedar';
import type { Limits, Tier } from '../schema';
import { compilePolicySet } from '../cedar';
import { readAnnotations, unknownWords } from './annotations';
import { type Declared, parseDeclared, type TypeJson } from './declared';
import { type Reads, readsOf } from './inputs';
import { problemAt, type TextProblem } from './place';
import { actionsOf } from './scope';

export interface ActionTypeFacts {
  key: string;
  /** JSON Schema of its parameters. */
  parameters: Record<string, unknown>;
}

export interface Source {
  declared: string;
  policies: readonly { name: string; text: string }[];
  actionTypes: readonly ActionTypeFacts[];
}

/** One policy of a text. */
export interface Statement {
  /** The text's name and which of its policies, from 1. */
  id: string;
  name: string;
  text: string;
  json: PolicyJson;
  /** Of what it permits; 3 unless it says otherwise. */
  tier: Tier;
  /** What it permits at most, of each agent. */
  limits: Limits;
  /** Why Cedar itself evaluates it; undefined when it is compiled. */
  uncovered: string | undefined;
}

export interface NamedProblem extends TextProblem {
  /** Of the policy's text; null for the schema. */
  name: string | null;
}

export interface Checked {
  declared: Declared | undefined;
  schema: SchemaJson<string>;
  statements: readonly Statement[];
  reads: Reads;
  problems: readonly NamedProblem[];
  /** Annotations of no meaning: refused where a text is written, and of no matter to one that stands. */
  unknown: readonly NamedProblem[];
}

/** Parses and validates everything; what has problems must not decide anything. */
export function checkWorkspace(source: Source): Checked {
  try {
    return trapping(() => check(source));
  } catch (error) {
    if (!(error instanceof CedarTrapped)) throw error;
    // Whichever it is, what was written last is named: what stood before has been checked.
    const name = source.policies.at(-1)?.name ?? null;
    const problems = [{ name, line: 1, column: 1, message: error.message }];
    const schema = schemaOf(undefined, [], readsOf([]));
    const nothing = { statements: [], reads: readsOf([]), unknown: [] };
    return { ...nothing, declared: undefined, schema, problems };
  }
}

function check(source: Source): Checked {
  const problems: NamedProblem[] = [];
  const unknown: NamedProblem[] = [];
  const parsed = parseDeclared(source.declared);
  const declared = Array.isArray(parsed) ? undefined : parsed;
  if (Array.isArray(parsed)) problems.push(...parsed.map((one) => ({ ...one, name: null })));
  const statements = source.policies.flatMap(({ name, text }) => {
    const read = statementsOf(name, text);
    if (isProblems(read)) {
      problems.push(...read.map((one) => ({ ...one, name })));
      return [];
    }
    for (const { text: part, json } of read) {
      const strange = readAnnotations(json).unknown;
      const of = (one: string) => ({
        ...annotationAt(text, part, one, `@${one} ${unknownWords}`),
        name,
      });
      unknown.push(...strange.map(of));
    }
    return read;
  });
  for (const { name, text, statement, annotation, message } of uncounted(source, statements)) {
    problems.push({ ...annotationAt(text, statement, annotation, message), name });
  }
  const reads = readsOf(statements.map(({ json }) => json));
  const clash = source.actionTypes.find(({ key }) => declared?.actions.has(key));
  if (clash) {
    const message = `the action ${clash.key} is an action type of the workspace; declare another`;
    problems.push({ name: null, line: 1, column: 1, message });
  }
  const schema = schemaOf(declared, source.actionTypes, reads);
  if (declared && !clash && statements.length > 0) {
    for (const name of invalidOf(schema, statements)) {
      const text = source.policies.find((one) => one.name === name)?.text ?? '';
      problems.push(...validated(schema, text).map((one) => ({ ...one, name })));
    }
  }
  return { declared, schema, statements, reads, problems, unknown };
}

/** Names of the texts that are not valid. All are checked at once; only these again, for the places. */
function invalidOf(schema: SchemaJson<string>, statements: readonly Statement[]): Set<string> {
  const texts = Object.fromEntries(statements.map(({ id, text }) => [id, text]));
  const answer = cedar().validate({ schema, policies: { staticPolicies: texts } });
  if (answer.type === 'failure') return new Set(statements.map(({ name }) => name));
  const wrong = new Set(answer.validationErrors.map(({ policyId }) => policyId));
  return new Set(statements.filter(({ id }) => wrong.has(id)).map(({ name }) => name));
}

function validated(schema: SchemaJson<string>, text: string): TextProblem[] {
  const answer = cedar().validate({ schema, policies: { staticPolicies: text } });
  const errors =
    answer.type === 'failure' ? answer.errors : answer.validationErrors.map(({ error }) => error);
  return errors.map((error) => problemAt(text, error));
}

function statementsOf(name: string, text: string): Statement[] | TextProblem[] {
  const parts = cedar().policySetTextToParts(text);
  if (parts.type === 'failure') return parts.errors.map((error) => problemAt(text, error));
  const [template] = parts.policy_templates;
  if (template !== undefined) return [placed(text, template, 'a template cannot be decided by')];
  if (parts.policies.length === 0) return [placed(text, '', 'has no policy')];
  const problems: TextProblem[] = [];
  const statements = parts.policies.flatMap((part, index): Statement[] => {
    const parsed = cedar().policyToJson(part);
    if (parsed.type === 'failure') {
      problems.push(...parsed.errors.map((error) => problemAt(text, error)));
      return [];
    }
    const { json } = parsed;
    const { tier, limits, malformed } = readAnnotations(json);
    if (malformed.length > 0) {
      problems.push(...malformed.map((one) => annotationAt(text, part, one.name, one.message)));
      return [];
    }
    const id = `${name}#${index + 1}`;
    const uncovered = compilePolicySet({ [id]: json }).uncovered[0]?.why;
    return [{ id, name, text: part, json, tier, limits, uncovered }];
  });
  return problems.length > 0 ? problems : statements;
}

function isProblems(read: Statement[] | TextProblem[]): read is TextProblem[] {
  return read.some((one) => 'line' in one);
}

function placed(text: string, part: string, message: string): TextProblem {
  const lines = text.slice(0, Math.max(0, text.indexOf(part))).split('\n');
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1, message };
}

/** At an annotation of one policy of a text. */
function annotationAt(text: string, part: string, name: string, message: string): TextProblem {
  const start = Math.max(0, text.indexOf(part));
  const within = text.slice(start).search(new RegExp(`@\\s*${name}\\b`));
  const lines = text.slice(0, start + Math.max(0, within)).split('\n');
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1, message };
}

/** Permits with limits of what they name that cannot be counted. */
function uncounted({ policies, actionTypes }: Source, statements: readonly Statement[]) {
  return statements.flatMap(({ name, text: statement, json, limits }) => {
    const [limit] = Object.keys(limits);
    if (limit === undefined) return [];
    const text = policies.find((one) => one.name === name)?.text ?? '';
    const named = actionsOf(json);
    const asked = named?.find((action) => actionTypes.every(({ key }) => key !== action));
    if (asked !== undefined) {
      const message = `only what agents do is counted, and ${asked} is no action type`;
      return [{ name, text, statement, annotation: '\\w+_per_\\w+', message }];
    }
    const parameter = limits.amountPerDay?.parameter;
    if (parameter === undefined) return [];
    const lacks = actionTypes.find(({ key, parameters }) => {
      const type = parameterTypes(parameters)[parameter];
      const number = type?.type === 'Long' || type?.name === 'decimal';
      return named?.includes(key) && !(number && type?.required);
    });
    if (!lacks) return [];
    const message = `it limits ${parameter} a day, which is no required number of ${lacks.key}`;
    return [{ name, text, statement, annotation: 'amount_per_day', message }];
  });
}

const none: SchemaJson<string> = { '': { entityTypes: {}, actions: {} } };

function schemaOf(
  declared: Declared | undefined,
  actionTypes: readonly ActionTypeFacts[],
  reads: Reads,
): SchemaJson<string> {
  const json = declared?.json ?? none;
  const root = json[''] ?? { entityTypes: {}, actions: {} };
  const own = actionTypes.map(({ key, parameters }) => [
    key,
    {
      appliesTo: {
        principalTypes: ['Agent'],
        resourceTypes: ['ActionType'],
        context: contextType(parameters, reads),
      },
    },
  ]);
  const actions = { ...Object.fromEntries(own), ...root.actions };
  return { ...json, '': { ...root, actions } } as SchemaJson<string>;
}

function contextType(parameters: Record<string, unknown>, reads: Reads): object {
  const optional = (name: string) => ({ ...cedarType(name), required: false });
  const clock = record({ day: { type: 'Long' }, minute: { type: 'Long' } });
  const zones = [...reads.zones].filter(isZone);
  return record({
    parameters: record(parameterTypes(parameters)),
    session: record(
      Object.fromEntries([...reads.session].map(([name, type]) => [name, optional(type)])),
    ),
    time: record(Object.fromEntries(zones.map((zone) => [zone, clock]))),
    user: { ...record({ id: { type: 'String' } }), required: false },
    address: { type: 'Extension', name: 'ipaddr', required: false },
  });
}

function record(attributes: object): { type: 'Record'; attributes: object } {
  return { type: 'Record', attributes };
}

function cedarType(name: string): object {
  return name === 'decimal' ? { type: 'Extension', name } : { type: name };
}

/** A parameter's type in Cedar: a number has four decimals, an integer none; lists of text are sets. */
export function parameterTypes(
  schema: Record<string, unknown>,
): NonNullable<TypeJson['attributes']> {
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, { type?: unknown; items?: { type?: unknown } } | undefined>;
    required?: readonly string[];
  };
  const types: NonNullable<TypeJson['attributes']> = {};
  for (const [name, property] of Object.entries(properties)) {
    const type = parameterType(property);
    if (type) types[name] = { ...type, required: required.includes(name) };
  }
  return types;
}

function parameterType(
  property: { type?: unknown; items?: { type?: unknown } } | undefined,
): TypeJson | undefined {
  if (property?.type === 'string') return { type: 'String' };
  if (property?.type === 'integer') return { type: 'Long' };
  if (property?.type === 'boolean') return { type: 'Boolean' };
  if (property?.type === 'number') return { type: 'Extension', name: 'decimal' };
  const text = property?.type === 'array' && property.items?.type === 'string';
  return text ? { type: 'Set', element: { type: 'String' } } : undefined;
}

function isZone(zone: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
