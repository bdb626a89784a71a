import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskValue, outputHandler } from './handle';
import { type Handling, handlings } from './levels';
import { parsePath, valuesAt } from './path';

const tokenise = (value: unknown) => `tok_${JSON.stringify(value).length}`;

function handle(result: unknown, links: Record<string, Handling>): unknown {
  const all = Object.entries(links).map(([path, handling]) => ({ path, handling }));
  const handler = outputHandler(all, tokenise);
  return handler ? handler(result) : result;
}

describe('a path', () => {
  it.each([
    'email',
    'customer.email',
    'orders[].items[].sku',
    '*.iban',
    '[].id',
    'a[][]',
    '*',
    '$.a b-c',
  ])('is %s', (path) => expect(parsePath(path)).toBeDefined());

  it.each([
    '',
    '.',
    '[]',
    'a.',
    '.a',
    'a..b',
    'a[0]',
    'a[',
    'a.[]',
    'a*',
    '*a',
    `${'a.'.repeat(32)}a`,
  ])('is not %s', (path) => expect(parsePath(path)).toBeUndefined());
});

describe('what an agent is answered', () => {
  const customer = {
    id: 'C-1',
    email: 'ada@example.test',
    card: '4111 1111 1111 1111',
    born: '1815-12-10',
    token: 'abcdef',
    tags: ['vip', 'early'],
    address: { street: '12 St James Square', city: 'London' },
  };

  it('is handled by field', () => {
    expect(
      handle(customer, {
        email: 'mask',
        card: 'mask',
        born: 'redact',
        token: 'never_leave',
        'address.street': 'mask',
        id: 'tokenise',
      }),
    ).toEqual({
      id: 'tok_5',
      email: '[email]',
      card: '[card …1111]',
      born: '[redacted]',
      tags: ['vip', 'early'],
      address: { street: '••••uare', city: 'London' },
    });
  });

  it('is handled in arrays, whether the path says so or not', () => {
    const { email: _, ...without } = customer;
    const list = { customers: [customer, { ...customer, email: null }] };
    for (const path of ['customers[].email', 'customers.email', 'customers.*.email', '*.email']) {
      expect(handle(list, { [path]: 'never_leave' })).toEqual({
        customers: [without, without],
      });
    }
    expect(handle([customer], { '[].tags': 'never_leave', email: 'redact' })).toEqual([
      { ...customer, email: '[redacted]', tags: undefined },
    ]);
    expect(handle(list, { 'customers[].tags[]': 'redact' })).toEqual({
      customers: [
        { ...customer, tags: '[redacted]' },
        { ...customer, email: null, tags: '[redacted]' },
      ],
    });
    expect(handle({ tags: ['a', 'b'] }, { 'tags.*': 'never_leave' })).toEqual({ tags: [] });
    // One where many were expected.
    expect(handle({ customers: customer }, { 'customers[].email': 'mask' })).toEqual({
      customers: { ...customer, email: '[email]' },
    });
  });

  it('is handled below what is linked, and by the strictest of several links', () => {
    expect(handle(customer, { address: 'mask', 'address.city': 'redact' })).toEqual({
      ...customer,
      address: { street: '••••uare', city: '[redacted]' },
    });
    expect(handle(customer, { '*': 'tokenise', email: 'never_leave' })).toEqual({
      id: 'tok_5',
      card: 'tok_21',
      born: 'tok_12',
      token: 'tok_8',
      tags: ['tok_5', 'tok_7'],
      address: { street: 'tok_20', city: 'tok_8' },
    });
  });

  it('is left as it is where it has another shape', () => {
    for (const other of ['text', 5, null, true, [], {}, { email: { deep: 1 } }, [[['x']]]]) {
      expect(handle(other, { 'email.address.line': 'redact', 'x[].y': 'never_leave' })).toEqual(
        other,
      );
    }
  });

  it('takes no longer for arrays in arrays', () => {
    let deep: unknown = ['x'];
    for (let level = 0; level < 30; level += 1) deep = [deep];
    const path = Array.from({ length: 20 }, () => '*').join('.');
    expect(JSON.stringify(handle({ deep: [[[['x']]]] }, { [path]: 'redact' }))).toContain('x');
    expect(JSON.stringify(handle(deep, { [path]: 'redact' }))).not.toContain('"x"');
  });

  it('costs nothing without links', () => {
    expect(outputHandler([], tokenise)).toBeUndefined();
    expect(outputHandler([{ path: 'email', handling: 'none' }], tokenise)).toBeUndefined();
  });
});

