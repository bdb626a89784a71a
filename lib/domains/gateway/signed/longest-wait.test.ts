import { expect, it } from 'vitest';
import { LONGEST_LIFE_DAYS } from '@/lib/domains/trail/test/longest-life';
import { MAX_WAIT_MINUTES } from './schema';

it('ends, with days to run in, while the trail still looks for what comes back', () => {
  const waited = MAX_WAIT_MINUTES / (24 * 60);
  expect(LONGEST_LIFE_DAYS).toBeGreaterThanOrEqual(waited + 7);
});
