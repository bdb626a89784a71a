import { z } from 'zod';
import { Classification } from '@/lib/domains/classification';
import { scaled } from '../scale';

const name = '[A-Za-z_][A-Za-z0-9_]{0,62}';

/** What a clause speaks of. A parameter or session attribute that is absent satisfies no clause. */
export const Attribute = z
  .string()
  .regex(
    new RegExp(
      `^(parameters\\.${name}|session\\.${name}|agent\\.(name|model|environment)|user\\.id)$`,
    ),
    'name parameters.…, session.…, agent.name, agent.model, agent.environment or user.id',
  );
export type Attribute = z.output<typeof Attribute>;

const text = z.string().max(500);
/** Policies compare whole ten-thousandths, so that no amount is ever rounded. */
const number = z
  .number()
  .refine((value) => scaled(value) !== undefined, 'use at most four decimals');
const Literal = z.union([text, number, z.boolean()]);
export type Literal = z.output<typeof Literal>;

const comparisons = ['==', '!=', '<', '<=', '>', '>='] as const;

const Compare = z
  .strictObject({
    on: z.literal('compare'),
    left: Attribute,
    is: z.enum(comparisons),
    right: z.union([Literal, z.strictObject({ attribute: Attribute })]),
  })
  .refine(
    ({ is, right }) => is === '==' || is === '!=' || !['string', 'boolean'].includes(typeof right),
    { path: ['right'], message: 'must be a number to be less or more than' },
  );

const OneOf = z
  .strictObject({
    on: z.literal('one_of'),
    left: Attribute,
    values: z.array(Literal).min(1).max(100),
  })
  .refine(({ values }) => new Set(values.map((value) => typeof value)).size === 1, {
    path: ['values'],
    message: 'must all be text, all numbers or all true and false',
  });
const Like = z.strictObject({
  on: z.literal('like'),
  left: Attribute,
  /** `*` stands for any characters. */
  pattern: text.min(1),
});
const Has = z.strictObject({ on: z.literal('has'), left: Attribute });

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 09:00');
const zone = z.string().max(60).refine(isZone, 'must be a time zone such as Europe/Berlin');

/** From `from` up to but without `to`; past midnight when `to` is not later. */
const Time = z.strictObject({
  on: z.literal('time'),
  /** Of the moment it begins. */
  days: z.array(z.enum(weekdays)).min(1).max(7),
  from: clockTime,
  to: clockTime,
  zone,
});
export type Time = z.output<typeof Time>;

const Network = z.strictObject({
  on: z.literal('network'),
  /** Where the request may come from, in CIDR notation. */
  ranges: z
    .array(z.union([z.cidrv4(), z.cidrv6()], 'must be a range such as 10.0.0.0/8'))
    .min(1)
    .max(50),
});
/** The classification of the data that the action type touches. */
const Data = z.strictObject({ on: z.literal('classification'), atMost: Classification });

const Simple = z.discriminatedUnion('on', [Compare, OneOf, Like, Has, Time, Network, Data]);
const Any = z.strictObject({ on: z.literal('any'), clauses: z.array(Simple).min(2).max(10) });

export const Clause = z.discriminatedUnion('on', [...Simple.options, Any]);
export type Clause = z.output<typeof Clause>;
export type SimpleClause = z.output<typeof Simple>;

/** All clauses must hold; none means always. */
export const Condition = z.array(Clause).max(20);
export type Condition = z.output<typeof Condition>;

export function isOther(
  right: Literal | { attribute: Attribute },
): right is { attribute: Attribute } {
  return typeof right === 'object';
}

/** The clauses without the grouping of "any of". */
export function simpleClauses(condition: Condition): SimpleClause[] {
  return condition.flatMap((clause) => (clause.on === 'any' ? clause.clauses : [clause]));
}

export type AttributeType = 'text' | 'number' | 'boolean';

/**
 * What type each attribute must have for the condition to mean something; undefined where
 * only its presence or its equality to another attribute is asked for.
 */
export function attributeTypes(condition: Condition): [Attribute, AttributeType | undefined][] {
  return simpleClauses(condition).flatMap((clause): [Attribute, AttributeType | undefined][] => {
    switch (clause.on) {
      case 'compare': {
        if (!isOther(clause.right)) return [[clause.left, typeOf(clause.right)]];
        const type = clause.is === '==' || clause.is === '!=' ? undefined : ('number' as const);
        return [
          [clause.left, type],
          [clause.right.attribute, type],
        ];
      }
      case 'one_of':
        return [
          [clause.left, clause.values[0] === undefined ? undefined : typeOf(clause.values[0])],
        ];
      case 'like':
        return [[clause.left, 'text']];
      case 'has':
        return [[clause.left, undefined]];
      default:
        return [];
    }
  });
}

function typeOf(value: Literal): AttributeType {
  return typeof value === 'string' ? 'text' : (typeof value as 'number' | 'boolean');
}

function isZone(value: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: value }) !== undefined;
  } catch {
    return false;
  }
}
