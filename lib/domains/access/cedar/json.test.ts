import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cedar } from '@/lib/infra/cedar';
import { EntityStore, InvalidJson, recordOf, uidOf } from './index';
import { doubtful } from './test/arbitrary';
import { entity } from './test/evaluating';

describe('values from JSON', () => {
  it('are refused where Cedar refuses them', () => {
    let refused = 0;
    fc.assert(
      fc.property(doubtful, (value) => {
        const theirs = cedar().checkParseContext({ context: { value } }).type === 'success';
        const mine = parses(() => recordOf({ value }));
        expect(mine).toBe(theirs);
        if (!mine) refused += 1;
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(100);
    expect(refused).toBeLessThan(1900);
  });

  it('are refused where JSON does not carry them exactly', () => {
    expect(recordOf({ n: Number.MAX_SAFE_INTEGER }).get('n')).toBe(Number.MAX_SAFE_INTEGER);
    for (const n of [2 ** 53, -(2 ** 53), 1e19, Number.NaN, Infinity, 1.5]) {
      expect(() => recordOf({ n }), String(n)).toThrow(InvalidJson);
    }
    expect(() => recordOf({ text: '\ud800' })).toThrow(InvalidJson);
    expect(() => recordOf({ '\udc00': 1 })).toThrow(InvalidJson);
    expect(() => recordOf({ both: { __entity: { type: 'A', id: 'b' }, x: 1 } })).toThrow(
      InvalidJson,
    );
  });

  it('leave out what is undefined', () => {
    const record = recordOf(JSON.parse('{"there": 1}'));
    expect([...record.keys()]).toEqual(['there']);
    expect(recordOf({ gone: undefined as unknown as null }).size).toBe(0);
  });
});

describe('entities from JSON', () => {
  it('are in something at any distance, stored or not, and never in themselves', () => {
    const store = new EntityStore([
      entity('User a', ['Group b', 'Group c']),
      entity('Group b', ['Group d']),
      entity('Group c', ['Group d', 'Group elsewhere']),
      entity('Group d', ['Group e']),
    ]);
    const ancestors = store.get(uidOf({ type: 'User', id: 'a' }))?.ancestors ?? [];
    expect(ancestors.map((uid) => uid.id).toSorted()).toEqual(['b', 'c', 'd', 'e', 'elsewhere']);
    const own = [entity('User a', ['User a'])];
    const circle = [entity('User a', ['User b']), entity('User b', ['User a'])];
    for (const entities of [own, circle]) {
      expect(() => new EntityStore(entities)).toThrow(/is in itself/);
      expect(cedar().checkParseEntities({ entities }).type).toBe('failure');
    }
  });

  it('may be given twice with the same contents only', () => {
    const one = entity('User a', ['Group b'], { n: 1 });
    for (const [other, right] of [
      [one, true],
      [entity('User a', ['Group b'], { n: 2 }), false],
      [entity('User a', [], { n: 1 }), false],
      [entity('User a', ['Group b'], { n: 1 }, { t: 1 }), false],
    ] as const) {
      const entities = [one, other];
      expect(parses(() => new EntityStore(entities))).toBe(right);
      expect(cedar().checkParseEntities({ entities }).type === 'success').toBe(right);
    }
  });
});

function parses(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidJson);
    return false;
  }
}
