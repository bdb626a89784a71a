import { describe, expect, it } from 'vitest';
import { amountBand } from './amount-band';

describe("an amount's band", () => {
  it('is its power of ten, exactly at the powers too', () => {
    const bands = [
      ...[
        [0, '0'],
        [1, '1e0'],
        [9.99, '1e0'],
        [10, '1e1'],
        [999.99, '1e2'],
        [1_000, '1e3'],
      ],
      ...[
        [0.05, '1e-2'],
        [-750, '-1e2'],
        [1e21, '1e21'],
      ],
    ] as [number, string][];
    for (const [amount, band] of bands) expect(amountBand(amount)).toBe(band);
    for (let power = -12; power <= 15; power += 1) {
      expect(amountBand(Number(`1e${power}`))).toBe(`1e${power}`);
    }
  });
});
