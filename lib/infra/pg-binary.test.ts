import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ownerUrl } from './db-roles';
import { binaryArray, binaryVector } from './pg-binary';

const client = new pg.Client({ connectionString: ownerUrl('trail') });
beforeAll(() => client.connect());
afterAll(() => client.end());

const text = fc
  .string({ unit: 'grapheme', maxLength: 40 })
  .filter((value) => !value.includes('\0') && value.isWellFormed());
const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });

it('reaches the server as it was given', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          text: optional(text),
          bigint: fc.maxSafeInteger(),
          smallint: optional(fc.integer({ min: -32_768, max: 32_767 })),
          bytea: optional(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))),
        }),
      ),
      async (given) => {
        const { rows } = await client.query<(typeof given)[number]>(
          `SELECT a AS text, b::text AS bigint, c AS smallint, d AS bytea
             FROM unnest($1::text[], $2::bigint[], $3::smallint[], $4::bytea[]) AS given (a, b, c, d)`,
          (['text', 'bigint', 'smallint', 'bytea'] as const).map((type) =>
            binaryArray(
              type,
              given.map((row) => row[type]),
            ),
          ),
        );
        expect(rows.map((row) => ({ ...row, bigint: Number(row.bigint) }))).toEqual(given);
      },
    ),
    { numRuns: 50 },
  );
});

async function stored(vector: Buffer): Promise<string> {
  const { rows } = await client.query<{ vector: string }>(
    'SELECT each::text AS vector FROM unnest($1::tsvector[]) AS each',
    [binaryArray('tsvector', [vector])],
  );
  return rows[0]?.vector ?? '';
}

it('has words with their places and lexemes without', async () => {
  const words = new Map([
    ['refund', [1, 9, 16_382]],
    ['größe', [4]],
    ['a', []],
  ]);
  expect(await stored(binaryVector(['=tier=3', `=actor=o'x\\`, '=nul=a\0b'], words))).toBe(
    `'=actor=o''x\\\\' '=tier=3' 'a' 'größe':4 'refund':1,9,16382`,
  );
  expect(await stored(binaryVector([], new Map()))).toBe('');
});

it('leaves out what is too much for one vector', async () => {
  const many = new Map(Array.from({ length: 90_000 }, (_, at) => [`word${at}`, [at % 16_000]]));
  const vector = await stored(binaryVector(['=kept=1'], many));
  expect(vector).toContain(`'=kept=1'`);
  expect(vector.split(' ').length).toBeGreaterThan(50_000);
  expect(vector.split(' ').length).toBeLessThan(90_000);
});
