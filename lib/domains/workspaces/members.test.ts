import { NextRequest } from 'next/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authenticate } from '@/lib/http/authenticate';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { jobContext } from '@/lib/kernel/context';
import { workspaceSettings } from './schema';
import * as invitations from './service/invitations';
import * as members from './service/members';
import { listSessions, revokeSession } from './service/sessions';
import { signInWithPassword } from './service/sign-in';
import { createToken, revokeToken } from './service/tokens';
import { getWorkspace, readSettings, updateWorkspace } from './service/workspace';
import {
  as,
  eventsOf,
  eventTypes,
  mintWorkspace,
  PASSWORD,
  type TestWorkspace,
} from './test/workspace';

let ours: TestWorkspace;
let theirs: TestWorkspace;
const here = { address: '192.0.2.1', userAgent: 'vitest' };

beforeAll(async () => {
  ours = await mintWorkspace();
  theirs = await mintWorkspace();
});
afterAll(closeDb);

const forbidden = { status: 403, code: 'forbidden' };

describe('the workspace', () => {
  it('begins with its settings, a sealed data key and events', async () => {
    const workspace = await getWorkspace(ours.admin.ctx, {});
    expect(workspace.settings).toEqual(workspaceSettings.parse({}));
    expect(workspace.can.update).toEqual({ allowed: true });
    expect((await eventTypes(ours.id)).slice(0, 2)).toEqual(['workspace.created', 'member.added']);
  });

  it('takes settings one by one and says before and after', async () => {
    await updateWorkspace(ours.admin.ctx, { settings: { approvalTtlMinutes: 15 } });
    const settings = await inWorkspace(ours.id, (tx) => readSettings(tx));
    expect(settings).toEqual({ ...workspaceSettings.parse({}), approvalTtlMinutes: 15 });
    const event = (await eventsOf(ours.id)).findLast((each) => each.type === 'workspace.updated');
    expect(event?.data).toMatchObject({
      before: { settings: { approvalTtlMinutes: 60 } },
      after: { settings: { approvalTtlMinutes: 15 } },
    });
  });

  it('keeps the floors of environments until they are named', async () => {
    const floors = { irreversible: 3, external_communication: 2 };
    const environments = { staging: { irreversible: 1 } };
    const put = async (tierFloors: object) =>
      (await updateWorkspace(ours.admin.ctx, { settings: { tierFloors } })).settings.tierFloors;
    expect(await put({ ...floors, environments })).toEqual({ ...floors, environments });
    expect(await put({ ...floors, irreversible: 2 })).toMatchObject({
      irreversible: 2,
      environments,
    });
    expect(await put({ ...floors, environments: {} })).toEqual({ ...floors, environments: {} });
  });

  it.each([
    { settings: { approvalTtlMinutes: 0 } },
    {
      settings: {
        tierFloors: {
          ...{ irreversible: 3, external_communication: 2 },
          environments: { moon: { irreversible: 3 } },
        },
      },
    },
    { settings: { tierFloors: { irreversible: 4, external_communication: 2 } } },
    { settings: { sampelSize: 3 } },
    { timeZone: 'Mars/Olympus' },
    { name: ' ' },
  ])('refuses %j', async (input) => {
    await expect(updateWorkspace(ours.admin.ctx, input)).rejects.toMatchObject({ status: 422 });
  });

  it('is changed by admins only', async () => {
    const auditor = await ours.add('auditor');
    const before = await getWorkspace(ours.admin.ctx, {});
    await expect(updateWorkspace(auditor.ctx, { name: 'Mine' })).rejects.toMatchObject(forbidden);
    expect(await getWorkspace(ours.admin.ctx, {})).toEqual(before);
    expect((await getWorkspace(auditor.ctx, {})).can.update.allowed).toBe(false);
  });
});

