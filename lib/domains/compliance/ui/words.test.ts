import { describe, expect, it } from 'vitest';
import { checks } from '../checks';
import type { CheckResult } from '../schema';
import { examinedWords, listOf, pageOf, seenWords } from './words';

const result = (check: string, examined: number, more: Partial<CheckResult> = {}): CheckResult => ({
  ...{ id: 'res_1', run: 'run_1', check, status: 'pass', summary: 'as stored' },
  ...{ evidence: { examined, found: [], more: 0 }, at: '2026-11-21T08:00:00.000Z', ...more },
});

describe('a check in words', () => {
  it('has a list of what it looks at, whichever check it is', () => {
    for (const { key } of checks) {
      expect(listOf(key), key).toMatch(/^\//);
      expect(examinedWords(result(key, 2)), key).not.toContain('thing');
    }
  });

  it('says that nothing was there, rather than that nothing was wrong', () => {
    expect(seenWords(result('sample_reviewed', 0))).toBe('There was nothing to look at');
    expect(seenWords(result('sponsor_present', 1))).toBe('1 agent looked at, nothing wrong');
    expect(seenWords(result('sponsor_present', 0, { status: 'error' }))).toBe('as stored');
  });

  it('leads to what fails', () => {
    expect(pageOf('credential_age', { credential: 'crd_1', agent: 'agt_1', why: '' })).toBe(
      '/agents/agt_1?tab=credentials',
    );
    expect(pageOf('sample_reviewed', { sample: 'smp_1', action: 'act_1' })).toBe('/reviews/smp_1');
    expect(pageOf('clearance', { agent: 'agt_1', permission: 'prm_1' })).toBe(
      '/agents/agt_1?tab=permissions',
    );
    expect(pageOf('irreversible_gated', { action: 'act_1' })).toBe('/trail/actions/act_1');
    expect(pageOf('trail_verified', { why: 'none' })).toBe('/trail/verification');
  });
});
