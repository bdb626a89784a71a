import { describe, expect, it } from 'vitest';
import { meanwhileWords } from './words';

const tom = { id: 'mem_1', name: 'Tom Ruiz' };

describe('what happened while somebody was writing', () => {
  it('is nothing as long as it waits', () => {
    expect(meanwhileWords({ status: 'pending', decided_by: null })).toBeNull();
  });

  it('names who decided it, and how', () => {
    expect(meanwhileWords({ status: 'rejected', decided_by: tom })).toBe(
      'Tom Ruiz has just rejected this.',
    );
    for (const status of ['approved', 'running', 'succeeded', 'permitted'] as const)
      expect(meanwhileWords({ status, decided_by: tom })).toBe('Tom Ruiz has just approved this.');
  });

  it('says so where nobody did', () => {
    expect(meanwhileWords({ status: 'expired', decided_by: null })).toBe('Its time has run out.');
    expect(meanwhileWords({ status: 'cancelled', decided_by: null })).toBe(
      'It has just been cancelled.',
    );
  });
});