describe('roles', () => {
  it('are changed by another admin, never by oneself', async () => {
    const member = await ours.add('auditor');
    await members.updateMember(ours.admin.ctx, { id: member.id, roles: ['auditor', 'approver'] });
    const changed = await members.getMember(ours.admin.ctx, { id: member.id });
    expect(changed.roles).toEqual(['auditor', 'approver']);

    const self = { id: ours.admin.id, roles: ['admin', 'approver'] };
    await expect(members.updateMember(ours.admin.ctx, self)).rejects.toMatchObject(forbidden);
    await expect(
      members.updateMember(member.ctx, { id: member.id, roles: ['admin'] }),
    ).rejects.toMatchObject(forbidden);
    expect((await members.getMember(ours.admin.ctx, { id: ours.admin.id })).roles).toEqual([
      'admin',
    ]);
    expect((await members.getMember(ours.admin.ctx, { id: member.id })).roles).toEqual([
      'auditor',
      'approver',
    ]);
  });

  it('let a member without any see nothing', async () => {
    const member = await ours.add();
    await expect(members.listMembers(member.ctx, {})).rejects.toMatchObject(forbidden);
    await expect(getWorkspace(member.ctx, {})).rejects.toMatchObject(forbidden);
  });

  it('keep one active admin, even when two admins remove each other at once', async () => {
    // Connections that are there already meet at the same rows; new ones come one after the other.
    await Promise.all(Array.from({ length: 8 }, () => members.listMembers(ours.admin.ctx, {})));
    const own = await mintWorkspace();
    const second = await own.add('admin');
    const outcomes = await Promise.allSettled([
      members.updateMember(own.admin.ctx, { id: second.id, roles: [] }),
      members.disableMember(second.ctx, { id: own.admin.id }),
    ]);
    expect(outcomes.map((each) => each.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const lost = outcomes.find((each) => each.status === 'rejected');
    expect(lost?.reason).toMatchObject({ code: 'last_admin' });
    const { items } = await members.listMembers(own.admin.ctx, { role: 'admin', state: 'active' });
    expect(items).toHaveLength(1);
  });
});

describe('the ability to read protected payloads', () => {
  const abilities = ['trail.payload'];

  it('is nobody’s at first, and given by another admin', async () => {
    const page = await members.listMembers(ours.admin.ctx, {});
    expect(page.items.flatMap((member) => member.abilities)).toEqual([]);
    const member = await ours.add('auditor');
    await members.updateMember(ours.admin.ctx, { id: member.id, abilities });
    expect((await members.getMember(member.ctx, { id: member.id })).abilities).toEqual(abilities);
    const said = (await eventsOf(ours.id)).findLast(
      ({ type, object }) => type === 'member.updated' && object?.id === member.id,
    );
    expect(said?.data).toMatchObject({ before: { abilities: [] }, after: { abilities } });

    const { token } = await createToken(member.ctx, { name: 'a script', scopes: ['read'] });
    const { actor } = await authenticate(
      new NextRequest('http://console.test/', { headers: { authorization: `Bearer ${token}` } }),
    );
    expect(actor).toMatchObject({ type: 'member', id: member.id, abilities });
    await members.updateMember(ours.admin.ctx, { id: member.id, abilities: [] });
    expect((await members.getMember(ours.admin.ctx, { id: member.id })).abilities).toEqual([]);
  });

  it('is given by nobody to themselves, nor by who is no admin', async () => {
    const auditor = await ours.add('auditor');
    const before = await eventTypes(ours.id);
    for (const [ctx, id] of [
      [ours.admin.ctx, ours.admin.id],
      [auditor.ctx, auditor.id],
      [auditor.ctx, ours.admin.id],
    ] as const) {
      await expect(members.updateMember(ctx, { id, abilities })).rejects.toMatchObject(forbidden);
      expect((await members.getMember(ours.admin.ctx, { id })).abilities).toEqual([]);
    }
    const own = await members.getMember(ours.admin.ctx, { id: ours.admin.id });
    expect(own.can.changeAbilities).toMatchObject({ allowed: false });
    expect((await eventTypes(ours.id)).slice(before.length)).toEqual(
      Array.from({ length: 3 }, () => 'request.refused'),
    );
    const unknown = members.updateMember(ours.admin.ctx, { id: auditor.id, abilities: ['root'] });
    await expect(unknown).rejects.toMatchObject({ status: 422 });
  });
});

describe('disabling', () => {
  it('ends sessions, keeps the person out, and can be undone', async () => {
    const member = await ours.add('approver');
    const signedIn = await signInWithPassword({ ...here, email: member.email, password: PASSWORD });
    expect(await members.getMember(ours.admin.ctx, { id: member.id })).toMatchObject({
      liveSessions: 1,
      liveTokens: 0,
    });
    await members.disableMember(ours.admin.ctx, { id: member.id });
    const row = await inWorkspace(ours.id, (tx) =>
      tx.memberSession.findFirst({ where: { id: signedIn.session } }),
    );
    expect(row?.revokedAt).not.toBeNull();
    await expect(
      signInWithPassword({ ...here, email: member.email, password: PASSWORD }),
    ).rejects.toMatchObject({ failure: { code: 'wrong' } });
    await members.enableMember(ours.admin.ctx, { id: member.id });
    await signInWithPassword({ ...here, email: member.email, password: PASSWORD });
    const types = await eventTypes(ours.id);
    expect(types).toEqual(expect.arrayContaining(['member.disabled', 'member.enabled']));
  });

  it('is refused for oneself and for those who are no admins, and nothing changes', async () => {
    const member = await ours.add('approver');
    await expect(
      members.disableMember(ours.admin.ctx, { id: ours.admin.id }),
    ).rejects.toMatchObject(forbidden);
    await expect(members.disableMember(member.ctx, { id: ours.admin.id })).rejects.toMatchObject(
      forbidden,
    );
    const admin = await members.getMember(ours.admin.ctx, { id: ours.admin.id });
    expect(admin.state).toBe('active');
  });
});

describe('the list', () => {
  it('pages by name, and finds by name, address, role and state', async () => {
    const own = await mintWorkspace();
    const made = [await own.add('auditor'), await own.add('approver'), await own.add('auditor')];
    const first = await members.listMembers(own.admin.ctx, { limit: '3' });
    expect(first.items).toHaveLength(3);
    const rest = await members.listMembers(own.admin.ctx, { limit: '3', cursor: first.next });
    expect(rest.items).toHaveLength(1);
    expect(rest.next).toBeNull();
    const auditors = await members.listMembers(own.admin.ctx, { role: 'auditor' });
    expect(auditors.items).toHaveLength(2);
    const found = await members.listMembers(own.admin.ctx, { q: made[1]?.email.toUpperCase() });
    expect(found.items.map((item) => item.id)).toEqual([made[1]?.id]);
  });
});

describe('seeding', () => {
  it('belongs to the demo job alone', async () => {
    const input = { name: 'X', email: 'x@example.test', roles: ['admin'], password: PASSWORD };
    for (const ctx of [ours.admin.ctx, jobContext(ours.id, 'approvals.expire')]) {
      await expect(members.addMember(ctx, input)).rejects.toMatchObject(forbidden);
    }
    const { items } = await members.listMembers(ours.admin.ctx, { q: 'x@example.test' });
    expect(items).toEqual([]);
  });

  it('refuses an address that is in use anywhere', async () => {
    await expect(
      members.addMember(jobContext(theirs.id, 'demo.seed'), {
        name: 'Twin',
        email: ours.admin.email.toUpperCase(),
        roles: [],
        password: PASSWORD,
      }),
    ).rejects.toMatchObject({ status: 409, code: 'email_taken' });
  });
});

describe('invitations', () => {
  const invite = async (roles = ['approver']) => {
    const email = `${crypto.randomUUID()}@example.test`;
    const made = await invitations.createInvitation(ours.admin.ctx, { name: 'New', email, roles });
    return { ...made, token: made.link.split('#token=')[1] ?? '' };
  };

  it('make a member once, with the roles offered', async () => {
    const invited = await invite();
    expect(await invitations.readInvitation({ token: invited.token })).toEqual({
      name: 'New',
      email: invited.email,
      workspace: 'Test workspace',
      roles: ['approver'],
    });
    const accept = () => invitations.acceptInvitation({ token: invited.token, password: PASSWORD });
    const outcomes = await Promise.allSettled([accept(), accept(), accept()]);
    expect(outcomes.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
    const member = await members.listMembers(ours.admin.ctx, { q: invited.email });
    expect(member.items[0]?.roles).toEqual(['approver']);
    await signInWithPassword({ ...here, email: invited.email, password: PASSWORD });
  });

  it.each(['expired', 'revoked', 'unknown', 'replaced'])('%s links answer 410', async (how) => {
    const invited = await invite();
    if (how === 'expired') {
      await inWorkspace(ours.id, (tx) =>
        tx.invitation.update({ where: { id: invited.id }, data: { expiresAt: new Date(0) } }),
      );
    }
    if (how === 'revoked') await invitations.revokeInvitation(ours.admin.ctx, { id: invited.id });
    if (how === 'replaced') {
      const again = { name: 'New', email: invited.email, roles: ['auditor'] };
      await invitations.createInvitation(ours.admin.ctx, again);
    }
    const token = how === 'unknown' ? 'A'.repeat(43) : invited.token;
    const ended = { status: 410, code: 'invitation_link_ended' };
    await expect(invitations.readInvitation({ token })).rejects.toMatchObject(ended);
    await expect(invitations.acceptInvitation({ token, password: PASSWORD })).rejects.toMatchObject(
      ended,
    );
    const { items } = await members.listMembers(ours.admin.ctx, { q: invited.email });
    expect(items).toEqual([]);
  });

  it('are an admin’s, and never hold the token', async () => {
    const approver = await ours.add('approver');
    const input = { name: 'Friend', email: 'friend@example.test', roles: ['admin'] };
    await expect(invitations.createInvitation(approver.ctx, input)).rejects.toMatchObject(
      forbidden,
    );
    const { items } = await invitations.listInvitations(ours.admin.ctx, {});
    expect(items.map((item) => item.email)).not.toContain('friend@example.test');
    const invited = await invite();
    const said = JSON.stringify(await eventsOf(ours.id));
    expect(said).not.toContain(invited.token);
  });
});

describe('another workspace', () => {
  it('gets 404 for what is ours, and nothing is written', async () => {
    const member = await ours.add('auditor');
    const signedIn = await signInWithPassword({ ...here, email: member.email, password: PASSWORD });
    const { items } = await invitations.listInvitations(ours.admin.ctx, {});
    const token = await createToken(member.ctx, { name: 'CI', scopes: ['read'] });
    const before = await eventTypes(ours.id);
    const stranger = theirs.admin.ctx;
    const missing = { status: 404, code: 'not_found' };
    const id = { id: member.id };
    for (const attempt of [
      () => members.getMember(stranger, id),
      () => members.updateMember(stranger, { ...id, name: 'Changed' }),
      () => members.disableMember(stranger, id),
      () => members.enableMember(stranger, id),
      () => members.resetSecondFactor(stranger, id),
      () => revokeSession(stranger, { id: signedIn.session }),
      () => invitations.revokeInvitation(stranger, { id: items[0]?.id }),
      () => revokeToken(stranger, { id: token.id }),
    ]) {
      await expect(attempt()).rejects.toMatchObject(missing);
    }
    expect(await eventTypes(ours.id)).toEqual(before);
    expect(await members.getMember(ours.admin.ctx, id)).toMatchObject({
      name: 'Member auditor',
      state: 'active',
    });
    const sessions = await listSessions(as(ours.id, member.id, ['auditor']), {});
    expect(sessions.items.map((session) => session.id)).toEqual([signedIn.session]);
  });
});
