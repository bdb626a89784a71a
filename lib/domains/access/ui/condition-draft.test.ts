import { describe, expect, it } from 'vitest';
import { Condition } from '../condition';
import {
  clauseError,
  clauseOf,
  type ClauseDraft,
  conditionOf,
  draftOfClause,
  newClause,
  replaced,
} from './condition-draft';

const types = { amount: 'number', vip: 'boolean', currency: 'text' } as const;
const compare = (left: string, right: string, is: '==' | '<' = '=='): ClauseDraft => ({
  ...{ on: 'compare', left, is, right },
});
const right = (draft: ClauseDraft) => {
  const { value, ...fault } = clauseOf(draft, types);
  return value.on === 'compare' ? { right: value.right, ...fault } : undefined;
};
const values = (left: string, text: string) => {
  const { value, ...fault } = clauseOf({ on: 'one_of', left, values: text }, types);
  return value.on === 'one_of' ? { values: value.values, ...fault } : undefined;
};

describe('a condition’s draft', () => {
  it('becomes what it was made of, whatever that is', () => {
    const condition = Condition.parse([
      { on: 'compare', left: 'parameters.amount', is: '<=', right: 99.5 },
      { on: 'compare', left: 'parameters.vip', is: '!=', right: false },
      { on: 'compare', left: 'parameters.vip', is: '==', right: { attribute: 'session.vip' } },
      { on: 'compare', left: 'parameters.currency', is: '==', right: 'agent.name' },
      { on: 'compare', left: 'session.level', is: '==', right: 5 },
      { on: 'compare', left: 'session.code', is: '==', right: '5' },
      { on: 'one_of', left: 'parameters.currency', values: ['', 'a, b', ' EUR'] },
      { on: 'one_of', left: 'session.level', values: [1, 2.5] },
      { on: 'like', left: 'user.id', pattern: '*@example.com' },
      { on: 'has', left: 'agent.model' },
      { on: 'time', days: ['mon'], from: '08:00', to: '18:00', zone: 'Europe/Berlin' },
      { on: 'network', ranges: ['10.0.0.0/8', '192.168.0.0/16'] },
      { on: 'classification', atMost: 'Internal' },
      {
        on: 'any',
        clauses: [
          { on: 'has', left: 'session.a' },
          { on: 'has', left: 'session.b' },
        ],
      },
    ]);
    expect(conditionOf(condition.map(draftOfClause), types)).toEqual({ condition, errors: {} });
  });

  it('is a number once it is whole, and says when it is none', () => {
    for (const [typed, number] of [
      ['99.', 99],
      ['99.5', 99.5],
      ['0.05', 0.05],
      ['-3', -3],
      ['.5', 0.5],
      [' 7 ', 7],
      ['1.50000', 1.5],
    ] as const)
      expect(right(compare('parameters.amount', typed))).toEqual({ right: number });
    for (const typed of ['', 'abc', '1e3', '0x10', '9,5', '-', '.', 'Infinity', 'session.'])
      expect(right(compare('parameters.amount', typed))).toEqual({
        ...{
          right: typed,
          fault: 'must be a number such as 99.5, or an attribute such as session.limit',
        },
      });
    expect(right(compare('parameters.amount', '0.00001'))?.fault).toMatch(/at most four decimals/);
    expect(right(compare('parameters.amount', '9'.repeat(20)))?.fault).toMatch(/smaller number/);
  });

  it('is true or false, or an attribute, and nothing in between', () => {
    expect(right(compare('parameters.vip', 'true'))).toEqual({ right: true });
    expect(right(compare('parameters.vip', 'false'))).toEqual({ right: false });
    expect(right(compare('parameters.vip', 'session.vip'))).toEqual({
      right: { attribute: 'session.vip' },
    });
    for (const typed of ['t', 'tru', '', 'yes'])
      expect(right(compare('parameters.vip', typed))?.fault).toMatch(/^must be true or false/);
  });

  it('keeps text as it is, and reads what is compared by size as a number', () => {
    expect(right(compare('parameters.currency', '5'))).toEqual({ right: '5' });
    expect(right(compare('agent.name', 'true'))).toEqual({ right: 'true' });
    expect(right(compare('session.note', '5'))).toEqual({ right: '5' });
    expect(right(compare('session.limit', '5', '<'))).toEqual({ right: 5 });
  });

  it('keeps a session’s value of the type that it had', () => {
    const was = draftOfClause({ on: 'compare', left: 'session.level', is: '==', right: 5 });
    expect(right({ ...was, right: '6.5' } as ClauseDraft)).toEqual({ right: 6.5 });
    expect(right({ ...was, right: 'six' } as ClauseDraft)?.fault).toMatch(/^must be a number/);
    // Beside a text parameter it is a text.
    expect(right({ ...was, left: 'parameters.currency' } as ClauseDraft)).toEqual({ right: '5' });
  });

  it('reads a list where commas part it, when all of it is typed', () => {
    expect(values('parameters.currency', 'EUR, USD')).toEqual({ values: ['EUR', 'USD'] });
    expect(values('parameters.currency', 'EUR , USD,')).toEqual({ values: ['EUR', 'USD'] });
    expect(values('parameters.amount', '0.05,10')).toEqual({ values: [0.05, 10] });
    expect(values('parameters.amount', '1, x')).toEqual({
      ...{ values: [1, 'x'], fault: '“x” must be a number such as 99.5' },
    });
    expect(values('parameters.vip', 't')?.fault).toBe('“t” must be true or false');
    expect(values('parameters.currency', ' , ')).toEqual({
      ...{ values: [], fault: 'give at least one value' },
    });
  });

  it('names the clause that cannot be sent', () => {
    const drafts = [newClause('has', types), newClause('network', types)];
    const { errors } = conditionOf(drafts, types);
    expect(clauseError(errors, 0)).toBeUndefined();
    expect(clauseError(errors, 1)).toBe('give a range such as 10.0.0.0/8');
    const mended = replaced(drafts, 1, { on: 'network', ranges: '10.0.0.0/8,' });
    expect(conditionOf(mended, types)).toMatchObject({
      condition: [{ on: 'has' }, { on: 'network', ranges: ['10.0.0.0/8'] }],
      errors: {},
    });
  });

  it('begins with what is most often asked', () => {
    expect(clauseOf(newClause('compare', types), types)).toEqual({
      value: {
        ...{ on: 'compare', left: 'parameters.currency', is: '==' },
        right: { attribute: 'session.currency' },
      },
    });
    expect(clauseOf(newClause('compare', {}), {})).toEqual({
      value: { on: 'compare', left: 'agent.environment', is: '==', right: 'production' },
    });
  });
});
