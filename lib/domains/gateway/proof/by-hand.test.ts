import { afterAll, describe, expect, it } from 'vitest';
import { closeSolver, parameters, proved, type Side } from './test/sides';

afterAll(closeSolver);

async function verdicts(before: Side, after: Side) {
  const { allowed, runs } = await proved(before, after);
  return [allowed.verdict, runs.verdict];
}

describe('policies by hand', () => {
  const scope = 'principal, action == Action::"parcels.send", resource';
  const permit = (when: string) => ({ cedar: { hand: `permit (${scope}) when { ${when} };` } });

  it.each<[string, string, string, string]>([
    [
      'long arithmetic',
      'context.parameters has count && context.parameters.count + 1 < 10',
      'context.parameters has count && context.parameters.count < 8',
      'proved',
    ],
    [
      'arithmetic that overflows',
      'context.parameters has count && context.parameters.count < 8',
      'context.parameters has count && context.parameters.count * 9000000 < 8',
      'proved',
    ],
    [
      'decimals',
      'context.parameters has amount && context.parameters.amount.lessThan(decimal("3.0"))',
      'context.parameters has amount && context.parameters.amount.lessThanOrEqual(decimal("2.9999"))',
      'proved',
    ],
    [
      'wider decimals',
      'context.parameters has amount && context.parameters.amount.lessThan(decimal("3.0"))',
      'context.parameters has amount && context.parameters.amount.lessThanOrEqual(decimal("3.0"))',
      'refuted',
    ],
    [
      'roles',
      'principal in Role::"sender"',
      'principal in Role::"sender" && principal.environment == "production"',
      'proved',
    ],
    ['another role', 'principal in Role::"clerk"', 'principal in Role::"sender"', 'refuted'],
    [
      'if then else',
      'if context.parameters has urgent then context.parameters.urgent else false',
      'context.parameters has urgent && context.parameters.urgent && context has user',
      'proved',
    ],
    [
      'networks',
      'context has address && context.address.isInRange(ip("10.0.0.0/8"))',
      'context has address && context.address == ip("10.1.2.3")',
      'proved',
    ],
    [
      'loopback',
      'context has address && context.address.isLoopback()',
      'context has address && context.address.isIpv4()',
      'refuted',
    ],
  ])('covers %s', async (_, before, after, verdict) => {
    const { allowed } = await proved(permit(before), permit(after));
    expect(allowed, JSON.stringify(allowed)).toMatchObject({ verdict });
  });

  it('takes an error for a denial', async () => {
    const counted = (than: string) => ({
      permissions: [{}],
      cedar: { hand: `forbid (${scope}) when { context.parameters has count && ${than} };` },
    });
    // Large counts overflow, and so were denied.
    const { allowed } = await proved(
      counted('context.parameters.count * 9007199254740991 < 0'),
      counted('context.parameters.count < 0'),
    );
    expect(allowed.verdict).toBe('refuted');
    expect(allowed.example?.parameters['count']).toBeGreaterThan(1_000);
  });

  it('allows nothing where they are not valid', async () => {
    const grant = { permissions: [{}] };
    const broken = {
      ...grant,
      cedar: { hand: `forbid (${scope}) when { context.session.desk == "a" };` },
    };
    expect(await verdicts(broken, grant)).toEqual(['refuted', 'proved']);
    expect(await verdicts(grant, broken)).toEqual(['proved', 'proved']);
  });

  it('does without what it does not cover where that is the same on both sides', async () => {
    const strange = 'datetime("2026-01-01") < datetime("2027-01-01")';
    const forbid = { extra: `forbid (${scope}) when { context has user };` };
    const { cedar } = permit(strange);
    expect(await verdicts({ cedar }, { cedar: { ...cedar, ...forbid } })).toEqual([
      'proved',
      'proved',
    ]);
  });

  it('says what it does not cover', async () => {
    const lists = {
      type: {
        parameters: {
          ...parameters,
          properties: {
            ...parameters.properties,
            tags: { type: 'array', items: { type: 'string' } },
          },
        },
      },
    };
    const { allowed } = await proved(
      {
        ...lists,
        ...permit('context.parameters has tags && context.parameters.tags.contains("a")'),
      },
      {
        ...lists,
        ...permit('context.parameters has tags && context.parameters.tags.containsAny(["a", "b"])'),
      },
    );
    expect(allowed).toMatchObject({
      verdict: 'undecided',
      why: ['The policy hand#1 has the list tags, which no proof covers.'],
    });
  });
});
