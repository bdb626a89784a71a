import { describe, expect, it } from 'vitest';
import { changeText } from './change';

const refunds = (gated: number, over: object = {}) => ({
  action: 'refunds.create',
  tier: null,
  ladder: { parameter: 'amount', autonomous: 50, supervised: 100, gated },
  condition: [],
  limits: {},
  ...over,
});
const path = 'roles/refunds/refunds.create';

describe('a change as Cedar', () => {
  it('is the permits before and after, and differs where the rule does', () => {
    const { before, after } = changeText({ path, before: refunds(1000), after: refunds(500) });
    expect(before.match(/^permit/gm)).toHaveLength(3);
    expect(before).toContain('context.parameters["amount"] <= 10000000 };');
    expect(after).toContain('context.parameters["amount"] <= 5000000 };');
    expect(before.replace('10000000', '5000000')).toBe(after);
    expect(after).toContain('principal in Role::"refunds", action == Action::"refunds.create"');
    expect(after).toContain('@tier("3")');
  });

  it('is nothing on the side where there is no permission', () => {
    const one = { ...refunds(1000), tier: 2, ladder: null };
    expect(changeText({ path, before: null, after: one })).toEqual({
      before: '',
      after: `@id("refunds/refunds.create")
@tier("2")
permit (principal in Role::"refunds", action == Action::"refunds.create", resource);`,
    });
  });

  it('is the same on both sides when only rates change', () => {
    const { before, after } = changeText({
      path,
      before: refunds(1000, { limits: { perDay: 9 } }),
      after: refunds(1000, { limits: { perDay: 3 } }),
    });
    expect(before).toBe(after);
    expect(before).not.toBe('');
  });

  it('tells of agents and action types as the entities that policies read', () => {
    expect(changeText({ path: 'agents/a/refunds', before: 'refunds', after: null })).toEqual({
      before: '// Agent::"a" in Role::"refunds"',
      after: '',
    });
    const at = (clearance: string) => ({ clearance, environment: 'production' });
    expect(
      changeText({ path: 'agents/a', before: at('Restricted'), after: at('Internal') }),
    ).toEqual({
      before: '// Agent::"a".clearance == 3 (Restricted)',
      after: '// Agent::"a".clearance == 1 (Internal)',
    });
    const type = { path: 'action types/x', before: { effective: 'Public' }, after: {} };
    expect(changeText(type)).toEqual({
      before: '// ActionType::"x".classification == 0 (Public)',
      after: '',
    });
    const floor = { path: 'floors/irreversible', before: 3, after: 2 };
    expect(changeText(floor)).toEqual({ before: '', after: '' });
    const own = { ...floor, path: 'floors/irreversible/staging' };
    expect(changeText(own)).toEqual({ before: '', after: '' });
  });
});
