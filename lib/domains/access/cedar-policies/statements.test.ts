import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cedar } from '@/lib/infra/cedar';
import { openPermits, textWidens, writtenStatements } from './statements';

const forbid = 'forbid (principal, action, resource) when { false };';
const permit = 'permit (principal, action, resource);';
/** Without what is nothing but a space to Cedar alone. */
const effects = (text: string) =>
  writtenStatements(text)
    .filter(({ bare }) => !/^[\s\u0085]*$/.test(bare))
    .map(({ effect }) => effect);

/** The effects that Cedar itself finds, undefined where it refuses the text. */
function cedars(text: string): string[] | undefined {
  const parts = cedar().policySetTextToParts(text);
  if (parts.type !== 'success') return undefined;
  return parts.policies.map((policy) => {
    const json = cedar().policyToJson(policy);
    return json.type === 'success' ? json.json.effect : 'none';
  });
}

describe('the statements of a text', () => {
  it.each([
    `${forbid} // note\r@tier("1") ${permit}`,
    `${forbid} // note\r\n${permit}`,
    `@forbid("x") ${permit}`,
    `@permit("x") ${forbid}`,
    `@forbid ${permit}`,
    `@note("// \\" forbid (") ${permit}`,
    `// permit (\n${forbid}`,
    `permit // forbid (\n(principal, action, resource);`,
    `permit\u0085(principal, action, resource);`,
    `\u0085${forbid}`,
    `\u2028${permit}`,
  ])('are none that Cedar takes for another: %j', (text) => {
    const found = effects(text);
    const real = cedars(text);
    if (real === undefined) return;
    expect(found).toHaveLength(real.length);
    for (const [at, effect] of found.entries()) expect([real[at], 'unknown']).toContain(effect);
  });

  it('are counted as Cedar does, whatever stands between them', () => {
    const piece = fc.constantFrom(
      ...[
        forbid,
        permit,
        `@forbid("a") ${permit}`,
        `@permit ${forbid}`,
        '// x',
        '// permit (',
        '"',
        '\\',
      ],
      ...[
        '\n',
        '\r',
        '\t',
        ' ',
        '\u0085',
        '\u00a0',
        '\u2028',
        '\ufeff',
        ';',
        '/',
        '@a("b")',
        '@a("\\"; //")',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        const real = cedars(text);
        if (real === undefined) return;
        const found = effects(text);
        expect(found).toHaveLength(real.length);
        for (const [at, effect] of found.entries()) expect([real[at], 'unknown']).toContain(effect);
      }),
      { numRuns: 2_000 },
    );
  });

  it('keep what stands in quotes, and only that, as it is', () => {
    const [one] = writtenStatements(
      'permit(principal,\n\n action,  resource) when { "a  b" == "" };',
    );
    expect(one?.text).toBe('permit(principal, action, resource) when { "a  b" == "" }');
    expect(one?.bare).toBe('permit(principal, action, resource) when { "" == "" }');
  });
});

describe('a text that takes the place of another', () => {
  const other = (was: string, is: string) => [textWidens(was, is), textWidens(is, was)];

  it('widens by a permit that is new and by a forbid that is gone', () => {
    expect(other('', permit)).toEqual([true, false]);
    expect(other('', forbid)).toEqual([false, true]);
    expect(other(forbid, `// why\n${forbid.replaceAll(' ', '\n')}`)).toEqual([false, false]);
  });

  it('widens where a permit hides behind a comment, an annotation, or what may be either', () => {
    for (const hidden of [
      `${forbid} // x\r${permit}`,
      `@forbid("x") ${permit}`,
      `${forbid} permit\u0085(principal, action, resource);`,
    ]) {
      expect(textWidens(forbid, hidden)).toBe(true);
    }
    expect(textWidens(`\u0085${forbid}`, '')).toBe(true);
  });

  it('widens by a change within quotes', () => {
    const when = (name: string) =>
      `permit (principal, action, resource) when { context.a == "${name}" };`;
    expect(other(when('x  y'), when('x y'))).toEqual([true, true]);
  });
});

it('a permit is open to what it does not name', () => {
  const of = (scope: string) => openPermits([`@tier("1") permit (${scope}) when { 1 == 1 };`]);
  expect(of('principal, action, resource')).toEqual({ actions: true, agents: true });
  expect(of('principal is Agent, action, resource')).toEqual({ actions: true, agents: true });
  expect(of('principal in Role::"ops", action, resource')).toEqual({
    actions: true,
    agents: false,
  });
  expect(of('principal == Agent::"a,b", action == Action::"x", resource')).toEqual({
    actions: false,
    agents: false,
  });
  expect(of('principal is Agent in Role::"r", action in [Action::"x"], resource')).toEqual({
    actions: false,
    agents: false,
  });
  expect(of('principal, action in Action::"group", resource')).toEqual({
    actions: true,
    agents: true,
  });
  expect(openPermits([forbid])).toEqual({ actions: false, agents: false });
  expect(
    openPermits(['permit\u0085(principal == Agent::"a", action == Action::"x", resource);']),
  ).toEqual({
    actions: true,
    agents: true,
  });
});
