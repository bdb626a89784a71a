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

/** What every object inherits, and a member of JSON may be called. */
const inherited = ['toString', 'valueOf', 'constructor', 'hasOwnProperty'];
/** Values that Ajv can compare: not with members that are called as the methods it compares by. */
const comparable = fc
  .jsonValue({ maxDepth: 2 })
  .filter(
    (value) =>
      ![...inherited, '__proto__'].some((name) => JSON.stringify(value).includes(`"${name}":`)),
  );

describe('a member that is called as what every object inherits', () => {
  it.each(inherited)('%s is there only where it was sent', (name) => {
    const properties = JSON.parse(`{"${name}":{"type":"string"}}`) as object;
    const of = (text: string) => JSON.parse(text) as unknown;
    expect(fields({ type: 'object', properties }, {})).toEqual([]);
    expect(fields({ type: 'object', properties }, of(`{"${name}":"a"}`))).toEqual([]);
    expect(fields({ type: 'object', properties }, of(`{"${name}":1}`))).toEqual([name]);
    const required = { type: 'object', properties, required: [name] };
    expect(fields(required, {})).toEqual([name]);
    expect(fields(required, of(`{"${name}":"a"}`))).toEqual([]);
  });

  it('is not called __proto__ in a schema, of which that would not hold', () => {
    const schema: unknown = JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"string"}}}',
    );
    expect(() => compileJsonSchema(schema)).toThrow('__proto__ can be no name in it');
  });

  it.each(inherited)('%s is compared as other members are', (name) => {
    const one = JSON.parse(`{"${name}":{}}`) as unknown;
    const other = JSON.parse(`{"${name}":{"a":1}}`) as unknown;
    const array = { type: 'array', uniqueItems: true };
    expect(compileJsonSchema(array)([one, other])).toEqual([]);
    expect(compileJsonSchema(array)([one, other, one])).toHaveLength(1);
    for (const schema of [{ const: one }, { enum: ['a', one] }, { const: {} }, { enum: [{}, 1] }]) {
      const holds = JSON.stringify(schema).includes(name);
      expect(compileJsonSchema(schema)(one)).toHaveLength(holds ? 0 : 1);
      expect(compileJsonSchema(schema)(other)).toHaveLength(1);
    }
  });
});

describe('a value that is one of some', () => {
  it('is what Ajv takes for one', () => {
    const values = fc.array(comparable, { minLength: 1, maxLength: 4 });
    const tried = values.chain((all) =>
      fc.tuple(fc.constant(all), fc.oneof(fc.constantFrom(...all), comparable)),
    );
    const ajv = new Ajv2020({ strict: false });
    fc.assert(
      fc.property(tried, ([all, value]) => {
        const schema = { properties: { one: { enum: all }, same: { const: all[0] } } };
        const check = ajv.compile(schema);
        const ours = compileJsonSchema({ type: 'object', ...schema });
        for (const name of ['one', 'same']) {
          expect(ours({ [name]: value }).length === 0).toBe(check({ [name]: value }));
        }
      }),
    );
  });

  it('says that it is none', () => {
    const [violation] = compileJsonSchema({ enum: ['a', { b: 1 }] })({ b: 2 });
    expect(violation).toEqual({ field: '', message: 'must be equal to one of the allowed values' });
    expect(() => compileJsonSchema({ enum: [] })).toThrow('enum must have non-empty array');
  });
});

describe('an array of different items', () => {
  const unique = compileJsonSchema({ type: 'array', uniqueItems: true });
  const ajvs = new Ajv2020().compile({ type: 'array', uniqueItems: true });

  it('is what Ajv takes for one', () => {
    const items = fc.array(comparable, { maxLength: 4 });
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
