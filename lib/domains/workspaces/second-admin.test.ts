import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { jobContext } from '@/lib/kernel/context';
import { DEMO_JOB } from './policy';
import * as invitations from './service/invitations';
import * as members from './service/members';
import { endSecondAdmin, getWorkspace, updateWorkspace } from './service/workspace';
import {
  as,
  eventsOf,
  mintWorkspace,
  PASSWORD,
  type TestMember,
  type TestWorkspace,
} from './test/workspace';

let ours: TestWorkspace;
let first: TestMember;
let second: TestMember;

async function withRule(): Promise<[TestWorkspace, TestMember, TestMember]> {
  const workspace = await mintWorkspace();
  await updateWorkspace(workspace.admin.ctx, { settings: { secondAdminWidens: true } });
  return [workspace, workspace.admin, await workspace.add('admin')];
}

beforeAll(async () => {
  [ours, first, second] = await withRule();
});
afterAll(closeDb);

const forbidden = { status: 403, code: 'forbidden' };
const unconfirmed = { status: 409, code: 'invitation_unconfirmed' };
const changed = { status: 409, code: 'pending_changed' };

let invited = 0;
const invite = (roles: string[], by = first) =>
  invitations.createInvitation(by.ctx, {
    ...{ name: 'Ines Invited', email: `ines-${(invited += 1)}-${ours.id}@example.test`, roles },
  });
const tokenOf = ({ link }: { link: string }) => link.split('#token=')[1];
const join = (made: { link: string }) =>
  invitations.acceptInvitation({ token: tokenOf(made), password: PASSWORD });
const rolesNow = async (id: string) => (await members.getMember(first.ctx, { id })).roles;
/** What was done; that something was refused is said too. */
const deeds = async (workspace = ours.id) =>
  (await eventsOf(workspace)).filter(({ type }) => !type.startsWith('request.'));
const count = async () => (await deeds()).length;
/** As `ctx`, but with a personal access token. */
const byToken = ({ ctx }: TestMember) => ({
  ...ctx,
  actor: { ...ctx.actor, sessionId: undefined, scopes: ['read', 'write'] },
});

describe('an invitation of who decides', () => {
  it.each([[['approver']], [['admin']], [['auditor', 'approver']]])(
    'as %j opens once another admin has confirmed it',
    async (roles) => {
      const made = await invite(roles);
      expect(made).toMatchObject({
        state: 'unconfirmed',
        can: { confirm: { allowed: false }, revoke: { allowed: true } },
      });
      const before = await count();
      await expect(invitations.readInvitation({ token: tokenOf(made) })).rejects.toMatchObject(
        unconfirmed,
      );
      await expect(join(made)).rejects.toMatchObject(unconfirmed);
      await expect(invitations.confirmInvitation(first.ctx, { id: made.id })).rejects.toMatchObject(
        forbidden,
      );
      // A leaked token of the second admin is not the second admin.
      await expect(
        invitations.confirmInvitation(byToken(second) as never, { id: made.id }),
      ).rejects.toMatchObject(forbidden);
      expect(await count()).toBe(before);

      const confirmed = await invitations.confirmInvitation(second.ctx, { id: made.id });
      expect(confirmed.state).toBe('open');
      const event = (await deeds()).at(-1);
      expect(event).toMatchObject({
        type: 'invitation.confirmed',
        actor: { id: second.id },
        data: { roles, invited_by: first.id },
      });
      await expect(
        invitations.confirmInvitation(second.ctx, { id: made.id }),
      ).rejects.toMatchObject(forbidden);
      expect((await join(made)).roles).toEqual(roles);
    },
  );

  it('needs nobody else for an auditor, who decides nothing', async () => {
    const made = await invite(['auditor']);
    expect(made.state).toBe('open');
    expect((await join(made)).roles).toEqual(['auditor']);
  });

  it('counts though it is from before the rule, and not any more after it', async () => {
    const workspace = await mintWorkspace();
    const { ctx } = workspace.admin;
    const made = await invitations.createInvitation(ctx, {
      ...{ name: 'Early', email: `early-${workspace.id}@example.test`, roles: ['admin'] },
    });
    expect(made.state).toBe('open');
    await updateWorkspace(ctx, { settings: { secondAdminWidens: true } });
    await expect(join(made)).rejects.toMatchObject(unconfirmed);
    await endSecondAdmin(workspace.id);
    expect((await join(made)).roles).toEqual(['admin']);
  });

  it('that was revoked or used is not confirmed', async () => {
    const made = await invite(['approver']);
    await invitations.revokeInvitation(first.ctx, { id: made.id });
    const before = await count();
    await expect(invitations.confirmInvitation(second.ctx, { id: made.id })).rejects.toMatchObject(
      forbidden,
    );
    expect(await count()).toBe(before);
  });
});

