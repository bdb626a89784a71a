import { compileJsonSchema, PatternError } from '@/lib/infra/json-schema';
import { type FieldError, invalid } from '@/lib/kernel/problem';
import type { ParameterRule, ParametersSchema, Reversibility } from './schema';

interface Definition {
  parameters: ParametersSchema;
  rules: ParameterRule[];
  pathTemplate: string;
  sentence: string;
  narrowable: string[];
  effects: string[];
  reversibility: Reversibility;
}

/** Names in {braces}. */
export function places(template: string): string[] {
  return [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
}

/** 422 naming each field that contradicts another; an action type must hang together. */
export function assertConsistent(definition: Definition): void {
  const { properties, required = [] } = definition.parameters;
  const errors: FieldError[] = [];
  try {
    compileJsonSchema(closed(definition.parameters));
  } catch (error) {
    const { message } = error as Error;
    errors.push({
      field: 'parameters',
      message:
        error instanceof PatternError
          ? `has a pattern that cannot be run: ${message}`
          : `is no valid JSON Schema: ${message}`,
    });
  }
  for (const place of places(definition.pathTemplate)) {
    if (!required.includes(place) || !(place in properties)) {
      errors.push({ field: 'pathTemplate', message: `{${place}} must be a required parameter` });
    }
  }
  for (const place of places(definition.sentence)) {
    if (!(place in properties)) {
      errors.push({ field: 'sentence', message: `{${place}} is not a parameter` });
    }
  }
  for (const [index, rule] of definition.rules.entries()) {
    if (!(rule.parameter in properties)) {
      errors.push({
        field: `rules.${index}.parameter`,
        message: `${rule.parameter} is not a parameter`,
      });
    }
  }
  for (const [index, name] of definition.narrowable.entries()) {
    if (!isNumber(properties[name])) {
      errors.push({
        field: `narrowable.${index}`,
        message: `${name} is not a parameter that is a number`,
      });
    }
  }
  const changes = definition.effects.some((effect) => effect !== 'read');
  if (changes === (definition.reversibility === 'read_only')) {
    errors.push({
      field: 'reversibility',
      message: changes ? 'an effect beyond read cannot be read-only' : 'a pure read is read-only',
    });
  }
  if (errors.length > 0) throw invalid(errors);
}

/** Whether a parameter is a number by its JSON Schema, and so can be made smaller. */
function isNumber(schema: Record<string, unknown> | undefined): boolean {
  return schema?.['type'] === 'number' || schema?.['type'] === 'integer';
}

/** Parameters that the schema does not name are refused unless it says otherwise. */
export function closed(schema: ParametersSchema): ParametersSchema {
  return { additionalProperties: false, ...schema };
}
