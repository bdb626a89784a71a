import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diff } from '../policies/diff';
import type { PolicyDocument } from '../policies/document';
import { edited } from '../policies/edit';
import type { PermissionDocument } from '../policies/permission-document';
import { editsOf } from './edits';
import type { AgentFact, Facts, PermissionFact, UseFact } from './ground';
import { advise } from './rules';
import { draftTitle, findingWords } from './words';

const old = new Date('2026-01-01T00:00:00Z');
const since = new Date('2026-10-01T00:00:00Z');
const early = new Date('2026-10-02T00:00:00Z');

const rule = (action: string, over: Partial<PermissionDocument> = {}): PermissionDocument => ({
  action,
  tier: 1,
  ladder: null,
  condition: [],
  limits: {},
  ...over,
});
const ladder = (autonomous: number, supervised: number, gated: number) => ({
  tier: null,
  ladder: { parameter: 'amount', autonomous, supervised, gated },
});
const permission = (
  id: string,
  roleId: string,
  of: PermissionDocument,
  over: Partial<PermissionFact> = {},
): PermissionFact => ({
  ...{ id, roleId, createdAt: old, updatedAt: old, rule: of, classification: 'Internal' },
  ...over,
});
const agent = (id: string, over: Partial<AgentFact> = {}): AgentFact => ({
  ...{ id, name: id, state: 'active', clearance: 'Internal' },
  ...over,
});
const use = (agentId: string, permissions: string[], over: Partial<UseFact> = {}): UseFact => ({
  ...{ agentId, permissions, type: 'orders.read', first: early, count: 20 },
  ...{ classification: 'Internal', classificationNow: 'Internal' },
  ...over,
});
const grant = (agentId: string, roleId: string, grantedAt = old) => ({
  agentId,
  roleId,
  grantedAt,
});

function facts(over: Partial<Facts>): Facts {
  const none = { permissions: [], agents: [], grants: [], uses: [] };
  const roles = ['support', 'refunds'].map((name) => ({ id: name, name }));
  return { since, roles, ...none, climbed: new Map(), rates: new Map(), ...over };
}
const found = (over: Partial<Facts>) => advise(facts(over)).map(({ detail }) => detail);

