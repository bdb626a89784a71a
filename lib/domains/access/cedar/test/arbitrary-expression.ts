/**
 * Expressions of Cedar's JSON form: mostly of the type that is asked for, so that most of an
 * expression is evaluated, and now and then of another.
 */
import fc from 'fast-check';
import type { CedarValueJson, Expr } from '@/lib/infra/cedar';
import { datetimes, decimals, durations, ips, texts } from './arbitrary-text';

export const kinds = [
  'bool',
  'long',
  'string',
  'entity',
  'set',
  'record',
  'decimal',
  'ip',
  'datetime',
  'duration',
] as const;
export type Kind = (typeof kinds)[number];

/** Names of attributes, each mostly with values of one kind. */
export const named: Record<Kind, readonly string[]> = {
  bool: ['constructor'],
  long: ['n'],
  string: ['a b'],
  entity: ['owner'],
  set: ['list'],
  record: ['__proto__'],
  decimal: ['price'],
  ip: ['address'],
  datetime: ['at'],
  duration: ['ttl'],
};

export const uids = fc.record({
  type: fc.constantFrom('User', 'Group', 'App::Folder'),
  id: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom('a', 'b', 'c') },
    fc.constantFrom('d', '"\n\'é\u{7f}', ''),
  ),
});
export const actions = fc.record({
  type: fc.constant('Action'),
  id: fc.constantFrom('view', 'edit', 'read', 'all'),
});

export const longs = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
  fc.maxSafeInteger(),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 2 ** 32, -(2 ** 31), 1024),
);

const unary = (name: string, arg: fc.Arbitrary<Expr>) =>
  arg.map((each) => ({ [name]: { arg: each } }) as unknown as Expr);
const binary = (names: readonly string[], left: fc.Arbitrary<Expr>, right: fc.Arbitrary<Expr>) =>
  fc
    .tuple(fc.constantFrom(...names), left, right)
    .map(([name, one, other]) => ({ [name]: { left: one, right: other } }) as unknown as Expr);
const call = (names: readonly string[], ...args: fc.Arbitrary<Expr>[]) =>
  fc
    .tuple(fc.constantFrom(...names), fc.tuple(...args))
    .map(([name, values]) => ({ [name]: values }) as Expr);
const literal = (values: fc.Arbitrary<CedarValueJson>) => values.map((Value) => ({ Value }));

const branches = ['if', 'then', 'else'] as const;
const conditional = (operands: readonly Expr[]) =>
  ({
    'if-then-else': Object.fromEntries(branches.map((name, at) => [name, operands[at]])),
  }) as unknown as Expr;

const pattern = fc.array(
  fc.oneof(
    fc.constant('Wildcard' as const),
    fc.constantFrom('a', 'b', '*', 'ab', '\u{1f600}').map((Literal) => ({ Literal })),
  ),
  { maxLength: 5 },
);

const everyName = Object.values(named).flat();
const depthIdentifier = fc.createDepthIdentifier();

