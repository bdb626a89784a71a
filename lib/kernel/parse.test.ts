import { expect, it } from 'vitest';
import { z } from 'zod';
import { Problem } from './problem';
import { parse } from './verb';

const Form = z.strictObject({
  why: z.string(),
  limit: z.coerce.number().int().min(1).max(200),
  environment: z.enum(['development', 'production']),
  kind: z.literal(3),
  tags: z.array(z.string().min(1)).max(2),
  note: z.string().max(4),
  own: z.string().max(4, 'say it shorter'),
  way: z.discriminatedUnion('by', [
    z.object({ by: z.literal('hand') }),
    z.object({ by: z.literal('job') }),
  ]),
  either: z.union([z.string(), z.boolean()]),
  at: z.iso.datetime(),
  mail: z.email(),
  even: z.number().multipleOf(2),
  on: z.boolean(),
  more: z.record(z.string(), z.string()),
});

function wrongOf(input: Record<string, unknown>): Record<string, string> {
  try {
    parse(Form, input);
  } catch (error) {
    if (error instanceof Problem) {
      return Object.fromEntries(error.errors?.map((one) => [one.field, one.message]) ?? []);
    }
    throw error;
  }
  return {};
}

it('names what would do in place of a wrong field, in words', () => {
  expect(
    wrongOf({
      ...{ limit: 'many', environment: 'mars', kind: 4, tags: ['a', 'b', 'c'], note: 'long note' },
      ...{ own: 'long text', way: { by: 'chance' }, either: 7, at: 'noon', mail: 'x', even: 3 },
      ...{ on: 'yes', more: [], extra: 1 },
    }),
  ).toEqual({
    why: 'is required',
    limit: 'must be a number',
    environment: 'must be one of development, production',
    kind: 'must be 3',
    tags: 'must have at most 2 items',
    note: 'must have at most 4 characters',
    own: 'say it shorter',
    'way.by': 'must be one of hand, job',
    either: 'has none of the forms that the API description names',
    at: 'must be an instant, as in 2026-11-21T08:00:00Z',
    mail: 'must be an email address',
    even: 'must be a multiple of 2',
    on: 'must be true or false',
    more: 'must be an object',
    extra: 'is not a known field',
  });
  expect(wrongOf({ tags: ['a', ''] })).toMatchObject({ 'tags.1': 'must not be empty' });
  expect(wrongOf({ limit: '0' })).toMatchObject({ limit: 'must be at least 1' });
  expect(wrongOf({ limit: '201' })).toMatchObject({ limit: 'must be at most 200' });
  expect(wrongOf({ limit: '1.5' })).toMatchObject({ limit: 'must be a whole number' });
});