describe('a masked value', () => {
  it.each([
    ['ada@example.test', '[email]'],
    ['+44 20 7946 0958', '[phone]'],
    ['4111111111111111', '[card …1111]'],
    ['GB82 WEST 1234 5698 7654 32', '[iban]'],
    ['Call ada@example.test at home', '••••home'],
    ['abc', '••••c'],
    ['a', '••••'],
    ['', '••••'],
    ['12345678', '••••5678'],
    ['👩👨👧👦👶🧒', '••••👦👶🧒'],
  ])('of %j is %j', (text, masked) => expect(maskValue(text)).toBe(masked));
});

// ---- properties ----

const names = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor');
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ minLength: 3 }).map((text) => `secret ${text}`),
    fc.integer({ min: 1_000_000 }),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(names, tie('value'), { maxKeys: 4 }),
  ),
})).value;
const path = fc
  .array(
    fc.oneof(
      names,
      fc.constant('*'),
      names.map((name) => `${name}[]`),
    ),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((parts) => parts.join('.'));
const handling = fc.constantFrom(...handlings);
const links = fc.array(fc.record({ path, handling }), { maxLength: 4 });

/** Every scalar in a value, as text. */
function scalars(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return value === null ? [] : [String(value)];
  return Object.values(value).flatMap(scalars);
}

/** Every path of names through a value, without places in arrays. */
function shape(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [at];
  if (Array.isArray(value)) return [at, ...value.flatMap((item) => shape(item, at))];
  return [at, ...Object.entries(value).flatMap(([name, one]) => shape(one, `${at}.${name}`))];
}

describe('for any result and links', () => {
  it('nothing that a link hides is found at its path', () => {
    fc.assert(
      fc.property(json, links, (result, all) => {
        const handled = outputHandler(all, tokenise)?.(result) ?? result;
        for (const link of all) {
          const steps = parsePath(link.path) ?? [];
          if (link.handling === 'none') continue;
          const found = valuesAt(handled, steps).flatMap(scalars);
          if (link.handling === 'never_leave')
            expect(valuesAt(handled, steps).filter((one) => one !== '[redacted]')).toEqual([]);
          expect(
            found.filter((text) => text.startsWith('secret ') || /^\d{7,}$/.test(text)),
          ).toEqual([]);
        }
      }),
    );
  });

  it('nothing appears that was not there, and it is given back unchanged without links', () => {
    fc.assert(
      fc.property(json, links, (result, all) => {
        const before = structuredClone(result);
        const handler = outputHandler(all, tokenise);
        const handled = handler ? handler(result) : result;
        expect(result).toEqual(before);
        const known = new Set(shape(result));
        expect(shape(handled).filter((at) => !known.has(at))).toEqual([]);
        if (all.every((link) => link.handling === 'none')) expect(handled).toBe(result);
      }),
    );
  });

  it('a further link only ever hides more', () => {
    const clear = (value: unknown) =>
      scalars(value).filter((text) => /^secret |^\d{7,}$/.test(text));
    fc.assert(
      fc.property(json, links, fc.record({ path, handling }), (result, some, one) => {
        const fewer = clear(outputHandler([...some, one], tokenise)?.(result) ?? result);
        const more = clear(outputHandler(some, tokenise)?.(result) ?? result);
        for (const text of fewer) expect(more).toContain(text);
      }),
    );
  });
});
