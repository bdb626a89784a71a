import { expect, it } from 'vitest';
import { countWords } from './stakes';

it.each([
  [undefined, 'its held actions'],
  [0, '0 held actions'],
  [1, '1 held action'],
  [49, '49 held actions'],
  [50, '50 or more held actions'],
  [72, '72 held actions'],
  [100, '100 or more held actions'],
])('%s is said as "%s"', (value, words) => {
  expect(countWords(value, 'held action')).toBe(words);
});
