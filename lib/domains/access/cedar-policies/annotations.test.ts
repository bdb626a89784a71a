import { describe, expect, it } from 'vitest';
import { limitWords } from '../limit-words';
import { checkWorkspace } from './workspace';

const actionTypes = [
  {
    key: 'refunds.create',
    parameters: {
      type: 'object',
      required: ['amount'],
      properties: { amount: { type: 'number' }, note: { type: 'string' } },
    },
  },
  {
    key: 'notes.write',
    parameters: { type: 'object', properties: { pieces: { type: 'integer' } } },
  },
];
const declared = `entity user; entity record;
action read appliesTo { principal: user, resource: record };`;
const check = (text: string) =>
  checkWorkspace({ declared, actionTypes, policies: [{ name: 'by-hand', text }] });
const on = (key: string) => `permit (principal, action == Action::"${key}", resource);`;
const anything = 'permit (principal is Agent, action, resource);';

describe('limits of a permit by hand', () => {
  it('are what its annotations say, and none without', () => {
    const { problems, unknown, statements } = check(`@id("words") @tier("1")
@rate_per_minute("3") @rate_per_hour("20") @rate_per_day("100") @amount_per_day("amount 500.25")
${on('refunds.create')}
${anything}`);
    expect([problems, unknown]).toEqual([[], []]);
    expect(statements.map(({ tier, limits }) => ({ tier, limits }))).toEqual([
      {
        tier: 1,
        limits: {
          ...{ perMinute: 3, perHour: 20, perDay: 100 },
          amountPerDay: { parameter: 'amount', max: 500.25 },
        },
      },
      { tier: 3, limits: {} },
    ]);
    expect(limitWords(statements[0]?.limits ?? {})).toContain('20 an hour');
  });

  it.each([
    ['no number', `@rate_per_hour("many")\n${anything}`, 1, 'whole number'],
    ['nothing', `@rate_per_hour\n${anything}`, 1, '@rate_per_hour must'],
    ['zero', `// none\n@tier("1")\n@rate_per_day("0")\n${anything}`, 3, 'whole number'],
    ['a part', `@rate_per_minute("1.5")\n${anything}`, 1, 'whole number'],
    ['too many', `@rate_per_minute("1000001")\n${anything}`, 1, 'whole number'],
    ['no parameter', `@amount_per_day("500")\n${anything}`, 1, 'such as'],
    ['less than nothing', `@amount_per_day("amount -1")\n${anything}`, 1, 'such as'],
    ['five decimals', `@amount_per_day("amount 0.00001")\n${anything}`, 1, 'such as'],
    ['a text', `\n@amount_per_day("note 5")\n${on('refunds.create')}`, 2, 'no required number'],
    ['an option', `@amount_per_day("pieces 5")\n${on('notes.write')}`, 1, 'no required number'],
    [
      'a forbid',
      `${anything}\n\n@rate_per_day("1")\nforbid (principal, action, resource);`,
      3,
      'a forbid',
    ],
    [
      'what is no action type',
      `@tier("1")\n@rate_per_day("1")\n${on('read')}`,
      2,
      'no action type',
    ],
  ])('of %s are wrong at their line, and decide nothing', (_, text, line, message) => {
    const { problems } = check(text);
    expect(problems).toMatchObject([{ name: 'by-hand', line, column: 1 }]);
    expect(problems[0]?.message).toContain(message);
  });

  it('are not taken from an annotation that is none, which is told by its line', () => {
    const { problems, unknown, statements } = check(
      `${anything}\n@description("x")\n  @rate_per_hours("1")\n${anything}`,
    );
    expect(problems).toEqual([]);
    expect(unknown).toMatchObject([
      { name: 'by-hand', line: 3, column: 3, message: expect.stringContaining('@rate_per_hours') },
    ]);
    expect(statements).toHaveLength(2);
  });
});
