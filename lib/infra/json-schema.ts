import { type AnySchemaObject, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export interface SchemaViolation {
  /** Dotted path of the value; empty for the whole. */
  field: string;
  message: string;
}

/** Compiles a JSON Schema (2020-12); throws an Error that says what is wrong with it. */
export function compileJsonSchema(schema: unknown): (value: unknown) => SchemaViolation[] {
  const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
  (addFormats as unknown as (target: Ajv2020) => void)(ajv);
  const validate: ValidateFunction = ajv.compile(schema as AnySchemaObject);
  return (value) => {
    if (validate(value)) return [];
    return (validate.errors ?? []).slice(0, 20).map((error) => {
      const path = error.instancePath.slice(1).replaceAll('/', '.');
      const extra: unknown =
        error.keyword === 'additionalProperties'
          ? error.params['additionalProperty']
          : error.keyword === 'required'
            ? error.params['missingProperty']
            : undefined;
      return {
        field: [path, extra].filter(Boolean).join('.'),
        message:
          error.keyword === 'additionalProperties'
            ? 'is not a known parameter'
            : error.keyword === 'required'
              ? 'is required'
              : (error.message ?? 'is not valid'),
      };
    });
  };
}
