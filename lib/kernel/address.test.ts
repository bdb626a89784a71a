import fc from 'fast-check';
import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { plainAddress } from './address';

describe('an address as policies compare it', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:10.0.0.1', '10.0.0.1'],
    ['0:0:0:0:0:ffff:10.0.0.1', '10.0.0.1'],
    ['::ffff:a00:1', '10.0.0.1'],
    ['::ffff:255.255.255.255', '255.255.255.255'],
    ['::ffff:0.0.0.0', '0.0.0.0'],
    ['::ffff:10.0.0.1%eth0', '10.0.0.1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['FE80:0::1', 'fe80::1'],
    ['::10.0.0.1', '::a00:1'],
    ['64:ff9b::10.0.0.1', '64:ff9b::a00:1'],
    ['::', '::'],
    ['2001:db8::9', '2001:db8::9'],
  ])('of %s is %s', (text, plain) => {
    expect(plainAddress(text)).toBe(plain);
  });

  it.each([
    '',
    'unknown',
    '10.0.0',
    '10.0.0.1%eth0',
    '10.0.0.1/8',
    '[::1]',
    '::1]',
    '::g',
    '1::2::3',
  ])('is nothing of %s', (text) => {
    expect(plainAddress(text)).toBeNull();
  });

  it('is an address for all that are one, with no dots beside a colon, and stays as it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const plain = plainAddress(text) ?? '';
        expect(isIP(plain)).toBeGreaterThan(0);
        expect(plain).not.toMatch(/:.*\.|[%A-F]/);
        expect(plainAddress(plain)).toBe(plain);
      }),
    );
  });
});
