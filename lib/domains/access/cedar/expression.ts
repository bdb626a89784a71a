/**
 * An expression of Cedar's JSON form as a closure. What needs nothing of the request is worked
 * out once, here; an error in it stays an error of whoever evaluates it.
 */
import type { CedarValueJson, Expr } from '@/lib/infra/cedar';
import type { EntityStore, Found, Subjects } from './entities';
import { callExtension, extensionFunction } from './extensions';
import { entityTypeOf, escapeOf, stringOf, valueOf } from './json';
import { add, asLong, multiply, negate, subtract } from './long';
import {
  asBoolean,
  asEntity,
  asSet,
  asString,
  attribute,
  compare,
  entityAttribute,
  hasAttribute,
  hasPath,
  hasTag,
  isIn,
  like,
  tag,
} from './operators';
import { type CedarRecord, CedarSet, equal, EvaluationError } from './values';
import type { Value } from './values';

/** What an expression is evaluated against. */
export interface Environment extends Subjects {
  readonly context: CedarRecord;
  readonly entities: EntityStore;
}

/** Throws an EvaluationError where Cedar would. */
export type Evaluate = (environment: Environment) => Value;

/** Says why a policy is left to Cedar itself. */
export class Uncovered extends Error {
  override name = 'Uncovered';
}

interface Expression {
  evaluate: Evaluate;
  /** Set where the value, or the error, is known already. */
  constant?: { value: Value } | { error: EvaluationError };
}

/** Deeper ones would be at the mercy of the stack. */
const DEEPEST = 500;

type Operands = Readonly<Record<string, unknown>>;

/** @throws Uncovered or InvalidJson */
export function compileExpression(json: Expr): Evaluate {
  return compile(json, 0).evaluate;
}

function compile(json: unknown, depth: number): Expression {
  if (depth > DEEPEST) throw new Uncovered(`an expression is nested more than ${DEEPEST} deep`);
  if (typeof json !== 'object' || json === null) throw new Uncovered('an operand is missing');
  const [entry, another] = Object.entries(json);
  if (!entry || another) throw new Uncovered('an expression names more than one operator');
  const [name, body] = entry as [string, unknown];
  const inner = (operand: unknown) => compile(operand, depth + 1);
  const form = forms.get(name);
  if (form) return form(body, inner);
  const { arg, left, right } = operandsOf(body);
  const unary = unaries.get(name);
  if (unary) return computed([inner(arg)], (value) => unary(value));
  const binary = binaries.get(name);
  if (binary) return computed([inner(left), inner(right)], binary);
  const relation = relations.get(name);
  if (relation) {
    const [one, other] = [inner(left).evaluate, inner(right).evaluate];
    return { evaluate: (env) => relation(one(env), other(env), env.entities) };
  }
  return compileCall(name, listOf(body).map(inner));
}

const unaries = new Map<string, (value: Value) => Value>([
  ['!', (value) => !asBoolean(value)],
  ['neg', (value) => negate(asLong(value))],
  ['isEmpty', (value) => asSet(value).elements.length === 0],
]);

/** Operators on two values alone. */
const binaries = new Map<string, (left: Value, right: Value) => Value>([
  ['==', equal],
  ['!=', (left, right) => !equal(left, right)],
  ['<', (left, right) => compare(left, right) < 0],
  ['<=', (left, right) => compare(left, right) <= 0],
  ['>', (left, right) => compare(left, right) > 0],
  ['>=', (left, right) => compare(left, right) >= 0],
  ['+', (left, right) => add(asLong(left), asLong(right))],
  ['-', (left, right) => subtract(asLong(left), asLong(right))],
  ['*', (left, right) => multiply(asLong(left), asLong(right))],
  ['contains', (left, right) => asSet(left).contains(right)],
  ['containsAll', (left, right) => asSet(left).containsAll(asSet(right))],
  ['containsAny', (left, right) => asSet(left).containsAny(asSet(right))],
]);

/** Operators that look an entity up. */
const relations = new Map<string, (left: Value, right: Value, entities: EntityStore) => Value>([
  ['in', isIn],
  ['getTag', tag],
  ['hasTag', hasTag],
]);

type Inner = (operand: unknown) => Expression;

const forms = new Map<string, (body: unknown, inner: Inner) => Expression>([
  ['Value', (body) => compileLiteral(body as CedarValueJson)],
  ['Var', (body) => ({ evaluate: variableOf(body) })],
  ['Set', (body, inner) => computed(listOf(body).map(inner), (...values) => new CedarSet(values))],
  ['Record', (body, inner) => compileRecord(operandsOf(body), inner)],
  ['&&', (body, inner) => compileLogical(operandsOf(body), inner, true)],
  ['||', (body, inner) => compileLogical(operandsOf(body), inner, false)],
  ['if-then-else', (body, inner) => compileConditional(operandsOf(body), inner)],
  ['.', (body, inner) => compileAttribute(operandsOf(body), inner)],
  ['has', (body, inner) => compileHas(operandsOf(body), inner)],
  ['like', (body, inner) => compileLike(operandsOf(body), inner)],
  ['is', (body, inner) => compileIs(operandsOf(body), inner)],
]);

const subjects = new Map<unknown, (environment: Environment) => Found>([
  ['principal', (env) => env.principal],
  ['action', (env) => env.action],
  ['resource', (env) => env.resource],
]);

