import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Bytes } from './bytes';

it('are those that came, in their order, however they were cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 6_000 }), { maxLength: 12 }), (pieces) => {
      const bytes = new Bytes();
      for (const piece of pieces) bytes.add(piece);
      expect(bytes.all()).toEqual(Buffer.concat(pieces));
      expect(bytes.size).toBe(bytes.all().length);
    }),
  );
});

it('are one piece as it came, and of several none is kept', () => {
  const [first, second, third] = [Buffer.from('ab'), Buffer.from('cd'), Buffer.from('ef')];
  const bytes = new Bytes();
  bytes.add(first);
  expect(bytes.all().buffer).toBe(first.buffer);
  bytes.add(second);
  bytes.add(third);
  for (const piece of [first, second, third]) piece.fill('x');
  expect(bytes.all().toString()).toBe('abcdef');
});

it('take a few times their size, in a million pieces too', () => {
  const bytes = new Bytes();
  for (let n = 0; n < 1_000_000; n += 1) bytes.add(Buffer.of(n & 0xff));
  expect(bytes.all()).toHaveLength(1_000_000);
  expect(bytes.all().buffer.byteLength).toBeLessThanOrEqual(2_000_000);
});