/** By kind; `any` is of any. */
export const expressions = fc.letrec<Record<Kind | 'any', Expr>>((tie) => {
  const any = tie('any');
  /** A leaf, or what is made of smaller expressions, or now and then one of another kind. */
  const of = (kind: Kind, leaf: fc.Arbitrary<Expr>, ...made: fc.Arbitrary<Expr>[]) =>
    fc.oneof(
      { maxDepth: 4, depthIdentifier, depthSize: 'small' },
      { weight: 3, arbitrary: leaf },
      {
        weight: 3,
        arbitrary: fc
          .tuple(fc.oneof(tie('entity'), tie('record')), fc.constantFrom(...named[kind]))
          .map(([left, attr]) => ({ '.': { left, attr } })),
      },
      ...made.map((arbitrary) => ({ weight: 2, arbitrary })),
      { weight: 1, arbitrary: binary(['getTag'], tie('entity'), tie('string')) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(tie('bool'), tie(kind), tie(kind))
          .map((operands) => conditional(operands)),
      },
      { weight: 1, arbitrary: any },
    );
  const [bool, long, string, entity, set] = (
    ['bool', 'long', 'string', 'entity', 'set'] as const
  ).map((kind) => tie(kind)) as [
    fc.Arbitrary<Expr>,
    fc.Arbitrary<Expr>,
    fc.Arbitrary<Expr>,
    fc.Arbitrary<Expr>,
    fc.Arbitrary<Expr>,
  ];
  const { record, decimal, ip, datetime, duration } = {
    record: tie('record'),
    decimal: tie('decimal'),
    ip: tie('ip'),
    datetime: tie('datetime'),
    duration: tie('duration'),
  };
  const few = literal(fc.integer({ min: 0, max: 2 }));
  const list = (of: fc.Arbitrary<Expr>) =>
    fc.array(of, { maxLength: 3 }).map((Set) => ({ Set }) as Expr);
  const constructed = (name: string, values: fc.Arbitrary<string>) =>
    fc.oneof(
      call([name], literal(values)),
      literal(values.map((arg) => ({ __extn: { fn: name, arg } }))),
    );
  const orElse = (...of: fc.Arbitrary<Expr>[]) => fc.oneof(...of, any);
  return {
    any: fc.oneof({ maxDepth: 4, depthIdentifier }, long, ...kinds.map((kind) => tie(kind))),
    bool: of(
      'bool',
      literal(fc.boolean()),
      unary('!', bool),
      binary(['&&', '||'], bool, bool),
      fc.oneof(...kinds.map((kind) => binary(['==', '!='], tie(kind), tie(kind)))),
      binary(['<', '<=', '>', '>='], long, long),
      binary(['<', '<=', '>', '>='], orElse(datetime), orElse(datetime)),
      binary(['<', '<=', '>', '>='], duration, orElse(duration)),
      binary(['in'], entity, orElse(entity, list(entity), list(entity), set)),
      binary(['contains'], set, fc.oneof(few, any)),
      binary(['containsAll', 'containsAny'], set, set),
      unary('isEmpty', set),
      binary(['hasTag'], entity, string),
      fc
        .tuple(
          fc.oneof(entity, record, any),
          fc.oneof(
            fc.constantFrom(...everyName),
            fc.array(fc.constantFrom(...everyName), { minLength: 1, maxLength: 3 }),
            fc.constant(['__proto__', '__proto__', 'n']),
          ),
        )
        .map(([left, attr]) => ({ has: { left, attr } }) as Expr),
      fc.tuple(string, pattern).map(([left, elements]) => ({ like: { left, pattern: elements } })),
      fc
        .tuple(entity, fc.constantFrom('User', 'Group', 'App::Folder'), fc.option(any))
        .map(([left, entity_type, within]) => ({
          is: within === null ? { left, entity_type } : { left, entity_type, in: within },
        })),
      call(['lessThan', 'lessThanOrEqual'], decimal, decimal),
      call(['greaterThan', 'greaterThanOrEqual'], decimal, decimal),
      call(['isIpv4', 'isIpv6', 'isLoopback', 'isMulticast'], ip),
      call(['isInRange'], ip, ip),
    ),
    long: of(
      'long',
      literal(longs),
      unary('neg', long),
      binary(['+', '-', '*'], long, long),
      call(['toMilliseconds', 'toSeconds', 'toMinutes', 'toHours', 'toDays'], duration),
    ),
    string: of('string', literal(texts)),
    entity: of(
      'entity',
      fc.oneof(
        fc.constantFrom('principal', 'action', 'resource').map((Var) => ({ Var }) as Expr),
        literal(uids.map((__entity) => ({ __entity }))),
      ),
    ),
    set: of(
      'set',
      list(few),
      list(fc.oneof(few, few, long)),
      list(any),
      list(string),
      list(set),
      literal(fc.array(fc.oneof(longs, texts), { maxLength: 3 })),
    ),
    record: of(
      'record',
      fc.constant({ Var: 'context' } as Expr),
      fc
        .dictionary(fc.constantFrom(...everyName), any, { maxKeys: 2, noNullPrototype: true })
        .map((Record) => ({ Record }) as Expr),
      fc.tuple(long, record).map(([n, inner]) => ({ Record: { n, inner } })),
    ),
    decimal: of('decimal', constructed('decimal', decimals)),
    ip: of('ip', constructed('ip', ips)),
    datetime: of(
      'datetime',
      constructed('datetime', datetimes),
      call(['offset'], datetime, duration),
      call(['toDate'], datetime),
      // A call that names too few or too many arguments errs when it is evaluated.
      call(['toDate', 'datetime', 'isInRange', 'lessThan'], any, any, any),
    ),
    duration: of(
      'duration',
      constructed('duration', durations),
      call(['durationSince'], datetime, datetime),
      call(['toTime'], datetime),
    ),
  };
});