describe('a role that decides', () => {
  it('waits for another admin, and what takes none is given at once', async () => {
    const member = await ours.add();
    const asked = await members.updateMember(first.ctx, {
      ...{ id: member.id, roles: ['auditor', 'approver'], abilities: ['trail.payload'] },
    });
    const pending = { roles: ['approver'], abilities: ['trail.payload'] };
    expect(asked).toMatchObject({
      roles: ['auditor'],
      abilities: [],
      pending: { ...pending, by: first.id },
      can: { confirm: { allowed: false }, reject: { allowed: true } },
    });
    const before = await count();
    const wanted = { id: member.id, ...pending };
    await expect(members.confirmMember(first.ctx, wanted)).rejects.toMatchObject(forbidden);
    await expect(members.confirmMember(byToken(second) as never, wanted)).rejects.toMatchObject(
      forbidden,
    );
    await expect(
      members.confirmMember(second.ctx, { ...wanted, abilities: [] }),
    ).rejects.toMatchObject(changed);
    expect(await count()).toBe(before);

    const given = await members.confirmMember(second.ctx, wanted);
    expect(given).toMatchObject({
      ...{ roles: ['auditor', 'approver'], abilities: ['trail.payload'], pending: null },
      can: { confirm: { allowed: false, reason: 'Nothing waits to be confirmed.' } },
    });
    expect((await deeds()).at(-1)).toMatchObject({
      type: 'member.confirmed',
      actor: { id: second.id },
      data: { before: { roles: ['auditor'] }, after: { roles: given.roles }, asked_by: first.id },
    });
  });

  it('is confirmed by nobody for themselves, nor by two admins in turns for what each asked', async () => {
    const third = await ours.add('admin');
    const wanted = { id: third.id, roles: ['approver'], abilities: [] };
    await members.updateMember(first.ctx, { id: third.id, roles: ['admin', 'approver'] });
    await expect(members.confirmMember(third.ctx, wanted)).rejects.toMatchObject(forbidden);

    // What another asks for takes the place of what waits: nothing of the first one is in it.
    await members.updateMember(second.ctx, { id: third.id, abilities: ['trail.payload'] });
    await expect(members.confirmMember(first.ctx, wanted)).rejects.toMatchObject(changed);
    const { pending } = await members.getMember(first.ctx, { id: third.id });
    expect(pending).toEqual({ roles: [], abilities: ['trail.payload'], by: second.id });
    expect(await rolesNow(third.id)).toEqual(['admin']);
  });

  it('is taken away at once, keeps what waits, and can be rejected', async () => {
    const member = await ours.add('approver', 'auditor');
    await members.updateMember(first.ctx, {
      ...{ id: member.id, roles: ['approver', 'auditor', 'admin'] },
    });
    const less = await members.updateMember(second.ctx, { id: member.id, roles: ['approver'] });
    expect(less).toMatchObject({ roles: ['approver'], pending: { roles: ['admin'] } });
    await members.updateMember(member.ctx, { id: member.id, name: 'Renamed' });
    const rejected = await members.rejectMember(second.ctx, { id: member.id });
    expect(rejected).toMatchObject({ name: 'Renamed', roles: ['approver'], pending: null });
    const before = await count();
    await expect(members.rejectMember(second.ctx, { id: member.id })).rejects.toMatchObject(
      forbidden,
    );
    await expect(
      members.confirmMember(second.ctx, { id: member.id, roles: ['admin'], abilities: [] }),
    ).rejects.toMatchObject(forbidden);
    expect(await count()).toBe(before);
  });

  it('is given once, however many confirm and reject at once', async () => {
    const member = await ours.add();
    await members.updateMember(first.ctx, { id: member.id, roles: ['approver'] });
    const others = [second, ...(await Promise.all([1, 2, 3].map(() => ours.add('admin'))))];
    const before = await count();
    const settled = await Promise.allSettled(
      others.flatMap(({ ctx }) => [
        members.confirmMember(ctx, { id: member.id, roles: ['approver'], abilities: [] }),
        members.rejectMember(ctx, { id: member.id }),
      ]),
    );
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const said = (await deeds()).slice(before);
    expect(said).toHaveLength(1);
    expect(await rolesNow(member.id)).toEqual(
      said[0]?.type === 'member.confirmed' ? ['approver'] : [],
    );
  });

  it('does not come back by a change that meets its removal', async () => {
    for (let round = 0; round < 10; round += 1) {
      const member = await ours.add('approver');
      await Promise.all([
        members.updateMember(second.ctx, { id: member.id, roles: [] }),
        members.updateMember(first.ctx, { id: member.id, roles: ['approver'] }),
      ]);
      expect(await rolesNow(member.id)).toEqual([]);
    }
  });

  it('of whom somebody disabled waits again, with what had waited, when they are let in', async () => {
    const member = await ours.add('approver', 'auditor');
    await members.updateMember(first.ctx, { id: member.id, abilities: ['trail.payload'] });
    await members.confirmMember(second.ctx, {
      ...{ id: member.id, roles: [], abilities: ['trail.payload'] },
    });
    await members.updateMember(first.ctx, {
      ...{ id: member.id, roles: ['approver', 'auditor', 'admin'] },
    });
    await members.disableMember(first.ctx, { id: member.id });
    const enabled = await members.enableMember(byToken(second) as never, { id: member.id });
    const pending = { roles: ['approver', 'admin'], abilities: ['trail.payload'] };
    expect(enabled).toMatchObject({
      ...{ state: 'active', roles: ['auditor'], abilities: [] },
      pending: { ...pending, by: second.id },
    });
    expect((await deeds()).at(-1)).toMatchObject({
      type: 'member.enabled',
      data: {
        before: { roles: ['approver', 'auditor'] },
        after: { roles: ['auditor'] },
        pending,
        replaced: { roles: ['admin'], by: first.id },
      },
    });
    await expect(
      members.confirmMember(second.ctx, { id: member.id, ...pending }),
    ).rejects.toMatchObject(forbidden);
    const given = await members.confirmMember(first.ctx, { id: member.id, ...pending });
    expect(given.roles.toSorted()).toEqual(['admin', 'approver', 'auditor']);
  });

  it('is refused to every other role, and to other workspaces', async () => {
    const member = await ours.add();
    await members.updateMember(first.ctx, { id: member.id, roles: ['approver'] });
    const wanted = { id: member.id, roles: ['approver'], abilities: [] };
    const [, , stranger] = await withRule();
    const auditor = await ours.add('auditor', 'approver');
    const before = await count();
    await expect(members.confirmMember(stranger.ctx, wanted)).rejects.toMatchObject({
      status: 404,
    });
    await expect(members.rejectMember(stranger.ctx, { id: member.id })).rejects.toMatchObject({
      status: 404,
    });
    await expect(members.confirmMember(auditor.ctx, wanted)).rejects.toMatchObject(forbidden);
    await expect(members.rejectMember(auditor.ctx, { id: member.id })).rejects.toMatchObject(
      forbidden,
    );
    expect(await count()).toBe(before);
    expect(await rolesNow(member.id)).toEqual([]);
  });
});

