import { type AnySchemaObject, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { addLinear } from './json-schema/keywords';
import { LinearPattern, TooManySteps } from './json-schema/linear';

export { PatternError } from './json-schema/read';

export interface SchemaViolation {
  /** Dotted path of the value; empty for the whole. */
  field: string;
  message: string;
}

/** Steps of patterns for one value: enough for twenty of them on a body of 1 MB, and done in a fifth of a second. */
const STEPS = 20_000_000;

/** Tells whether a schema is one. To compile what does takes many times what the schema itself takes. */
const draft = equipped(new Ajv2020({ strict: true }));

/**
 * Compiles a JSON Schema (2020-12); throws an Error that says what is wrong with it. Its patterns
 * are run in time linear in the value, so one with a look-around or a reference back is wrong too.
 */
export function compileJsonSchema(schema: unknown): (value: unknown) => SchemaViolation[] {
  const steps = { left: STEPS };
  const regExp = Object.assign((source: string) => new LinearPattern(source, steps), {
    // Only for a schema that is written out as code.
    code: 'LinearPattern',
  });
  const ajv = equipped(
    new Ajv2020({
      ...{ strict: true, allErrors: true, allowUnionTypes: true, validateSchema: false },
      // Would look for them with a RegExp of its own.
      allowMatchingProperties: true,
      // A member may be called as what every object inherits: `constructor` is there only where it was sent.
      ownProperties: true,
      code: { regExp },
    }),
  );
  // Ajv passes over a property of this name, and what is said of it would not hold.
  if (/"__proto__":/.test(JSON.stringify(schema)))
    throw new Error('__proto__ can be no name in it');
  draft.validateSchema(schema as AnySchemaObject, true);
  const validate: ValidateFunction = ajv.compile(schema as AnySchemaObject);
  return (value) => {
    steps.left = STEPS;
    try {
      if (validate(value)) return [];
    } catch (error) {
      if (!(error instanceof TooManySteps)) throw error;
      return [{ field: '', message: "have more text than their schema's patterns can be run on" }];
    }
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

function equipped(ajv: Ajv2020): Ajv2020 {
  (addFormats as unknown as (target: Ajv2020) => void)(ajv);
  addLinear(ajv);
  return ajv;
}
