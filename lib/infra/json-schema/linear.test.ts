import vm from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinearPattern, TooManySteps } from './linear';

const steps = () => ({ left: 20_000_000 });
const linear = (source: string) => new LinearPattern(source, steps());

/** Characters that classes, escapes and edges tell apart, or that are written in several ways. */
const characters = [
  ...'ab1_-. /\\]^$AZ\0\b\t\n\v\f\r',
  ...['\u0085', '\u00a0', '\u017f', '\u00e9', '\u03b1', '\u0660', '\u1680', '\u2003', '\u2028'],
  ...['\u2029', '\u212a', '\u3000', '\ufeff', '\u{1d49c}', '\u{1f600}', '\ud83d', '\ude00'],
];
const atoms = [
  ...['a', 'b', '1', '_', '.', 'é', '😀', '-', '/', String.raw`\.`, String.raw`\/`],
  ...[...'dDsSwWnrtvf'].map((letter) => `\\${letter}`),
  String.raw`[\0]`,
  ...[String.raw`\x61`, String.raw`\u00e9`, String.raw`\u{1f600}`, String.raw`\ud83d\ude00`],
  ...[String.raw`\ud83d`, String.raw`\cJ`, String.raw`\p{L}`, String.raw`\P{L}`],
  ...[String.raw`\p{Script=Greek}`, String.raw`\p{Alphabetic}`, String.raw`\p{gc=Nd}`],
  ...['[ab]', '[^ab]', '[a-z]', '[]', '[^]', '[.]', '[^😀]', '[é-😀]', '[(|)]', '[[]'],
  ...[String.raw`[\]a]`, String.raw`[\\a]`, String.raw`[\w-]`, String.raw`[^\s]`],
  ...[String.raw`[\b]`, String.raw`[\u{1f600}a]`, String.raw`[\p{Lu}\d]`, String.raw`[\ud83d]`],
];
const edges = ['^', '$', String.raw`\b`, String.raw`\B`];
const repetitions = ['', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{0}', '{1,}', '{0,2}'];
const groups = ['(', '(?:'];

const { pattern } = fc.letrec<{ pattern: string; sequence: string; part: string }>((tie) => ({
  pattern: fc
    .array(tie('sequence'), { minLength: 1, maxLength: 3 })
    .map((choices) => choices.join('|')),
  sequence: fc.array(tie('part'), { maxLength: 4 }).map((parts) => parts.join('')),
  part: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'pattern' },
    fc
      .tuple(fc.constantFrom(...atoms), fc.constantFrom(...repetitions))
      .map((parts) => parts.join('')),
    fc.constantFrom(...edges),
    fc
      .tuple(fc.constantFrom(...groups), tie('pattern'), fc.constantFrom(...repetitions))
      .map(([open, inner, times]) => `${open}${inner})${times}`),
  ),
}));
const text = fc.array(fc.constantFrom(...characters), { maxLength: 6 }).map((all) => all.join(''));

/**
 * Whether it is found at any character. V8 itself looks between the halves of a surrogate pair
 * too, where ECMA-262 has no place, and finds what matches nothing there, such as `\B`.
 */
function native(source: string): (text: string) => boolean {
  const sticky = new RegExp(source, 'uy');
  return (all) => {
    let at = 0;
    for (const character of [...all, '']) {
      sticky.lastIndex = at;
      if (sticky.test(all)) return true;
      at += character.length;
    }
    return false;
  };
}

/** What V8 finds in each of the texts; undefined where its backtracking takes for ever, or nearly so. */
function nativeInTime(source: string, texts: string[]): boolean[] | undefined {
  const code = `(${native})(${JSON.stringify(source)})`;
  try {
    const found = vm.runInNewContext(`${JSON.stringify(texts)}.map(${code})`, {}, { timeout: 500 });
    return [...(found as boolean[])];
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  }
}

