import { describe, expect, it } from 'vitest';
import { entity, evaluating } from './test/evaluating';

const most = '9223372036854775807';

/** Computed, because the JSON form cannot write it. */
const largestLong = '(2147483648 * 2147483648 + (2147483648 * 2147483648 - 1))';

describe('longs', () => {
  it('have 64 bits, and an error beyond them', () => {
    expect(evaluating(`${largestLong} - 1 < ${largestLong}`)).toBe(true);
    expect(evaluating(`${largestLong} + 1 == 0`)).toBe(
      `integer overflow while attempting to add the values \`${most}\` and \`1\``,
    );
    expect(evaluating(`0 - ${largestLong} - 2 == 0`)).toBe(
      `integer overflow while attempting to subtract the values \`-${most}\` and \`2\``,
    );
    expect(evaluating(`${largestLong} * -2 == 0`)).toContain('attempting to multiply');
    expect(evaluating(`-(0 - ${largestLong} - 1) == 0`)).toBe(
      'integer overflow while attempting to negate the value `-9223372036854775808`',
    );
    expect(evaluating(`-(0 - ${largestLong}) == ${largestLong}`)).toBe(true);
  });

  it('are exact and comparable on both sides of 2^53', () => {
    expect(evaluating('9007199254740991 + 1 == 9007199254740991 + 2')).toBe(false);
    expect(evaluating('9007199254740991 + 2 - 2 == 9007199254740991')).toBe(true);
    expect(evaluating('9007199254740991 < 9007199254740991 + 1')).toBe(true);
    expect(evaluating('[9007199254740991 + 1].contains(1 + 9007199254740991)')).toBe(true);
    expect(evaluating('0 * -1 == 0 && [0].contains(0 * -1)')).toBe(true);
  });

  it('compare with longs alone', () => {
    expect(evaluating('1 < "2"')).toBe('type error: expected long, got string');
    expect(evaluating('"1" > "2"')).toBe(
      'type error: expected one of [long, datetime, duration], got string',
    );
    expect(evaluating('duration("1h") >= 1')).toBe('type error: expected long, got duration');
    expect(evaluating('duration("1h") <= datetime("2024-01-01")')).toBe(
      'type error: expected duration, got datetime',
    );
  });
});

describe('booleans', () => {
  it('judge the right side only where the left does not decide', () => {
    expect(evaluating('false && 1')).toBe(false);
    expect(evaluating('true || 1')).toBe(true);
    expect(evaluating('true && 1')).toBe('type error: expected bool, got long');
    expect(evaluating('false || "a"')).toBe('type error: expected bool, got string');
    expect(evaluating('if 1 == 1 then true else 1 + "a"')).toBe(true);
    expect(evaluating('if principal then true else true')).toBe(
      'type error: expected bool, got (entity of type `User`)',
    );
    expect(evaluating('!1')).toBe('type error: expected bool, got long');
    expect(evaluating('1')).toBe('type error: expected bool, got long');
  });
});

describe('sets and records', () => {
  it('are equal by what they hold', () => {
    expect(evaluating('[1, 2, 2] == [2, 1]')).toBe(true);
    expect(evaluating('[[1], [2]] == [[2], [1], [1]]')).toBe(true);
    expect(evaluating('["1"] == [1] || [true] == [1] || ["true"] == [true]')).toBe(false);
    expect(evaluating('[{a: 1, b: [2]}].contains({b: [2], a: 1})')).toBe(true);
    expect(evaluating('{a: 1} == {a: 1, b: 1} || {a: 1} == {b: 1}')).toBe(false);
    expect(evaluating('[User::"a"].contains(principal)')).toBe(true);
    expect(evaluating('["User::\\"a\\""].contains(principal)')).toBe(false);
    expect(evaluating('[decimal("1.0")] == [decimal("1.00")]')).toBe(true);
    expect(evaluating('[ip("10.0.0.0/8")].contains(ip("10.0.0.1/8"))')).toBe(false);
    expect(evaluating('["\\0\\"a", "a"].contains("\\"a")')).toBe(false);
  });

  it('contain all of an empty set and any of none', () => {
    expect(evaluating('[].isEmpty() && [] == []')).toBe(true);
    expect(evaluating('[1].containsAll([]) && [].containsAll([])')).toBe(true);
    expect(evaluating('[1].containsAny([]) || [].containsAny([])')).toBe(false);
    expect(evaluating('[1, "a"].containsAll(["a", 1]) && [1].containsAny([2, 1])')).toBe(true);
    expect(evaluating('[1].containsAll(1)')).toBe('type error: expected set, got long');
    expect(evaluating('1.containsAny([1])')).toBe('type error: expected set, got long');
    expect(evaluating('"a".isEmpty()')).toBe('type error: expected set, got string');
    expect(evaluating('[1].contains([1])')).toBe(false);
  });

  it('have the attributes they were given and no others', () => {
    expect(evaluating('{a: {b: 1}}.a.b == 1')).toBe(true);
    expect(evaluating('{}.toString == 1')).toBe('record does not have the attribute `toString`');
    expect(evaluating('{} has constructor || context has __proto__')).toBe(false);
    const context = JSON.parse('{"__proto__": {"n": 1}}');
    expect(evaluating('context.__proto__.n == 1', { context })).toBe(true);
    expect(evaluating('context has n', { context })).toBe(false);
    expect(evaluating('{a: {b: 1}} has a.b && !({a: {}} has a.b.c)')).toBe(true);
    expect(evaluating('{a: 1} has a.b')).toBe(
      'type error: expected one of [record, (entity of type `any_entity_type`)], got long',
    );
  });
});

