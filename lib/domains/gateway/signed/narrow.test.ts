import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileJsonSchema } from '@/lib/infra/json-schema';
import { narrow, narrowableIn } from './narrow';

type Type = Parameters<typeof narrow>[0];

const type: Type = {
  narrowable: ['amount', 'items'],
  parameters: {
    type: 'object',
    additionalProperties: false,
    required: ['amount'],
    properties: {
      amount: { type: 'number', minimum: 1 },
      items: { type: 'integer' },
      fee: { type: 'number' },
      note: { type: 'string' },
    },
  },
  rules: [{ parameter: 'amount', rule: 'range', min: 5, max: 1_000 }],
};
const session = { attributes: {} };
const proposed = { amount: 750, items: 3, fee: 2, note: 'x' };
const errorsOf = (asked: Record<string, unknown>, of: Type = type) => {
  const result = narrow(of, session, proposed, asked);
  return 'errors' in result ? result.errors.map(({ field }) => field) : result.parameters;
};

describe('parameters', () => {
  it('are made smaller, the others staying as proposed', () => {
    expect(errorsOf({ amount: 500.5 })).toEqual({ ...proposed, amount: 500.5 });
    expect(errorsOf({ amount: 750, items: 0 })).toEqual({ ...proposed, items: 0 });
    expect(proposed.amount).toBe(750);
  });

  it.each([
    ['larger', { amount: 750.01 }, 'parameters.amount'],
    ['not named as narrowable', { fee: 1 }, 'parameters.fee'],
    ['no number', { amount: '500' }, 'parameters.amount'],
    ['no finite number', { amount: Number.NaN }, 'parameters.amount'],
    ['of five decimals', { amount: 500.00001 }, 'parameters.amount'],
    ['below the least that the schema names', { amount: 0.5 }, 'parameters.amount'],
    ['below 0 where it names none', { items: -1 }, 'parameters.items'],
    ['against the schema', { items: 1.5 }, 'parameters.items'],
    ['against a rule', { amount: 4 }, 'parameters.amount'],
    ['as proposed', { amount: 750 }, 'parameters'],
    ['nothing', {}, 'parameters'],
    ['a name that every object has', { constructor: 1 }, 'parameters.constructor'],
    ['one that was not proposed', { amount: 500, absent: 1 }, 'parameters.absent'],
  ])('that are %s are refused', (_, asked, field) => {
    expect(errorsOf(asked)).toEqual([field]);
  });

  it('that must equal the session, or whose schema is unusable, stay', () => {
    const bound: Type = {
      ...type,
      rules: [{ parameter: 'amount', rule: 'equals_session', attribute: 'sum' }],
    };
    const result = narrow(bound, { attributes: { sum: 750 } }, proposed, { amount: 500 });
    expect(result).toMatchObject({ errors: [{ field: 'parameters.amount' }] });
    const broken: Type = { ...type, parameters: { type: 'strange' } };
    expect(errorsOf({ amount: 500 }, broken)).toEqual(['parameters']);
  });

  it('are named with what they may be made', () => {
    expect(narrowableIn(type, proposed)).toEqual([
      { parameter: 'amount', value: 750, minimum: 1 },
      { parameter: 'items', value: 3, minimum: 0 },
    ]);
    expect(narrowableIn(type, { amount: 1, items: '3' })).toEqual([]);
    const below: Type = {
      ...type,
      parameters: { type: 'object', properties: { amount: { type: 'number', minimum: -10 } } },
    };
    expect(narrowableIn(below, { amount: -5 })).toEqual([
      { parameter: 'amount', value: -5, minimum: -10 },
    ]);
  });

  it('whatever is asked, never grow, never leave what fits, and change nothing else', () => {
    const names = fc.constantFrom('amount', 'items', 'fee', 'note', 'more', '__proto__');
    const value = fc.oneof(
      fc.integer({ min: -5, max: 1_000 }),
      fc.integer({ min: -50_000, max: 12_000_000 }).map((each) => each / 10_000),
      fc.double(),
      fc.constantFrom('1', null, true),
    );
    const proposals = fc.record({
      amount: fc.integer({ min: 5, max: 1_000 }),
      items: fc.integer({ min: 0, max: 9 }),
      fee: fc.integer({ min: 0, max: 9 }),
    });
    const fits = compileJsonSchema(type.parameters);
    fc.assert(
      fc.property(proposals, fc.dictionary(names, value), (given, asked) => {
        const result = narrow(type, session, given, asked);
        if ('errors' in result) {
          expect(result.errors.length).toBeGreaterThan(0);
          return;
        }
        const { parameters } = result as { parameters: typeof given };
        expect(parameters.amount).toBeLessThanOrEqual(given.amount);
        expect(parameters.items).toBeLessThanOrEqual(given.items);
        expect(parameters.amount + parameters.items).toBeLessThan(given.amount + given.items);
        expect(parameters.amount).toBeGreaterThanOrEqual(5);
        expect(parameters.items).toBeGreaterThanOrEqual(0);
        expect(parameters.fee).toBe(given.fee);
        expect(Object.keys(parameters).toSorted()).toEqual(Object.keys(given).toSorted());
        expect(fits(parameters)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are made any smaller number that fits', () => {
    const cents = fc.integer({ min: 500, max: 99_999 });
    fc.assert(
      fc.property(cents, cents, (one, other) => {
        fc.pre(one !== other);
        const [smaller = 0, larger = 0] = [one / 100, other / 100].toSorted((a, b) => a - b);
        const result = narrow(type, session, { amount: larger }, { amount: smaller });
        expect(result).toEqual({ parameters: { amount: smaller } });
      }),
    );
  });
});