describe('a pattern', () => {
  it('finds what RegExp finds', () => {
    let left = 0;
    fc.assert(
      fc.property(pattern, fc.array(text, { maxLength: 20 }), (source, texts) => {
        const expected = nativeInTime(source, texts);
        if (expected === undefined) left += 1;
        const own = linear(source);
        for (const [at, each] of texts.entries()) {
          const found = own.test(each);
          if (expected) expect([source, each, found]).toEqual([source, each, expected[at]]);
        }
      }),
      { numRuns: 3_000 },
    );
    expect(left).toBeLessThan(300);
  });

  it('is compared with a RegExp that is given up where it backtracks for ever', () => {
    expect(nativeInTime('^(a+)+$', ['aaa', `${'a'.repeat(60)}!`])).toBeUndefined();
    expect(nativeInTime('^(a+)+$', ['aaa', 'b'])).toEqual([true, false]);
  });

  it('finds it also where it knows more states than it keeps', () => {
    const source = '^[ab]*a[ab]{12}$';
    const expected = native(source);
    const own = linear(source);
    const tests = fc.array(fc.constantFrom('a', 'b'), { minLength: 10, maxLength: 60 });
    fc.assert(
      fc.property(tests, (all) => {
        expect(own.test(all.join(''))).toBe(expected(all.join('')));
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads every character as RegExp does', () => {
    for (const source of [String.raw`^\s$`, String.raw`^\w\b$`, '^.$', String.raw`^[^\p{L}\d]$`]) {
      const expected = native(source);
      const own = linear(source);
      const all = Array.from({ length: 0x1_00_00 }, (_, code) => String.fromCodePoint(code));
      expect(all.filter((each) => own.test(each) !== expected(each))).toEqual([]);
    }
  });

  it.each([
    String.raw`^(\w+\s?)*$`,
    '^(a+)+$',
    '^(a|a)*$',
    '^(a|aa)+$',
    '(a*)*(a*)*b$',
    String.raw`^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+$`.replaceAll('\\-', '-'),
    String.raw`^\s*(?:\S+\s+)*x$`,
  ])('%s gets through a long text that it does not match', (source) => {
    expect(linear(source).test(`${'a'.repeat(100_000)}!`)).toBe(false);
  });

  it('of many states is done after as many steps as there are, and says so', () => {
    const own = linear('^[ab]*a[ab]{900}$');
    // The binary numbers in a row: no text repeats itself less.
    const many = Array.from({ length: 60_000 }, (_, n) => n.toString(2)).join('');
    const letters = many.replaceAll('0', 'a').replaceAll('1', 'b');
    expect(() => own.test(letters)).toThrow(TooManySteps);
    own.steps.left = 20_000_000;
    expect(own.test(`a${'b'.repeat(900)}`)).toBe(true);
  });

  it.each([
    ['(?=a)b', 'looks ahead'],
    ['^(?!a)', 'looks ahead'],
    ['(?<=a)b', 'looks behind'],
    ['(?<!a)b', 'looks behind'],
    [String.raw`(a)\1`, 'refers back'],
    [String.raw`(?<n>a)\k<n>`, 'refers back'],
    ['(?:a{1000}){1000}', 'more than 10000 parts'],
    ['(?:){20000}', 'more than 10000 parts'],
    [`${'('.repeat(200)}a${')'.repeat(200)}`, 'groups within groups'],
    ['(', 'is not valid'],
    [String.raw`\-`, 'is not valid'],
    ['[z-a]', 'is not valid'],
  ])('%s is refused with a reason', (source, reason) => {
    expect(() => linear(source)).toThrow(reason);
  });

  it('finds nothing between the halves of a surrogate pair', () => {
    expect(linear(String.raw`\B`).test('a\u{1d49c}a')).toBe(false);
    expect(linear(String.raw`^a\b.\ba$`).test('a\u{1d49c}a')).toBe(true);
  });

  it('may name its groups, and looks nowhere for that', () => {
    const own = linear('^(?<year>[0-9]{4})-(?<month>[0-9]{2})$');
    expect(own.test('2026-11')).toBe(true);
    expect(own.test('2026-1')).toBe(false);
  });
});
