import { describe, expect, it } from 'vitest';
import { assertJsonType, assertNamesOnce, utf8Text } from './json';

const check = (text: string) => assertNamesOnce(text, JSON.parse(text));

describe('names of a JSON body', () => {
  it.each([
    ['{"a":1,"a":1}', 'a'],
    ['{"a":{"b":[{"c":1 ,\n"d":2,"c" : 3}]}}', 'c'],
    ['{"a":1,"\\u0061":2}', 'a'],
    ['{"a\\"":1,"b":"\\"a\\":","a\\"":2}', 'a\\"'],
    ['[{"a":1},{"":1,"":2}]', ''],
    ['{"1":1,"x":{"1":1},"1":2}', '1'],
  ])('refuses %s', (text, name) => {
    expect(() => check(text)).toThrow(`has the member "${name}" twice`);
  });

  it.each([
    '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}',
    '{"a":"b\\":","c":"\\\\","d":"\\\\\\":\\"x\\":"}',
    '{"a" \t\r\n: "x:y", "A":1,"constructor":2,"__proto__":3}',
    '["a:","b",":"]',
    '"a"',
    '1',
    'null',
  ])('takes %s', (text) => {
    expect(() => check(text)).not.toThrow();
  });

  it('agrees with a count of its own, whatever is written', () => {
    const parts = ['a', 'b', '"', '\\', ':', '{', '}', ' ', 'é', ',', '😀'];
    let seed = 7;
    const draw = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const text = () => Array.from({ length: draw(5) }, () => parts[draw(parts.length)]).join('');
    const make = (depth: number): unknown => {
      if (depth === 0 || draw(3) === 0) return text();
      const some = Array.from({ length: draw(4) }, () => make(depth - 1));
      return draw(2) ? some : Object.fromEntries(some.map((one) => [text(), one]));
    };
    for (let round = 0; round < 500; round += 1) {
      const value = make(4);
      for (const space of [0, 1]) check(JSON.stringify(value, null, space));
      const twice = `{"x:":${JSON.stringify(value)},"x:" :1}`;
      expect(() => check(twice)).toThrow('"x:" twice');
    }
  });
});

describe('what a JSON body is sent as', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset="UTF-8"',
    'application/json; profile=x',
  ])('may be %s', (type) => {
    expect(() => assertJsonType(type)).not.toThrow();
    expect(() => assertJsonType(type, 'identity')).not.toThrow();
  });

  it.each([
    null,
    '',
    'text/plain',
    'application/jsonx',
    'application/json-patch+json',
    'application/json; charset=iso-8859-1',
    'application/json; profile=x; charset = utf-16',
  ])('may not be %s', (type) => {
    expect(() => assertJsonType(type)).toThrow(expect.objectContaining({ status: 415 }));
  });

  it.each(['gzip', 'br', 'identity, gzip'])('may not be packed: %s', (packed) => {
    expect(() => assertJsonType('application/json', packed)).toThrow(
      expect.objectContaining({ status: 415, headers: { 'Accept-Encoding': 'identity' } }),
    );
  });

  it('is UTF-8, and nothing that is not becomes something else', () => {
    expect(utf8Text(Buffer.from('Zürich 😀'))).toBe('Zürich 😀');
    for (const bytes of [Buffer.from('Zürich', 'latin1'), Buffer.from([0xed, 0xa0, 0x80])]) {
      expect(() => utf8Text(bytes)).toThrow(expect.objectContaining({ code: 'not_utf8' }));
    }
  });
});