function variableOf(name: unknown): Evaluate {
  if (name === 'context') return (env) => env.context;
  const subject = subjects.get(name);
  if (subject) return (env) => subject(env).uid;
  throw new Uncovered(`there is no variable ${String(name)}`);
}

/** Also of sets and records; an extension's constructor in it errs when it is evaluated. */
function compileLiteral(json: CedarValueJson): Expression {
  if (Array.isArray(json)) {
    return computed(json.map(compileLiteral), (...values) => new CedarSet(values));
  }
  if (typeof json !== 'object' || json === null) return known({ value: valueOf(json) });
  const escape = escapeOf(json);
  if (escape && 'entity' in escape) return known({ value: escape.entity });
  if (escape) return compileCall(escape.call.name, escape.call.args.map(compileLiteral));
  return compileRecord(json as Operands, (field) => compileLiteral(field as CedarValueJson));
}

function compileCall(name: string, args: readonly Expression[]): Expression {
  const extension = extensionFunction(name);
  if (!extension) throw new Uncovered(`${name} is not compiled`);
  return computed(args, (...values) => callExtension(name, extension, values));
}

/** Fields are evaluated in the order of their names. */
function compileRecord(body: Operands, inner: Inner): Expression {
  const names = Object.keys(body).map(stringOf).sort();
  const fields = names.map((name) => inner(body[name]));
  return computed(
    fields,
    (...values) => new Map(values.map((value, index) => [names[index] ?? '', value])),
  );
}

/** The right side is judged only where the left one does not decide. */
function compileLogical({ left, right }: Operands, inner: Inner, and: boolean): Expression {
  const [first, second] = [inner(left).evaluate, inner(right).evaluate];
  return {
    evaluate: and
      ? (env) => asBoolean(first(env)) && asBoolean(second(env))
      : (env) => asBoolean(first(env)) || asBoolean(second(env)),
  };
}

function compileConditional(body: Operands, inner: Inner): Expression {
  const [condition, yes, no] = ['if', 'then', 'else'].map((name) => inner(body[name]).evaluate);
  if (!condition || !yes || !no) throw new Uncovered('an operand is missing');
  return { evaluate: (env) => (asBoolean(condition(env)) ? yes(env) : no(env)) };
}

function compileAttribute({ left, attr }: Operands, inner: Inner): Expression {
  const of = inner(left).evaluate;
  const name = textOf(attr);
  // The most common of all, and what the store has of it is at hand.
  const subject = subjects.get(operandsOf(left)['Var']);
  if (subject) return { evaluate: (env) => entityAttribute(subject(env), name) };
  return { evaluate: (env) => attribute(of(env), name, env.entities) };
}

function compileHas({ left, attr }: Operands, inner: Inner): Expression {
  const of = inner(left).evaluate;
  const path = Array.isArray(attr) ? attr.map(textOf) : [textOf(attr)];
  const [name] = path;
  if (name === undefined) throw new Uncovered('has names no attribute');
  if (path.length === 1) return { evaluate: (env) => hasAttribute(of(env), name, env.entities) };
  return { evaluate: (env) => hasPath(of(env), path, env.entities) };
}

function compileLike({ left, pattern }: Operands, inner: Inner): Expression {
  const parts = [''];
  for (const element of listOf(pattern)) {
    if (element === 'Wildcard') parts.push('');
    else parts.push((parts.pop() ?? '') + textOf(operandsOf(element)['Literal']));
  }
  return computed([inner(left)], (value) => like(asString(value), parts));
}

function compileIs({ left, entity_type, in: within }: Operands, inner: Inner): Expression {
  const of = inner(left);
  const type = entityTypeOf(entity_type);
  const is = (value: Value) => asEntity(value).type === type;
  if (within === undefined) return computed([of], is);
  const other = inner(within).evaluate;
  return {
    evaluate: (env) => {
      const value = of.evaluate(env);
      return is(value) && isIn(value, other(env), env.entities);
    },
  };
}

/** A function of its parts, evaluated in their order; of constant parts a constant. */
function computed(parts: readonly Expression[], apply: (...values: Value[]) => Value): Expression {
  const failing = parts.find((part) => !part.constant || 'error' in part.constant);
  if (failing?.constant) return known(failing.constant);
  if (!failing) {
    const values = parts.flatMap(({ constant }) =>
      constant && 'value' in constant ? [constant.value] : [],
    );
    try {
      return known({ value: apply(...values) });
    } catch (error) {
      if (error instanceof EvaluationError) return known({ error });
      throw error;
    }
  }
  const [one, two] = parts.map(({ evaluate }) => evaluate);
  if (one && parts.length === 1) return { evaluate: (env) => apply(one(env)) };
  if (one && two && parts.length === 2) return { evaluate: (env) => apply(one(env), two(env)) };
  const all = parts.map(({ evaluate }) => evaluate);
  return { evaluate: (env) => apply(...all.map((evaluate) => evaluate(env))) };
}

function known(constant: NonNullable<Expression['constant']>): Expression {
  if ('value' in constant) {
    const { value } = constant;
    return { evaluate: () => value, constant };
  }
  return {
    evaluate: () => {
      throw constant.error;
    },
    constant,
  };
}

function operandsOf(body: unknown): Operands {
  return typeof body === 'object' && body !== null ? (body as Operands) : {};
}

function listOf(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  throw new Uncovered('an expression is of no known form');
}

function textOf(name: unknown): string {
  if (typeof name === 'string') return stringOf(name);
  throw new Uncovered('an expression has a name that is no text');
}