describe('people who wait', () => {
  it('are counted while the rule holds: members and open invitations', async () => {
    const [workspace, admin, other] = await withRule();
    const waiting = () => inWorkspace(workspace.id, (tx) => members.unconfirmedPeople(tx));
    const asked = (name: string, roles: string[]) =>
      invitations.createInvitation(admin.ctx, {
        ...{ name, email: `${name}-${workspace.id}@example.test`, roles },
      });
    expect(await waiting()).toBe(0);
    const approver = await asked('cem', ['approver']);
    await asked('dora', ['auditor']);
    const gone = await asked('eli', ['admin']);
    const member = await workspace.add();
    await members.updateMember(admin.ctx, { id: member.id, roles: ['approver'] });
    expect(await waiting()).toBe(3);
    await invitations.revokeInvitation(admin.ctx, { id: gone.id });
    await invitations.confirmInvitation(other.ctx, { id: approver.id });
    await members.rejectMember(admin.ctx, { id: member.id });
    expect(await waiting()).toBe(0);
    await asked('fay', ['admin']);
    await members.updateMember(admin.ctx, { id: member.id, roles: ['approver'] });
    expect(await waiting()).toBe(2);
    await endSecondAdmin(workspace.id);
    expect(await waiting()).toBe(0);
  });
});

describe('the rule', () => {
  it('is ended by the operator alone, once, and then one admin is enough', async () => {
    const [workspace, admin] = await withRule();
    const member = await workspace.add();
    await members.updateMember(admin.ctx, { id: member.id, roles: ['approver', 'admin'] });
    await endSecondAdmin(workspace.id);
    expect((await getWorkspace(admin.ctx, {})).settings.secondAdminWidens).toBe(false);
    expect((await deeds(workspace.id)).at(-1)).toMatchObject({
      type: 'workspace.updated',
      actor: { type: 'job', id: 'console.setup' },
      data: { after: { settings: { secondAdminWidens: false } } },
    });
    await expect(endSecondAdmin(workspace.id)).rejects.toMatchObject({ code: 'not_asked_for' });
    await expect(endSecondAdmin('ws_none')).rejects.toMatchObject({ status: 404 });
    const given = await members.updateMember(admin.ctx, { id: member.id, roles: ['approver'] });
    expect(given).toMatchObject({ roles: ['approver'], pending: null });
    // What waited is not given in passing, and its end is said.
    expect((await deeds(workspace.id)).at(-1)).toMatchObject({
      type: 'member.updated',
      data: { replaced: { roles: ['approver', 'admin'], by: admin.id } },
    });
    await members.disableMember(admin.ctx, { id: member.id });
    expect(await members.enableMember(admin.ctx, { id: member.id })).toMatchObject({
      ...{ state: 'active', roles: ['approver'], pending: null },
    });
  });

  it('does not stand in the way of the sample workspace, which a job fills', async () => {
    const made = await members.addMember(jobContext(ours.id, DEMO_JOB), {
      ...{ name: 'Sample', email: `sample-${ours.id}@example.test`, roles: ['approver'] },
      password: PASSWORD,
    });
    expect(made).toMatchObject({ roles: ['approver'], pending: null });
    expect(
      (await members.getMember(as(ours.id, first.id, ['admin']), { id: made.id })).pending,
    ).toBe(null);
  });
});
