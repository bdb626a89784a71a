import { z } from 'zod';
import { putEntity, PutEntity, removeEntity } from '@/lib/domains/access/server';
import { printJson, sortKeys } from '../text';
import { type Documents, type Kind, readDocument, same, sorted } from './kind';

const file = 'cedar/entities.json';
const NAME = 'entities';
/** Words of a plan stay readable. */
const MOST_NAMED = 20;

type Entity = z.output<typeof PutEntity>;
type Entities = Entity[];

const keyOf = ({ type, id }: Pick<Entity, 'type' | 'id'>): string => `${type}::"${id}"`;

const schema = z.array(PutEntity).superRefine((entities, { addIssue }) => {
  const seen = new Set<string>();
  for (const [at, entity] of entities.entries()) {
    const key = keyOf(entity);
    if (seen.has(key)) addIssue({ code: 'custom', path: [at, 'id'], message: 'is there twice' });
    seen.add(key);
  }
});

/** The entities that policies by hand speak of, all in one file: they are data, and may be many. */
export const entitiesKind: Kind<Entities> = {
  noun: 'Cedar entities',
  fileOf: () => file,
  owns: (path) => path === file,
  parse: (text) => {
    const read = readDocument(schema, text);
    if (!('document' in read) || read.document.length > 0) return read;
    return { flaws: [read.flawAt([], 'holds no entity: leave the file out')] };
  },
  print: (entities) =>
    printJson(
      sorted(entities, keyOf).map(({ type, id, properties, parents }) => ({
        type,
        id,
        properties: sortKeys(properties),
        parents: sorted(parents, keyOf),
      })),
    ),
  nameOf: () => NAME,
  read: async (tx) => {
    const rows = await tx.entity.findMany();
    const entities = rows.map(({ type, id, properties, parents }) =>
      PutEntity.parse({ type, id, properties, parents }),
    );
    return entities.length === 0 ? [] : [entities];
  },
  references: () => [],
  added: (entities) => [`${entities.length} entities`],
  changed: (was, is) => {
    const { put, gone } = between(was, is);
    const words = [
      ...put.map(({ entity }) => `${keyOf(entity)} is set`),
      ...gone.map((entity) => `${keyOf(entity)} goes`),
    ];
    const more = words.length - MOST_NAMED;
    return more > 0 ? [...words.slice(0, MOST_NAMED), `and ${more} more`] : words;
  },
  removed: async (_, entities) => ({
    words: 'The Cedar entities go',
    details: [`${entities.length} entities`],
    final: false,
  }),
  apply: async ({ deed, attempt }, was, wanted) => {
    const { put, gone } = between(entitiesIn(was), entitiesIn(wanted));
    for (const { entity, at } of put) {
      await attempt(
        file,
        () => putEntity.within(deed, entity),
        (path) => [at, ...path],
      );
    }
    if (!wanted.has(NAME)) return;
    for (const { type, id } of gone) {
      await attempt(file, () => removeEntity.within(deed, { type, id }));
    }
  },
  remove: async ({ deed, attempt }, [entities = []]) => {
    for (const { type, id } of entities) {
      await attempt(file, () => removeEntity.within(deed, { type, id }));
    }
  },
};

function entitiesIn(documents: Documents<Entities>): Entities {
  return documents.get(NAME) ?? [];
}

/** What is new or another than it was, with its place in the file, and what is there no more. */
function between(was: Entities, is: Entities) {
  const before = new Map(was.map((entity) => [keyOf(entity), entity]));
  const kept = new Set(is.map(keyOf));
  return {
    put: is
      .map((entity, at) => ({ entity, at }))
      .filter(({ entity }) => !same(before.get(keyOf(entity)), entity)),
    gone: was.filter((entity) => !kept.has(keyOf(entity))),
  };
}
