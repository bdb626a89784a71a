import { describe, expect, it } from 'vitest';
import type { PolicyJson } from '@/lib/infra/cedar';
import { combine, compilePolicySet, EntityStore, EntityUid } from './index';
import { deciding, entity, policyOf } from './test/evaluating';

const head = (principal: string, action = 'action', resource = 'resource', effect = 'permit') =>
  `${effect} (${principal}, ${action}, ${resource});`;

describe('a scope', () => {
  const entities = [
    entity('User a', ['Group g']),
    entity('Group g', ['Group top']),
    entity('File f', ['Folder d']),
    entity('Action view', ['Action read', 'Action all']),
    entity('Action read', ['Action all']),
  ];

  it('goes by principal', () => {
    const principals = ['principal', 'principal == User::"a"', 'principal == User::"b"'];
    principals.push(
      'principal in User::"a"',
      'principal in Group::"top"',
      'principal in Group::"x"',
    );
    principals.push('principal == Group::"g"', 'principal is User', 'principal is Group');
    principals.push('principal is User in Group::"g"', 'principal is Group in Group::"g"');
    principals.push('principal is User in Group::"x"');
    expect(
      deciding(
        principals.map((each) => head(each)),
        { entities },
      ),
    ).toEqual([
      ...[true, true, false],
      ...[true, true, false],
      ...[false, true, false],
      ...[true, false, false],
    ]);
  });

  it('goes by resource, with a principal or without', () => {
    const resources = ['resource == File::"f"', 'resource == File::"g"', 'resource in Folder::"d"'];
    resources.push(
      'resource in File::"f"',
      'resource is Folder',
      'resource is File in Folder::"d"',
    );
    const expected = [true, false, true, true, false, true];
    for (const principal of ['principal', 'principal in Group::"top"', 'principal is User']) {
      const texts = resources.map((each) => head(principal, 'action', each));
      expect(deciding(texts, { entities }), principal).toEqual(expected);
    }
    const other = resources.map((each) => head('principal in Group::"x"', 'action', each));
    expect(deciding(other, { entities })).toEqual(expected.map(() => false));
  });

  it('goes by action, its groups and lists of them, and counts a policy once', () => {
    const actions = ['action == Action::"view"', 'action == Action::"read"'];
    actions.push('action in Action::"view"', 'action in Action::"all"', 'action in []');
    actions.push('action in [Action::"edit", Action::"read", Action::"all", Action::"view"]');
    actions.push('action in [Action::"edit", Action::"edit"]');
    const texts = actions.map((each) => head('principal', each));
    expect(deciding(texts, { entities })).toEqual([true, false, true, true, false, true, false]);
    // Without the store no action is in a group.
    expect(deciding(texts)).toEqual([true, false, true, false, false, true, false]);
    const failing = actions
      .slice(5, 6)
      .map((each) => head('principal', each).replace(';', ' when { 1 };'));
    expect(deciding(failing, { entities })).toEqual(['type error: expected bool, got long']);
  });
});

describe('a policy set', () => {
  it('denies by default, and forbids override', () => {
    const { set } = compilePolicySet({});
    const a = new EntityUid('User', 'a');
    const request = { principal: a, action: a, resource: a, context: new Map() };
    const store = new EntityStore([]);
    expect(set.evaluate(request, store)).toEqual({ decision: 'deny', reasons: [], errors: [] });
    const permit = policyOf(head('principal'));
    const forbid = policyOf(head('principal', 'action', 'resource', 'forbid'));
    const permitting = compilePolicySet({ permit }).set.evaluate(request, store);
    expect(permitting).toEqual({ decision: 'allow', reasons: ['permit'], errors: [] });
    const denying = { decision: 'deny', reasons: ['forbid'], errors: [] };
    expect(compilePolicySet({ permit, forbid }).set.evaluate(request, store)).toEqual(denying);
    const forbidding = compilePolicySet({ forbid }).set.evaluate(request, store);
    expect(combine(permitting, forbidding)).toEqual(denying);
    expect(combine(forbidding, permitting)).toEqual(denying);
  });

  it('goes on without a policy that errs, and says so', () => {
    const texts = [
      head('principal'),
      'forbid (principal, action, resource) when { context.missing };',
      'forbid (principal, action, resource) unless { true } when { context.missing };',
    ];
    const missing = 'record does not have the attribute `missing`';
    expect(deciding(texts)).toEqual([true, missing, false]);
    expect(deciding(texts, { context: { missing: true } })).toEqual([false, true, false]);
  });

  it('judges conditions in their order and the scope before them', () => {
    const when = (...conditions: string[]) =>
      `permit (principal, action, resource) ${conditions.join(' ')};`;
    expect(
      deciding([
        when('when { true }', 'unless { false }'),
        when('when { false }', 'when { 1 }'),
        when('unless { 1 }', 'when { false }'),
        'permit (principal == User::"b", action, resource) when { 1 };',
      ]),
    ).toEqual([true, false, 'type error: expected bool, got long', false]);
  });

  it('names what it does not compile, and compiles the rest', () => {
    const any = policyOf(head('principal'));
    const when = (body: unknown) =>
      ({ ...any, conditions: [{ kind: 'when', body }] }) as unknown as PolicyJson;
    let deep: unknown = { Value: true };
    for (let depth = 0; depth < 600; depth += 1) deep = { '!': { arg: deep } };
    const { set, uncovered } = compilePolicySet({
      any,
      template: { ...any, principal: { op: '==', slot: '?principal' } },
      slot: when({ '==': { left: { Slot: '?principal' }, right: { Var: 'principal' } } }),
      unknown: when({ unknown: [{ Value: 'x' }] }),
      large: when({ '==': { left: { Value: 2 ** 53 }, right: { Value: 1 } } }),
      deep: when(deep),
      surrogate: when({ like: { left: { Value: '\ud800' }, pattern: [] } }),
      nothing: when({ '==': { left: { Value: 1 } } }),
      type: when({ is: { left: { Var: 'principal' }, entity_type: 'a b' } }),
    });
    expect(Object.fromEntries(uncovered.map((each) => [each.policyId, each.why]))).toEqual({
      template: 'it is a template',
      slot: 'an expression is of no known form',
      unknown: 'unknown is not compiled',
      large: '9007199254740992 is not an integer within 2^53',
      deep: 'an expression is nested more than 500 deep',
      surrogate: 'a string is not well-formed Unicode',
      nothing: 'an operand is missing',
      type: 'a b is no entity type',
    });
    const a = new EntityUid('User', 'a');
    const request = { principal: a, action: a, resource: a, context: new Map() };
    expect(set.evaluate(request, new EntityStore([])).reasons).toEqual(['any']);
  });

  it('covers every policy that a permission and a forbid of the product make', () => {
    const texts = [
      '@id("state") forbid (principal, action, resource) unless { principal.state == "active" };',
      `@tier("2") permit (principal in Role::"r", action == Action::"view", resource)
       when { context.parameters has "amount" && context.parameters["amount"] <= 100 };`,
    ];
    const context = { parameters: { amount: 100 } };
    const agent = (state: string) => [entity('User a', ['Role r'], { state })];
    expect(deciding(texts, { context, entities: agent('active') })).toEqual([false, true]);
    expect(deciding(texts, { context, entities: agent('retired') })).toEqual([true, false]);
  });
});
