import type { ActionType, Effect, ParameterRule, ParametersSchema } from '../schema';
import { changed } from '@/lib/kernel/defined';

/** One parameter rule as typed. */
export interface RuleDraft {
  parameter: string;
  rule: ParameterRule['rule'];
  attribute: string;
  min: string;
  max: string;
}

export interface ActionTypeDraft {
  key: string;
  toolId: string;
  title: string;
  description: string;
  /** JSON as typed. */
  parameters: string;
  rules: RuleDraft[];
  effects: Effect[];
  reversibility: ActionType['reversibility'];
  classification: ActionType['classification'];
  method: ActionType['method'];
  pathTemplate: string;
  sentence: string;
  signing: ActionType['signing'];
  narrowable: string[];
}

const blank: ParametersSchema = {
  type: 'object',
  properties: { order_id: { type: 'string', minLength: 1, maxLength: 64 } },
  required: ['order_id'],
  additionalProperties: false,
};

export function draftOf(type?: ActionType): ActionTypeDraft {
  return {
    key: type?.key ?? '',
    toolId: type?.tool.id ?? '',
    title: type?.title ?? '',
    description: type?.description ?? '',
    parameters: JSON.stringify(type?.parameters ?? blank, null, 2),
    rules: (type?.rules ?? []).map((rule) => ({
      parameter: rule.parameter,
      rule: rule.rule,
      attribute: rule.rule === 'equals_session' ? rule.attribute : '',
      min: rule.rule === 'range' ? String(rule.min ?? '') : '',
      max: rule.rule === 'range' ? String(rule.max ?? '') : '',
    })),
    effects: type?.effects ?? ['read'],
    reversibility: type?.reversibility ?? 'read_only',
    classification: type?.classification ?? 'Internal',
    method: type?.method ?? 'GET',
    pathTemplate: type?.pathTemplate ?? '/',
    sentence: type?.sentence ?? '',
    signing: type?.signing ?? null,
    narrowable: type?.narrowable ?? [],
  };
}

export type ParsedSchema =
  | { schema: unknown; properties: Record<string, Record<string, unknown>>; error: null }
  | { schema: null; properties: Record<string, never>; error: string };

/** The schema as typed, read as JSON, with its properties when it has them. */
export function parseSchema(text: string): ParsedSchema {
  try {
    const schema = JSON.parse(text) as { properties?: unknown } | null;
    const properties = schema && typeof schema === 'object' ? schema.properties : null;
    return {
      schema,
      properties:
        properties && typeof properties === 'object'
          ? (properties as Record<string, Record<string, unknown>>)
          : {},
      error: null,
    };
  } catch (error) {
    return { schema: null, properties: {}, error: (error as SyntaxError).message };
  }
}

/** Names of the parameters that are numbers. */
export function numbersIn(properties: ParsedSchema['properties']): string[] {
  return Object.entries(properties).flatMap(([name, schema]) =>
    schema['type'] === 'number' || schema['type'] === 'integer' ? [name] : [],
  );
}

const bound = (text: string) => (text.trim() === '' ? {} : { value: Number(text) });

/** What is sent; the key only when it is new, since agents propose by it. */
export function bodyOf(draft: ActionTypeDraft, schema: unknown, isNew: boolean) {
  const { key, rules, parameters: _, ...rest } = draft;
  return {
    ...(isNew ? { key } : {}),
    ...rest,
    parameters: schema,
    rules: rules.map((rule) => {
      if (rule.rule === 'equals_session') {
        return { parameter: rule.parameter, rule: rule.rule, attribute: rule.attribute };
      }
      const { value: min } = { value: undefined, ...bound(rule.min) };
      const { value: max } = { value: undefined, ...bound(rule.max) };
      return { parameter: rule.parameter, rule: rule.rule, min, max };
    }),
  };
}

const sentOf = (draft: ActionTypeDraft) =>
  bodyOf(draft, parseSchema(draft.parameters).schema, false);

/** The body that changes one, which has only what differs from what the form began with. */
export const changesOf = (began: ActionTypeDraft, draft: ActionTypeDraft) =>
  changed(sentOf(began), sentOf(draft));
