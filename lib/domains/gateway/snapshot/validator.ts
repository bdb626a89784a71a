import { LRUCache } from 'lru-cache';
import { compileJsonSchema, type SchemaViolation } from '@/lib/infra/json-schema';
import { logger } from '@/lib/infra/logger';
import { canonicalJson } from '@/lib/kernel/canonical';

type Validator = (parameters: unknown) => SchemaViolation[];

const validators = new LRUCache<string, Validator>({ max: 2_000 });

/** Compiled once for each distinct schema. One that cannot be compiled lets nothing pass. */
export function validatorOf(schema: Record<string, unknown>): Validator {
  const key = canonicalJson(schema);
  let validate = validators.get(key);
  if (!validate) {
    try {
      validate = compileJsonSchema(schema);
    } catch (error) {
      logger.error({ err: error }, 'an action type has an unusable JSON Schema');
      validate = () => [
        { field: '', message: 'the JSON Schema of this action type is unusable; ask an admin' },
      ];
    }
    validators.set(key, validate);
  }
  return validate;
}