describe('like', () => {
  it('takes a star for all kinds of text, and an escaped one for itself', () => {
    expect(evaluating('"a*b" like "a\\*b"')).toBe(true);
    expect(evaluating('"axb" like "a\\*b"')).toBe(false);
    expect(evaluating('"axxb" like "a*b" && "ab" like "a**b"')).toBe(true);
    expect(evaluating('"aa" like "aa*a" || "ab" like "a*b*b"')).toBe(false);
    expect(evaluating('"ababab" like "*ab*ab" && "" like "*" && "" like ""')).toBe(true);
    expect(evaluating('"a" like ""')).toBe(false);
    expect(evaluating('"*" like "\\**\\*"')).toBe(false);
    expect(evaluating('"(a+)+$[x]" like "(a+)+$*]"')).toBe(true);
    expect(evaluating('"\u{1f600}" like "*\u{1f600}" && "a\\nb" like "a*b"')).toBe(true);
    expect(evaluating('1 like "*"')).toBe('type error: expected string, got long');
  });
});

describe('entities', () => {
  const entities = [
    entity(
      'User a',
      ['Group g'],
      { n: 1, boss: { __entity: { type: 'User', id: 'b' } } },
      { t: 2 },
    ),
    entity('Group g', ['Group h']),
    entity('Group h', ['Group top']),
  ];
  const world = { entities };

  it('are in themselves, their parents and all of theirs', () => {
    expect(evaluating('principal in User::"a" && principal in Group::"h"', world)).toBe(true);
    expect(evaluating('principal in Group::"top"', world)).toBe(true);
    expect(evaluating('Group::"g" in principal || principal in Other::"g"', world)).toBe(false);
    expect(evaluating('User::"new" in User::"new" && !(User::"new" in Group::"g")')).toBe(true);
    expect(evaluating('principal in [Group::"x", Group::"h"]', world)).toBe(true);
    expect(evaluating('principal in []', world)).toBe(false);
    expect(evaluating('principal in [principal, "a", 1]', world)).toBe(
      'type error: expected (entity of type `any_entity_type`), got long',
    );
    expect(evaluating('principal in "a"', world)).toBe(
      'type error: expected one of [set, (entity of type `any_entity_type`)], got string',
    );
    expect(evaluating('"a" in [principal]')).toContain('got string');
  });

  it('are not in a set of other things, of which the error names the first by order of type', () => {
    const others = [
      ['true', 'bool'],
      ['1', 'long'],
      ['"a"', 'string'],
      ['[]', 'set'],
      ['{}', 'record'],
      ['datetime("2026-01-01")', 'datetime'],
      ['decimal("1.0")', 'decimal'],
      ['duration("1d")', 'duration'],
      ['ip("127.0.0.1")', 'ipaddr'],
    ] as const;
    for (const [index, [literal, type]] of others.entries()) {
      for (const [later] of others.slice(index)) {
        for (const set of [`${literal}, ${later}`, `${later}, ${literal}`]) {
          expect(evaluating(`principal in [User::"a", ${set}]`)).toContain(`got ${type}`);
        }
      }
    }
  });

  it('are of a type, and in something as well', () => {
    expect(evaluating('principal is User in Group::"h" && !(principal is Group)', world)).toBe(
      true,
    );
    expect(evaluating('principal is User in [Group::"x"]', world)).toBe(false);
    // What it is in is not judged where the type is another.
    expect(evaluating('principal is Group in 1', world)).toBe(false);
    expect(evaluating('principal is User in 1', world)).toContain('got long');
    expect(evaluating('1 is User')).toContain('expected (entity of type `any_entity_type`)');
  });

  it('have attributes and tags where the store has them', () => {
    expect(evaluating('principal.n == 1 && principal.getTag("t") == 2', world)).toBe(true);
    expect(evaluating('principal has n && principal.hasTag("t")', world)).toBe(true);
    expect(evaluating('principal has t || principal.hasTag("n")', world)).toBe(false);
    expect(evaluating('principal.t == 1', world)).toBe(
      '`User::"a"` does not have the attribute `t`',
    );
    expect(evaluating('principal.getTag("n") == 1', world)).toBe(
      '`User::"a"` does not have the tag `n`',
    );
    // One that is not in the store has nothing, which is no error to ask about.
    expect(evaluating('principal.boss has n || principal.boss.hasTag("t")', world)).toBe(false);
    expect(evaluating('principal has boss.n.x', world)).toBe(false);
    expect(evaluating('principal.boss.n == 1', world)).toBe('entity `User::"b"` does not exist');
    expect(evaluating('principal.hasTag(1)', world)).toBe('type error: expected string, got long');
    expect(evaluating('1.getTag("a") == 1')).toContain('got long');
  });

  it('are equal by type and id', () => {
    expect(evaluating('principal == User::"a" && principal != Other::"a"')).toBe(true);
    expect(evaluating('principal == "a" || principal == 1')).toBe(false);
    expect(evaluating('User::"q\'\\"\\n\\u{7f}".n == 1')).toBe(
      'entity `User::"q\\\'\\"\\n\\u{7f}"` does not exist',
    );
  });
});
