import { describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/kernel/actor';
import {
  type HeldAction,
  mayBreakGlass,
  mayDecide,
  mayDelegate,
  type Person,
  placeOf,
} from './policy';

const FINANCE = 'grp_finance';
const LEGAL = 'grp_legal';
const minute = (at: number) => new Date(at * 60_000);

const held: HeldAction = {
  status: 'pending',
  requestedAt: minute(0),
  expiresAt: minute(60),
  needs: [{ group: null, count: 1, escalation: [] }],
  groups: new Map([
    [FINANCE, { name: 'Finance', approvers: 2, free: ['mbr_x', 'mbr_y'] }],
    [LEGAL, { name: 'Legal', approvers: 0, free: [] }],
  ]),
  sponsors: new Set(['mbr_sponsor']),
  initiator: { type: 'member', email: 'Ada@Example.test' },
  editors: new Set(['mbr_editor']),
  signed: new Set(),
  ...{ missing: 1, beside: 0, raises: new Map(), free: [] },
  secondFactor: false,
};

function actor(id: string, over: Partial<Actor & { type: 'member' }> = {}): Actor {
  return {
    ...{ type: 'member', id, name: id, roles: ['approver'], abilities: [] },
    ...{ method: 'password', authenticatedAt: 0, ...over },
  };
}

const person = (id: string, groups: string[] = [], email = `${id}@example.test`): Person => ({
  ...{ id, email, groups: new Set(groups) },
});

const may = (id: string, over: Partial<HeldAction> = {}, others: Person[] = [], at = 1) =>
  mayDecide(actor(id), person(id), others, { ...held, ...over }, minute(at));

describe('the approval rule', () => {
  it('lets an approver decide, and nobody else', () => {
    expect(may('mbr_x')).toEqual({ allowed: true });
    const admin = actor('mbr_x', { roles: ['admin', 'auditor'] });
    expect(mayDecide(admin, person('mbr_x'), [], held, minute(1)).allowed).toBe(false);
    const job: Actor = { type: 'job', id: 'any' };
    expect(mayDecide(job, person('any'), [], held, minute(1)).allowed).toBe(false);
  });

  it('leaves the signature beside to those who take none beside them, and says when nobody is left', () => {
    const raises = new Map([['mbr_x', {}]]);
    const over = { missing: 0, beside: 1, raises, free: ['mbr_y'], signed: new Set(['mbr_z']) };
    expect(may('mbr_y', over)).toEqual({ allowed: true });
    expect(may('mbr_x', over)).toMatchObject({
      reason: expect.stringContaining('has not approved a planted request'),
    });
    expect(may('mbr_x', { ...over, missing: 1 })).toEqual({ allowed: true });
    expect(may('mbr_z', over)).toMatchObject({
      reason: expect.stringMatching(/1 more.*of late\.$/),
    });
    const nobody = { ...over, free: ['mbr_z', 'mbr_sponsor', 'mbr_editor'] };
    expect(may('mbr_z', nobody)).toMatchObject({ reason: expect.stringContaining('Ask an admin') });
  });

  it('keeps away the sponsor, who started it, and who last changed what allows it', () => {
    expect(may('mbr_sponsor')).toMatchObject({ reason: expect.stringContaining('answer for') });
    expect(may('mbr_editor')).toMatchObject({ reason: expect.stringContaining('last changed') });
    const ada = person('mbr_ada', [], 'ada@example.test');
    expect(mayDecide(actor('mbr_ada'), ada, [], held, minute(1))).toMatchObject({
      reason: expect.stringContaining('started'),
    });
    for (const member of ['id', 'sub', 'email', 'name', 'user']) {
      for (const named of ['mbr_x', ' MBR_X@example.test ']) {
        const initiator = { type: 'user', [member]: named };
        expect(may('mbr_x', { initiator }).allowed).toBe(false);
      }
    }
    expect(may('mbr_x', { initiator: { id: '', note: 'not mbr_x', n: 1, no: null } }).allowed).toBe(
      true,
    );
    // An address that is not known is no one's.
    expect(
      mayDecide(
        actor('mbr_x'),
        person('mbr_x', [], ''),
        [],
        { ...held, initiator: { a: '' } },
        minute(1),
      ).allowed,
    ).toBe(true);
  });

  it('keeps nobody away for being mentioned elsewhere in what the agent says', () => {
    for (const more of [
      { x: ['mbr_x', 'mbr_x@example.test'] },
      { user: { id: 'mbr_x' } },
      { user: ['mbr_x'] },
      { email: 'mbr_z@example.test, mbr_x@example.test' },
      { 'mbr_x@example.test': true },
      { name: `${' '.repeat(1_000)}mbr_x` },
    ]) {
      const initiator = { type: 'user', id: 'u1', ...more };
      expect(may('mbr_x', { initiator })).toEqual({ allowed: true });
    }
  });

  it('ends with the wait, and with the first decision', () => {
    expect(may('mbr_x', {}, [], 60).allowed).toBe(false);
    expect(may('mbr_x', { status: 'approved' }).allowed).toBe(false);
    expect(may('mbr_x', { signed: new Set(['mbr_x']), missing: 2 })).toMatchObject({
      reason: 'You have signed it. It waits for 2 more.',
    });
  });

  it('asks for a second factor where the workspace does', () => {
    const strict = { ...held, secondFactor: true };
    for (const method of ['password', 'token'])
      expect(
        mayDecide(actor('mbr_x', { method }), person('mbr_x'), [], strict, minute(1)).allowed,
      ).toBe(false);
    for (const method of ['password+totp', 'password+passkey', 'oidc'])
      expect(
        mayDecide(actor('mbr_x', { method }), person('mbr_x'), [], strict, minute(1)).allowed,
      ).toBe(true);
  });

  it('goes by groups; an empty one is nobody', () => {
    const needs = [{ group: FINANCE, count: 1, escalation: [] }];
    expect(may('mbr_x', { needs })).toMatchObject({ reason: expect.stringContaining('Finance') });
    const inside = person('mbr_x', [FINANCE]);
    expect(mayDecide(actor('mbr_x'), inside, [], { ...held, needs }, minute(1)).allowed).toBe(true);
    const nobody = [{ group: LEGAL, count: 1, escalation: [] }];
    expect(may('mbr_x', { needs: nobody })).toMatchObject({
      reason: expect.stringContaining('there is no approver'),
    });
    expect(may('mbr_x', { needs: [] }).allowed).toBe(false);
  });

  it('goes on to the next group when its time has come, and not before', () => {
    const escalation = [{ after_minutes: 30, group: LEGAL }];
    const needs = [{ group: FINANCE, count: 1, escalation }];
    const lawyer = person('mbr_x', [LEGAL]);
    const at = (time: number) =>
      mayDecide(actor('mbr_x'), lawyer, [], { ...held, needs }, minute(time)).allowed;
    expect([at(29), at(30)]).toEqual([false, true]);
  });

  it('lets a deputy take a place, but no excluded person’s and nobody’s twice', () => {
    const needs = [{ group: FINANCE, count: 2, escalation: [] }];
    const away = person('mbr_away', [FINANCE]);
    expect(may('mbr_x', { needs }, [away]).allowed).toBe(true);
    expect(placeOf(person('mbr_x'), [away], { ...held, needs }, minute(1))).toEqual({
      inPlaceOf: 'mbr_away',
      places: [0],
    });
    expect(may('mbr_x', { needs, signed: new Set(['mbr_away']) }, [away]).allowed).toBe(false);
    expect(may('mbr_x', { needs, sponsors: new Set(['mbr_away']) }, [away]).allowed).toBe(false);
    expect(may('mbr_sponsor', { needs }, [away]).allowed).toBe(false);
  });
});

describe('breaking the glass', () => {
  const breaks = (id: string, roles: string[], over: Partial<HeldAction> = {}) =>
    mayBreakGlass(actor(id, { roles }), person(id), { ...held, ...over }, minute(1)).allowed;

  it('is open to approvers and admins outside the groups, and to nobody who is excluded', () => {
    const needs = [{ group: LEGAL, count: 3, escalation: [] }];
    expect(breaks('mbr_x', ['approver'], { needs })).toBe(true);
    expect(breaks('mbr_x', ['admin'], { needs })).toBe(true);
    expect(breaks('mbr_x', ['auditor'], { needs })).toBe(false);
    for (const id of ['mbr_sponsor', 'mbr_editor']) expect(breaks(id, ['admin'])).toBe(false);
    expect(breaks('mbr_x', ['admin'], { status: 'expired' })).toBe(false);
  });
});

it('lets one give one’s own place away, and an admin anyone’s', () => {
  expect(mayDelegate(actor('mbr_x'), 'mbr_x').allowed).toBe(true);
  expect(mayDelegate(actor('mbr_x'), 'mbr_y').allowed).toBe(false);
  expect(mayDelegate(actor('mbr_x', { roles: ['admin'] }), 'mbr_y').allowed).toBe(true);
  expect(mayDelegate(actor('mbr_x', { roles: ['auditor'] }), 'mbr_x').allowed).toBe(false);
});
