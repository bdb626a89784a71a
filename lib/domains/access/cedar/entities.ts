import type { EntityJson } from '@/lib/infra/cedar';
import { InvalidJson, recordOf, uidOf } from './json';
import { UidMap } from './uid-map';
import { type CedarRecord, type EntityUid, equal } from './values';

export interface Entity {
  readonly attributes: CedarRecord;
  readonly tags: CedarRecord;
  readonly parents: readonly EntityUid[];
  /** Whatever it is in, at any distance, whether in the store or not. */
  readonly ancestors: readonly EntityUid[];
  isIn(other: EntityUid): boolean;
}

/** An entity of the request, and what the store has of it. */
export interface Found {
  readonly uid: EntityUid;
  readonly entity: Entity | undefined;
}

export interface Subjects {
  readonly principal: Found;
  readonly action: Found;
  readonly resource: Found;
}

/** Entities by uid, each with all its ancestors, found once when the store is made. */
export class EntityStore {
  private readonly entities = new UidMap<Entity>();

  /** @throws InvalidJson, where an entity is in itself or given twice with two contents */
  constructor(entities: readonly EntityJson[]) {
    const given = new UidMap<Given>();
    const order: Given[] = [];
    for (const json of entities) {
      const entity = read(json);
      const twin = given.get(entity.uid);
      if (twin === undefined) {
        given.set(entity.uid, entity);
        order.push(entity);
      } else if (!same(twin, entity)) throw new InvalidJson(`${entity.uid} is given twice`);
    }
    for (const entity of order) this.index(entity, given, new Set());
  }

  get(uid: EntityUid): Entity | undefined {
    return this.entities.get(uid);
  }

  find(uid: EntityUid): Found {
    return { uid, entity: this.entities.get(uid) };
  }

  /** Parents first, so that an entity's ancestors are its parents and theirs. */
  private index(given: Given, all: UidMap<Given>, below: Set<Given>): Entity {
    const known = this.entities.get(given.uid);
    if (known) return known;
    if (below.has(given)) throw new InvalidJson(`${given.uid} is in itself`);
    below.add(given);
    const ancestors = new UidMap<EntityUid>();
    for (const parent of given.parents) {
      ancestors.set(parent, parent);
      const stored = all.get(parent);
      if (!stored) continue;
      for (const uid of this.index(stored, all, below).ancestors) ancestors.set(uid, uid);
    }
    below.delete(given);
    const entity: Entity = {
      attributes: given.attributes,
      tags: given.tags,
      parents: given.parents,
      ancestors: [...ancestors.values()],
      isIn: (other) => ancestors.get(other) !== undefined,
    };
    this.entities.set(given.uid, entity);
    return entity;
  }
}

interface Given {
  uid: EntityUid;
  attributes: CedarRecord;
  tags: CedarRecord;
  parents: readonly EntityUid[];
}

function read({ uid, attrs, tags, parents }: EntityJson): Given {
  return {
    uid: uidOf(uid),
    attributes: recordOf(attrs),
    tags: recordOf(tags ?? {}),
    parents: parents.map(uidOf),
  };
}

function same(one: Given, other: Given): boolean {
  const names = (given: Given) => new Set(given.parents.map(String));
  const [mine, theirs] = [names(one), names(other)];
  return (
    equal(one.attributes, other.attributes) &&
    equal(one.tags, other.tags) &&
    mine.size === theirs.size &&
    [...mine].every((name) => theirs.has(name))
  );
}
