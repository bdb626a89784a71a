/** Policy sets, entities and requests over a small world, so that they meet often. */
import fc from 'fast-check';
import type { CedarValueJson, EntityJson, PolicyJson } from '@/lib/infra/cedar';
import { actions, expressions, type Kind, kinds, longs, named, uids } from './arbitrary-expression';
import { datetimes, decimals, durations, ips, texts } from './arbitrary-text';

const extension = (fn: string, values: fc.Arbitrary<string>) =>
  values.map((arg) => ({ __extn: { fn, arg } }));
const right = (...values: string[]) => fc.constantFrom(...values);

const { any: anyValue, ...valuesOf } = fc.letrec<Record<Kind | 'any', CedarValueJson>>((tie) => ({
  any: fc.oneof({ maxDepth: 3 }, tie('long'), ...kinds.map((kind) => tie(kind))),
  bool: fc.boolean(),
  long: longs,
  string: texts,
  entity: uids.map((__entity) => ({ __entity })),
  set: fc.oneof(
    fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 3 }),
    fc.array(longs, { maxLength: 3 }),
    fc.array(tie('entity'), { maxLength: 3 }),
    fc.array(tie('any'), { maxLength: 3 }),
  ),
  record: fc.oneof(
    { maxDepth: 3 },
    fc.record({ n: longs, s: texts }, { requiredKeys: [] }),
    fc.record({ n: tie('any'), list: tie('set') }, { requiredKeys: [] }),
  ),
  decimal: extension('decimal', right('1.0', '1.00', '-0.5', '922337203685477.5807', '10.25')),
  ip: extension('ip', right('127.0.0.1', '10.0.0.0/8', '10.1.2.3', '::1', 'ff00::/8', '::/0')),
  datetime: extension('datetime', right('1970-01-01', '2024-10-15T11:35:00Z', '9999-12-31')),
  duration: extension('duration', right('1d', '-1d', '0ms', '1h30m', '9223372036854775807ms')),
}));

/** Few at a time: Cedar reads all of them again for every request. */
const attributes: fc.Arbitrary<Record<string, CedarValueJson>> = fc
  .array(
    fc
      .constantFrom(...kinds.flatMap((kind) => named[kind].map((name) => ({ kind, name }))))
      .chain(({ kind, name }) =>
        fc
          .oneof({ weight: 8, arbitrary: valuesOf[kind] }, anyValue)
          .map((value) => [name, value] as const),
      ),
    { maxLength: 3, size: 'max' },
  )
  .map(fromPairs);

/** An object that may have a field of its own called __proto__. */
function fromPairs(pairs: readonly (readonly [string, CedarValueJson])[]) {
  const object: Record<string, CedarValueJson> = {};
  for (const [name, value] of pairs) {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true });
  }
  return object;
}

const parentTypes = ['User', 'Group', 'App::Folder', 'Action'];

/** Each is in later ones only, so none is in itself. */
export const entities: fc.Arbitrary<EntityJson[]> = fc
  .uniqueArray(
    fc.record({
      uid: fc.oneof({ weight: 3, arbitrary: uids }, actions),
      attrs: attributes,
      tags: fc.dictionary(texts, anyValue, { maxKeys: 1, noNullPrototype: true }),
      parents: fc.array(fc.oneof({ weight: 4, arbitrary: uids }, actions), { maxLength: 3 }),
    }),
    { maxLength: 4, size: 'max', selector: ({ uid }) => `${uid.type} ${uid.id}` },
  )
  .map((all) => {
    const place = ({ type, id }: { type: string; id: string }) =>
      ['a', 'b', 'c', 'd', '', 'view', 'edit', 'read', 'all'].indexOf(id) * 4 +
      parentTypes.indexOf(type);
    return all.map((entity) => ({
      ...entity,
      parents: entity.parents.filter((parent) => place(parent) > place(entity.uid)),
    }));
  });

const constraint = fc.oneof(
  { weight: 8, arbitrary: fc.constant({ op: 'All' } as const) },
  uids.map((entity) => ({ op: '==', entity }) as const),
  { weight: 2, arbitrary: uids.map((entity) => ({ op: 'in', entity }) as const) },
  fc
    .tuple(fc.constantFrom('User', 'Group', 'App::Folder'), fc.option(uids))
    .map(([entity_type, entity]) =>
      entity === null
        ? ({ op: 'is', entity_type } as const)
        : ({ op: 'is', entity_type, in: { entity } } as const),
    ),
);

export const policies: fc.Arbitrary<PolicyJson> = fc.record({
  effect: fc.oneof(
    { weight: 9, arbitrary: fc.constant('permit' as const) },
    fc.constant('forbid' as const),
  ),
  principal: constraint,
  action: fc.oneof(
    { weight: 3, arbitrary: fc.constant({ op: 'All' } as const) },
    actions.map((entity) => ({ op: '==', entity }) as const),
    actions.map((entity) => ({ op: 'in', entity }) as const),
    fc
      .array(actions, { maxLength: 3 })
      .map((several) => ({ op: 'in', entities: several }) as const),
  ),
  resource: constraint,
  conditions: fc.array(
    fc.record({
      kind: fc.constantFrom('when' as const, 'unless' as const),
      body: expressions.bool,
    }),
    { maxLength: 2 },
  ),
});

/** Who asks what of what; a context is asked about separately. */
export const subjects = fc.record({ principal: uids, action: actions, resource: uids });
export const contexts = attributes;

/** Values as they may come, also ones that Cedar refuses. */
export const doubtful: fc.Arbitrary<CedarValueJson> = fc.letrec<{ value: CedarValueJson }>(
  (tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.oneof(fc.constantFrom(null, 0.5, 1e300, -0, 7), texts, fc.boolean()),
      fc.array(tie('value'), { maxLength: 2 }),
      fc.dictionary(fc.constantFrom('x', '__proto__', 'fn', '_'), tie('value'), {
        maxKeys: 2,
      }),
      extension('decimal', decimals),
      extension('ip', ips),
      extension('datetime', datetimes),
      extension('duration', durations),
      fc
        .tuple(fc.constantFrom('offset', 'isIpv4', 'nothing', 'toDate'), fc.array(tie('value')))
        .map(([fn, args]) => ({ __extn: { fn, args } })),
      texts.map((__expr) => ({ __expr })),
      fc
        .tuple(fc.constantFrom('User', 'App::Folder', 'a b', 'in', '', '::', 'User::'), texts)
        .map(([type, id]) => ({ __entity: { type, id } })),
    ),
  }),
).value;
