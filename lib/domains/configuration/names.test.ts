import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileNameOf } from './names';

const names = fc.string({ unit: 'binary', minLength: 1, maxLength: 200 });

describe('a file name', () => {
  it('holds nothing that a file system takes amiss, and is told from every other', () => {
    fc.assert(
      fc.property(names, names, (one, other) => {
        const file = fileNameOf(one);
        expect(file).toMatch(/^[a-z0-9%_~-][a-z0-9%._~-]*$/);
        expect(file.length).toBeLessThanOrEqual(180);
        expect(file).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|\.$/);
        if (one !== other) expect(fileNameOf(other)).not.toBe(file);
      }),
      { numRuns: 2_000 },
    );
  });

  it('can be read back, unless it was shortened', () => {
    const whole = names.filter((name) => !fileNameOf(name).includes('~'));
    fc.assert(
      fc.property(whole, (name) => {
        expect(decodeURIComponent(fileNameOf(name))).toBe(name);
      }),
      { numRuns: 2_000 },
    );
    expect.hasAssertions();
  });

  it.each([
    ['refund-handler', 'refund-handler'],
    ['orders.api_key', 'orders.api_key'],
    ['Refunds', '%52efunds'],
    ['a/b', 'a%2fb'],
    ['..', '%2e%2e'],
    ['con', '%63on'],
    ['nul.x', '%6eul.x'],
    ['contracts', 'contracts'],
    ['Ä ~', '%c3%84%20%7e'],
  ])('of %s is %s', (name, file) => expect(fileNameOf(name)).toBe(file));
});
