import { expect, it } from 'vitest';
import { validatorOf } from './validator';

const schema = (pattern: string) => ({
  type: 'object',
  properties: { name: { type: 'string', pattern } },
});
const unusable = expect.stringContaining('is unusable; ask an admin');

it('one schema that cannot be run lets nothing pass, and leaves the others alone', () => {
  const stored = validatorOf(schema('^(?=.*a)'));
  for (const parameters of [{ name: 'a' }, {}, null]) {
    expect(stored(parameters)).toEqual([{ field: '', message: unusable }]);
  }
  expect(validatorOf(schema('^.*a'))({ name: 'a' })).toEqual([]);
});

it('a schema whose pattern could be tried in many ways has its answer', () => {
  const validate = validatorOf(schema(String.raw`^(\w+\s?)*$`));
  const name = 'a'.repeat(100_000);
  expect(validate({ name })).toEqual([]);
  expect(validate({ name: `${name}!` })).toMatchObject([{ field: 'name' }]);
});