describe('what was granted and not needed', () => {
  const two = [
    permission('p1', 'support', rule('orders.read')),
    permission('p2', 'support', rule('mail.send')),
  ];

  it('is a permission that nobody used', () => {
    const seen = found({
      permissions: two,
      agents: [agent('a')],
      grants: [grant('a', 'support')],
      uses: [use('a', ['p1'])],
    });
    expect(seen).toEqual([
      {
        kind: 'unused_permission',
        ...{ role: 'support', permission: rule('mail.send'), agents: 1 },
        since: since.toISOString(),
      },
    ]);
  });

  it('is said of no role that no agent at work is in', () => {
    expect(found({ permissions: two })).toEqual([]);
    const drafts = { agents: [agent('a', { state: 'draft' })], grants: [grant('a', 'support')] };
    expect(found({ permissions: two, ...drafts })).toEqual([]);
  });

  it('says from when on it was there to be used', () => {
    const createdAt = new Date('2026-10-20T00:00:00Z');
    const [first] = found({
      permissions: [permission('p', 'support', rule('mail.send'), { createdAt })],
      agents: [agent('a')],
      grants: [grant('a', 'support')],
    });
    expect(first?.since).toBe(createdAt.toISOString());
  });

  it('is a permission for the agents that do not use it, where others do', () => {
    const seen = found({
      permissions: two,
      agents: [agent('a'), agent('b'), agent('c')],
      grants: ['a', 'b', 'c'].map((id) => grant(id, 'support')),
      uses: [use('a', ['p1']), use('a', ['p2'], { count: 3 }), use('b', ['p1'])],
    });
    expect(seen.filter(({ kind }) => kind === 'unused_by_agents')).toEqual([
      expect.objectContaining({ permission: rule('mail.send'), users: ['a'], agents: 3, uses: 3 }),
    ]);
    // Who used none of the role is told of once.
    expect(seen.filter(({ kind }) => kind === 'unused_role')).toEqual([
      expect.objectContaining({ agent: 'c', role: 'support', permissions: 2, actions: 0 }),
    ]);
  });

  it('is a clearance above all that was touched, as classified then and now', () => {
    const base = {
      permissions: [permission('p1', 'support', rule('orders.read'))],
      agents: [agent('a', { clearance: 'Restricted' })],
      grants: [grant('a', 'support')],
    };
    expect(found({ ...base, uses: [use('a', ['p1'])] })).toEqual([
      expect.objectContaining({ kind: 'excess_clearance', proposed: 'Internal', actions: 20 }),
    ]);
    const raised = [use('a', ['p1'], { classificationNow: 'Confidential' })];
    expect(found({ ...base, uses: raised })).toEqual([
      expect.objectContaining({ kind: 'excess_clearance', proposed: 'Confidential' }),
    ]);
    const all = [use('a', ['p1'], { classification: 'Restricted' })];
    expect(found({ ...base, uses: all })).toEqual([]);
    // Of one that did nothing it is not known what it needs to touch.
    expect(found({ ...base, uses: [] }).map(({ kind }) => kind)).not.toContain('excess_clearance');
  });

  it('is a role that another contains, for agents in both', () => {
    const base = {
      permissions: [
        permission('p1', 'support', rule('orders.read', { tier: 2 })),
        permission('p2', 'refunds', rule('orders.read')),
        permission('p3', 'refunds', rule('mail.send')),
      ],
      agents: [agent('a'), agent('b')],
      grants: [grant('a', 'support'), grant('a', 'refunds'), grant('b', 'support')],
      uses: [use('a', ['p1', 'p2']), use('a', ['p3']), use('b', ['p1'])],
    };
    expect(found(base)).toEqual([
      expect.objectContaining({
        kind: 'contained_role',
        ...{ role: 'support', within: 'refunds', permissions: 1, agents: 1 },
      }),
    ]);
    const apart = base.grants.filter(({ agentId, roleId }) => agentId + roleId !== 'arefunds');
    expect(found({ ...base, grants: apart }).map(({ kind }) => kind)).not.toContain(
      'contained_role',
    );
    // One that is limited may be used up where the two together are not.
    const limited = base.permissions.map((one) =>
      one.id === 'p2' ? { ...one, rule: { ...one.rule, limits: { perDay: 9_999 } } } : one,
    );
    expect(found({ ...base, permissions: limited }).map(({ kind }) => kind)).not.toContain(
      'contained_role',
    );
  });

  it('leaves one of two roles that grant the same', () => {
    const seen = found({
      permissions: [
        permission('p1', 'support', rule('orders.read')),
        permission('p2', 'refunds', rule('orders.read')),
      ],
      agents: [agent('a')],
      grants: [grant('a', 'support'), grant('a', 'refunds')],
      // Recorded before the other was made: what was used of the one is needed of the other.
      uses: [use('a', ['p1'])],
    });
    expect(seen).toEqual([expect.objectContaining({ role: 'support', within: 'refunds' })]);
  });

  it('takes nothing for unused that now grants what something else granted then', () => {
    const [only] = [permission('new', 'support', rule('orders.read'), { createdAt: early })];
    const base = { permissions: [only], agents: [agent('a')], grants: [grant('a', 'support')] };
    expect(found({ ...base, uses: [use('a', ['gone'])] })).toEqual([]);
    expect(found({ ...base, uses: [use('a', ['gone'], { type: 'mail.send' })] })).toHaveLength(2);
  });
});

// ---- drafts ----

const agentNames = ['a', 'b', 'c', 'd'];
const roleNames = ['one', 'two', 'three'];
const actions = ['orders.read', 'mail.send', 'refunds.create'];
const clearances = ['Public', 'Internal', 'Confidential', 'Restricted'] as const;

const arbitraryRule = fc
  .record({
    action: fc.constantFrom(...actions),
    tier: fc.constantFrom(1, 2, 3),
    rungs: fc.option(fc.tuple(fc.nat(99), fc.nat(999), fc.nat(9_999))),
    perDay: fc.option(fc.integer({ min: 1, max: 500 })),
  })
  .map(({ action, tier, rungs, perDay }): PermissionDocument => {
    const limits = perDay === null ? {} : { perDay };
    if (!rungs) return rule(action, { tier: tier as 1 | 2 | 3, limits });
    const [x = 0, y = 0, z = 0] = rungs.toSorted((p, q) => p - q);
    return rule(action, { ...ladder(x, y, z), limits });
  });
