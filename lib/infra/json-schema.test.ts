import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileJsonSchema, PatternError } from './json-schema';

const fields = (schema: unknown, value: unknown) =>
  compileJsonSchema(schema)(value).map(({ field }) => field);
const ofText = (more: object) => ({
  type: 'object',
  properties: { x: { type: 'string', ...more } },
});
const evil = String.raw`^(\w+\s?)*$`;
const long = `${'a'.repeat(100_000)}!`;

describe('a schema', () => {
  it('names what does not fit', () => {
    const schema = {
      type: 'object',
      additionalProperties: false,
      required: ['id'],
      properties: { id: { type: 'string', pattern: String.raw`^C-\d{5}$` }, of: { enum: [1, 2] } },
    };
    expect(fields(schema, { id: 'C-20931' })).toEqual([]);
    expect(fields(schema, { id: 'C-2093', of: 3 })).toEqual(['id', 'of']);
    expect(fields(schema, { more: 1 })).toEqual(['id', 'more']);
    expect(compileJsonSchema(schema)({ id: 'x' })).toEqual([
      { field: 'id', message: String.raw`must match pattern "^C-\d{5}$"` },
    ]);
  });

  it('keeps its patterns apart', () => {
    const schema = { ...ofText({ pattern: '^a' }), patternProperties: { '^y': { pattern: 'b$' } } };
    const each = { ...schema, patternProperties: { '^y': { type: 'string', pattern: 'b$' } } };
    expect(fields(each, { x: 'ab', y: 'ab', z: 1 })).toEqual([]);
    expect(fields(each, { x: 'b', y: 'a' })).toEqual(['x', 'y']);
  });

  it('has an answer for a long text that a pattern could be tried on in many ways', () => {
    expect(fields(ofText({ pattern: evil }), { x: long })).toEqual(['x']);
    const named = {
      ...{ type: 'object', additionalProperties: false },
      patternProperties: { [evil]: { type: 'string' } },
    };
    expect(fields(named, { [long]: 'x' })).toEqual([long]);
    const names = { type: 'object', propertyNames: { pattern: evil } };
    expect(fields(names, { [long]: 'x' })).toHaveLength(2);
    // One that is both among the properties and like a pattern.
    const both = {
      type: 'object',
      properties: { [long]: true },
      patternProperties: { [evil]: {} },
    };
    expect(fields(both, {})).toEqual([]);
  });

  it('lets nothing pass that takes too many steps, not even where a pattern must not match', () => {
    const pattern = '^[ab]*a[ab]{900}$';
    const many = Array.from({ length: 60_000 }, (_, n) => n.toString(2)).join('');
    const x = many.replaceAll('0', 'a').replaceAll('1', 'b');
    const check = compileJsonSchema(ofText({ not: { pattern } }));
    expect(check({ x })).toEqual([
      { field: '', message: "have more text than their schema's patterns can be run on" },
    ]);
    // The next value has steps of its own.
    expect(check({ x: 'ab' })).toEqual([]);
  });

  it.each([
    [{ pattern: '^(?=.*a)b' }, '"^(?=.*a)b" looks ahead; use allOf or not with patterns'],
    [{ pattern: String.raw`(a)\1` }, 'refers back to a group'],
    [{ pattern: '(?:a{1000}){1000}' }, 'more than 10000 parts'],
    [{ pattern: String.raw`\-` }, 'is not valid: Invalid escape'],
  ])('is refused with %j', (more, message) => {
    expect(() => compileJsonSchema(ofText(more))).toThrow(PatternError);
    expect(() => compileJsonSchema(ofText(more))).toThrow(message);
    const { pattern } = more;
    const named = { type: 'object', patternProperties: { [pattern]: {} } };
    expect(() => compileJsonSchema(named)).toThrow(PatternError);
  });
});

it('a schema is refused whose patterns are large only together', () => {
  const properties = Object.fromEntries(
    Array.from({ length: 50 }, (_, n) => [`p${n}`, { type: 'string', pattern: `^${n}a{9000}$` }]),
  );
  expect(() => compileJsonSchema({ type: 'object', properties })).toThrow(PatternError);
});

describe('an array of different items', () => {
  const unique = compileJsonSchema({ type: 'array', uniqueItems: true });
  const ajvs = new Ajv2020().compile({ type: 'array', uniqueItems: true });

  it('is what Ajv takes for one', () => {
    const items = fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 4 });
    const twice = fc.tuple(items, items).map(([some, others]) => [...some, ...others, ...some]);
    const close = fc.array(
      fc.constantFrom(0, -0, '0', null, '', [], {}, [0], ['0'], { a: 1, b: 2 }, { b: 2, a: 1 }, [
        ['a', 1],
      ]),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(fc.oneof(items, twice, close), (value) => {
        expect(unique(value).length === 0).toBe(ajvs(value));
      }),
      { numRuns: 1_000 },
    );
  });

  it('may be long', () => {
    const many = Array.from({ length: 100_000 }, (_, a) => ({ a }));
    expect(unique(many)).toEqual([]);
    expect(unique([...many, { a: 7 }])).toHaveLength(1);
  });
});

describe('a URL', () => {
  const url = compileJsonSchema({ type: 'string', format: 'url' });

  it('is what ajv-formats takes for one, without blanks', () => {
    const pieces = ['http://', 'ftp://', 'a', 'b1', '-', '.', 'com', ':', '80', '@', '/', '?x=1#y'];
    const text = fc
      .array(fc.constantFrom(...pieces, '10.0.0.1', '192.0.2.1', 'é', '😀', ' '), { maxLength: 9 })
      .map((all) => `http://${all.join('')}`);
    fc.assert(
      fc.property(text, (value) => {
        expect(url(value).length === 0).toBe((fullFormats.url as RegExp).test(value));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each(['::', 'a@', 'a@aa.aa/', 'a.', 'a-', ':80'])('may be a long row of %s', (unit) => {
    for (const end of ['', ' ', '!']) {
      expect(url(`http://${unit.repeat(100_000)}${end}`).length).toBeLessThan(2);
    }
  });
});
