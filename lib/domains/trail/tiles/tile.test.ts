import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leafHash, rootOf } from '../merkle';
import { levelsOf, parseTilePath, placeOf, spellIndex, Tile, widthAt } from './tile';

const log = path.resolve(
  import.meta.dirname,
  '../../../../../shared/vectors/tessera/testdata/log/tile',
);
const present = existsSync(log);

describe('tile paths', () => {
  it('are spelled as the specification does', () => {
    expect(spellIndex(0)).toBe('000');
    expect(spellIndex(1_234_067)).toBe('x001/x234/067');
    expect(parseTilePath('0/x001/x234/067')).toEqual({ level: 0, index: 1_234_067, width: 256 });
    expect(parseTilePath('entries/000.p/15')).toEqual({ level: undefined, index: 0, width: 15 });
  });

  it('survive a round trip, and no other spelling is read', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 40 }), fc.nat({ max: 63 }), (index, level) => {
        const spelled = spellIndex(index);
        expect(parseTilePath(`${level}/${spelled}`)).toEqual({ level, index, width: 256 });
        expect(parseTilePath(`${level}/x000/${spelled}`)).toBeUndefined();
      }),
    );
    const others = ['', '0', '0/0', '0/0000', '00/000', '64/000', '0/000/', '0/x000', '0/000.p/0'];
    others.push('0/000.p/256', '0/000.p/01', '0/../000', '0/x1/000', 'entries/', '-1/000');
    for (const other of others) expect(parseTilePath(other), other).toBeUndefined();
  });
});

describe('a tile', () => {
  const hashes = Array.from({ length: 256 }, (_, at) => leafHash(String(at)));

  it('has the roots of its subtrees', () => {
    const tile = new Tile(hashes);
    expect(tile.root()).toEqual(rootOf(hashes));
    expect(tile.node(3, 5)).toEqual(rootOf(hashes.slice(40, 48)));
    expect(() => new Tile(hashes.slice(1)).root()).toThrow('not full');
  });

  it('lies where its level, index and the tree say', () => {
    expect(widthAt({ level: 0, index: 0 }, 0)).toBe(0);
    expect(widthAt({ level: 0, index: 1 }, 300)).toBe(44);
    expect(widthAt({ level: 1, index: 0 }, 300)).toBe(1);
    expect(levelsOf(256)).toEqual([0, 1]);
    expect(placeOf(512, 8)).toEqual({ level: 1, index: 0, row: 0, position: 2 });
    expect(placeOf(264, 3)).toEqual({ level: 0, index: 1, row: 3, position: 1 });
  });
});

describe.skipIf(!present)('the published tessera log', () => {
  it('has at each width the hashes of its entries', () => {
    for (let width = 1; width <= 15; width += 1) {
      const bytes = readFileSync(path.join(log, `0/000.p/${width}`));
      const tile = Tile.from(bytes);
      for (let at = 0; at < width; at += 1) {
        expect(tile.node(0, at)).toEqual(bytes.subarray(at * 32, at * 32 + 32));
      }
    }
  });
});