const arbitraryFacts = fc
  .record({
    rules: fc.array(fc.tuple(fc.constantFrom(...roleNames), arbitraryRule), { maxLength: 8 }),
    held: fc.uniqueArray(fc.tuple(fc.constantFrom(...agentNames), fc.constantFrom(...roleNames)), {
      selector: (pair) => pair.join(' '),
    }),
    levels: fc.array(fc.constantFrom(...clearances), { minLength: 4, maxLength: 4 }),
    uses: fc.array(fc.tuple(fc.constantFrom(...agentNames), fc.nat(7), fc.nat(3)), {
      maxLength: 9,
    }),
    most: fc.nat(400),
  })
  .map(({ rules, held, levels, uses, most }): Facts => {
    const known = new Set<string>();
    const permissions = rules.flatMap(([role, of], index) => {
      if (known.has(`${role} ${of.action}`)) return [];
      known.add(`${role} ${of.action}`);
      return [permission(`p${index}`, role, of)];
    });
    const byId = new Map(permissions.map((one) => [one.id, one]));
    return {
      since,
      roles: roleNames.map((name) => ({ id: name, name })),
      permissions,
      agents: agentNames.map((id, index) => agent(id, { clearance: levels[index] ?? 'Public' })),
      grants: held.map(([who, role]) => grant(who, role)),
      uses: uses.flatMap(([who, index, level]): UseFact[] => {
        const of = byId.get(`p${index}`);
        const classification = clearances[level] ?? 'Public';
        return of ? [use(who, [of.id], { type: of.rule.action, classification })] : [];
      }),
      climbed: new Map(
        permissions.flatMap(({ id, rule: { ladder: of } }) =>
          of ? [[id, { uses: 20, max: most, p99: most, upTo: within(of, most) }] as const] : [],
        ),
      ),
      rates: new Map(
        permissions.map(({ id }) => [id, { perDay: { max: most / 10, p99: 1 } }] as const),
      ),
    };
  });

const within = (of: NonNullable<PermissionDocument['ladder']>, most: number) => ({
  autonomous: most <= of.autonomous ? most : null,
  supervised: most <= of.supervised ? most : null,
  gated: most <= of.gated ? most : null,
});

function documentOf({ roles, permissions, agents, grants }: Facts): PolicyDocument {
  const type = {
    ...{ tool: 't', environment: null, effects: [], reversibility: 'reversible' as const },
    ...{ classification: 'Internal' as const, effective: 'Internal' as const },
  };
  return {
    floors: { irreversible: 3, external_communication: 2, environments: {} },
    secondAdmin: true,
    cedar: { schema: '', policies: {} },
    actionTypes: Object.fromEntries(actions.map((key) => [key, type])),
    roles: Object.fromEntries(
      roles.map(({ id, name }) => [
        name,
        {
          description: '',
          permissions: permissions.flatMap((one) => (one.roleId === id ? [one.rule] : [])),
        },
      ]),
    ),
    agents: Object.fromEntries(
      agents.map(({ id, name, clearance }) => [
        name,
        {
          ...{ clearance, environment: 'production' },
          roles: grants.flatMap((one) => (one.agentId === id ? [one.roleId] : [])).toSorted(),
        },
      ]),
    ),
  };
}

describe('a draft from a finding', () => {
  it('changes something and never widens', () => {
    let seen = 0;
    fc.assert(
      fc.property(arbitraryFacts, (all) => {
        const document = documentOf(all);
        for (const { detail } of advise(all)) {
          seen += 1;
          let after = document;
          for (const edit of editsOf(detail, document)) after = edited(after, document, edit);
          const changes = diff(document, after);
          expect(changes.length).toBeGreaterThan(0);
          expect(changes.filter(({ widens }) => widens)).toEqual([]);
          expect(draftTitle(detail).length).toBeGreaterThan(3);
          expect(findingWords(detail).evidence.join()).not.toMatch(/undefined|NaN|null/);
        }
      }),
    );
    expect(seen).toBeGreaterThan(100);
  });

  it('is refused where it is not as it was found any more', () => {
    const all = facts({
      permissions: [permission('p', 'support', rule('mail.send'))],
      agents: [agent('a', { clearance: 'Restricted' })],
      grants: [grant('a', 'support')],
      uses: [use('a', [], { type: 'other' })],
    });
    const details = advise(all).map(({ detail }) => detail);
    expect(details.map(({ kind }) => kind)).toEqual([
      'unused_permission',
      'unused_role',
      'excess_clearance',
    ]);
    const empty = documentOf({ ...all, permissions: [], agents: [], grants: [] });
    for (const detail of details) {
      expect(() => editsOf(detail, empty)).toThrow(
        expect.objectContaining({ code: 'not_as_found' }),
      );
    }
  });
});
