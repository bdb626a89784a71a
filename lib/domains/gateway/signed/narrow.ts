/**
 * What of a held action's parameters an approver may make smaller: pure, asked when they do.
 * What comes of it must be an action that could have been proposed.
 */
import { scaled } from '@/lib/domains/access/server';
import type { FieldError } from '@/lib/kernel/problem';
import { broken } from '../pipeline/inspect';
import type { ActionTypeRow } from '../snapshot/rows';
import { validatorOf } from '../snapshot/validator';

type Parameters = Record<string, unknown>;
type Type = Pick<ActionTypeRow, 'parameters' | 'rules' | 'narrowable'>;

export interface Bound {
  parameter: string;
  /** As proposed. */
  value: number;
  /** The least it may be made. */
  minimum: number;
}

/** The numbers of this proposal that may be made smaller, and how small. */
export function narrowableIn(type: Type, proposed: Parameters): Bound[] {
  return type.narrowable.flatMap((parameter) => {
    const value = Object.hasOwn(proposed, parameter) ? proposed[parameter] : undefined;
    if (typeof value !== 'number') return [];
    const minimum = minimumOf(type, parameter);
    return minimum < value ? [{ parameter, value, minimum }] : [];
  });
}

/** What the JSON Schema names as the least, or else 0. */
function minimumOf({ parameters }: Type, parameter: string): number {
  const { properties } = parameters as { properties?: Record<string, Parameters> };
  const schema = properties && Object.hasOwn(properties, parameter) ? properties[parameter] : {};
  const bounds = [schema?.['minimum'], schema?.['exclusiveMinimum']];
  const numbers = bounds.filter((each) => typeof each === 'number');
  return numbers.length > 0 ? Math.max(...numbers) : 0;
}

/**
 * The whole parameters with these in place of those proposed, or what is wrong with them, by
 * field: each must be a number that may be made smaller, none may be larger, one must be
 * smaller, and together they must fit the JSON Schema and the rules.
 */
export function narrow(
  type: Type,
  session: { attributes: Parameters },
  proposed: Parameters,
  asked: Parameters,
): { parameters: Parameters } | { errors: FieldError[] } {
  const bounds = new Map(narrowableIn(type, proposed).map((bound) => [bound.parameter, bound]));
  const wrong = (parameter: string, message: string): FieldError => ({
    field: parameter ? `parameters.${parameter}` : 'parameters',
    message,
  });
  const errors = Object.entries(asked).flatMap(([parameter, value]): FieldError[] => {
    const bound = bounds.get(parameter);
    if (!bound) return [wrong(parameter, 'is not one that may be made smaller')];
    if (typeof value !== 'number' || scaled(value) === undefined) {
      return [wrong(parameter, 'must be a number with at most four decimals')];
    }
    if (value > bound.value) return [wrong(parameter, `must not be above ${bound.value}`)];
    if (value < bound.minimum) return [wrong(parameter, `must not be below ${bound.minimum}`)];
    return [];
  });
  if (errors.length > 0) return { errors };
  const smaller = Object.entries(asked).some(([name, value]) => value !== proposed[name]);
  if (!smaller) return { errors: [wrong('', 'must make something smaller than proposed')] };
  const parameters = { ...proposed, ...asked };
  const violations = validatorOf(type.parameters)(parameters).map(({ field, message }) =>
    wrong(field, message),
  );
  const rules = type.rules.flatMap((rule) =>
    broken(rule, parameters, session).map(({ message }) => wrong(rule.parameter, message)),
  );
  const all = [...violations, ...rules];
  return all.length > 0 ? { errors: all } : { parameters };
}
