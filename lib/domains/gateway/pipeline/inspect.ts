import { scaled } from '@/lib/domains/access/server';
import type { Reason } from '../schema';
import type { Session } from '../sessions';
import type { Rule } from '../snapshot/rows';
import type { ActionType } from '../snapshot/snapshot';
import { unsafeInPath } from '../tool/request';

type Parameters = Record<string, unknown>;

/** Stage 4. What code forbids whatever anyone permits; empty when nothing does. */
export function inspect(
  type: ActionType,
  parameters: Parameters,
  session: Pick<Session, 'attributes'>,
): Reason[] {
  return [
    ...type.rules.flatMap((rule) => broken(rule, parameters, session)),
    ...type.pathParameters.flatMap((name) => {
      const message = unsafeInPath(parameters[name]);
      return message
        ? [
            {
              code: 'parameter_unsafe',
              message: `The parameter ${name} ${message}. Send one plain value.`,
            },
          ]
        : [];
    }),
    ...numbers(type).flatMap((name) => {
      const value = parameters[name];
      if (typeof value !== 'number' || scaled(value) !== undefined) return [];
      return [
        {
          code: 'parameter_precision',
          message: `The parameter ${name} has more than four decimals or is too large to compare. Round it.`,
        },
      ];
    }),
  ];
}

/** Parameters that the policies compare as numbers. */
function numbers({ policies }: ActionType): string[] {
  return [...policies.inputs.types].flatMap(([attribute, kind]) =>
    kind === 'number' && attribute.startsWith('parameters.')
      ? [attribute.slice('parameters.'.length)]
      : [],
  );
}

/** What one rule says against these parameters; empty when nothing. */
export function broken(
  rule: Rule,
  parameters: Parameters,
  session: Pick<Session, 'attributes'>,
): Reason[] {
  const value = parameters[rule.parameter];
  if (rule.rule === 'equals_session') {
    const bound = Object.hasOwn(session.attributes, rule.attribute)
      ? session.attributes[rule.attribute]
      : undefined;
    if (bound !== undefined && value === bound) return [];
    return [
      {
        code: 'rule_equals_session',
        message: `The parameter ${rule.parameter} must equal the session's ${rule.attribute}. Use the session of whom it concerns.`,
      },
    ];
  }
  // An optional parameter that is left out is out of no range.
  if (value === undefined) return [];
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = rule;
  if (typeof value === 'number' && value >= min && value <= max) return [];
  return [
    {
      code: 'rule_range',
      message: `The parameter ${rule.parameter} must be a number${rule.min === undefined ? '' : ` of at least ${min}`}${rule.max === undefined ? '' : ` and at most ${max}`}.`,
    },
  ];
}
