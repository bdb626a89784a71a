import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environments } from '@/lib/kernel/environments';
import { floorIn } from '../tier';
import { diff } from './diff';
import { PolicyDocument } from './document';
import { mergeFloors, revertedFloors } from './floors';
import { restored } from './merge';

const tier = fc.constantFrom(1 as const, 2 as const, 3 as const);
const kinds = ['irreversible', 'external_communication'] as const;
const own = fc
  .record({ irreversible: tier, external_communication: tier }, { requiredKeys: [] })
  .filter((floors) => Object.keys(floors).length > 0);
const floors = fc.record({
  ...{ irreversible: tier, external_communication: tier },
  environments: fc.record(
    { development: own, staging: own, production: own },
    { requiredKeys: [] },
  ),
});

const nothing = { secondAdmin: false, actionTypes: {}, roles: {}, agents: {} };
const document = (of: object) => PolicyDocument.parse({ ...nothing, floors: of });
const changes = (was: object, is: object) => diff(document(was), document(is));

describe('floors of documents', () => {
  it('widen wherever one is lower for any environment', () => {
    fc.assert(
      fc.property(floors, floors, (was, is) => {
        const lowered = environments.some((environment) =>
          kinds.some(
            (kind) => floorIn(is, environment, kind).tier < floorIn(was, environment, kind).tier,
          ),
        );
        const widens = changes(was, is).some((change) => change.widens);
        // The workspace's own is said to widen even where every environment has another.
        const general = kinds.some((kind) => is[kind] < was[kind]);
        expect(widens).toBe(lowered || general);
      }),
    );
  });

  it('differ exactly by their changes: reverting each of them brings the others back', () => {
    fc.assert(
      fc.property(floors, floors, (was, is) => {
        const back = changes(was, is).reduce(
          (sofar, { path }) => revertedFloors(sofar, was, path),
          is,
        );
        expect(back).toEqual(was);
      }),
    );
  });

  it('merge to the draft where nobody else changed them', () => {
    const pick = <T>(_: string, was: T, now: T, wanted: T) => (was === now ? wanted : now);
    fc.assert(
      fc.property(floors, floors, (base, draft) => {
        expect(mergeFloors(base, base, draft, pick)).toEqual(draft);
        expect(mergeFloors(base, draft, base, pick)).toEqual(draft);
      }),
    );
  });

  it('of versions from before environments had any are none, and are gone back to as that', () => {
    const old = { irreversible: 3, external_communication: 2 };
    const version = document(old);
    expect(version.floors).toEqual({ ...old, environments: {} });
    const now = document({ ...old, environments: { staging: { irreversible: 1 } } });
    expect(restored(now, version).floors).toEqual({ ...old, environments: {} });
    expect(diff(now, restored(now, version))).toMatchObject([
      { path: 'floors/irreversible/staging', kind: 'removed', widens: false },
    ]);
  });
});
