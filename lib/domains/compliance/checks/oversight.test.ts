import { describe, expect, it } from 'vitest';
import { asRole, insertRow } from '@/lib/infra/testing/as-role';
import { mintAgent, mintWorld, type World } from '@/lib/infra/testing/world';
import { newId } from '@/lib/kernel/ids';
import { addMember, change, days, NOW, observe, seesActions } from '../test/world';

const found = async (world: World, key: string) => (await observe(world, key)).found;

describe('separation_of_duties', () => {
  const key = 'separation_of_duties';

  /** A held action of an agent with this sponsor then, and what was signed and decided of it. */
  async function held(
    world: World,
    sponsor: string | null,
    { agent = world.agent, by, signed = [] }: Held = {},
  ): Promise<string> {
    const action = newId('act');
    await seesActions(world, [
      { id: action, agent_id: agent, tier: 3, status: 'pending', decision: 'hold' },
    ]);
    await asRole('countersign_gateway', world.workspace, (client) =>
      insertRow(client, 'approvals', {
        ...{ action_id: action, workspace_id: world.workspace, display_digest: 'd' },
        display: JSON.stringify({ agent: { id: agent, name: 'agent', sponsor_id: sponsor } }),
        ...{ requested_at: NOW, expires_at: NOW },
        ...(by ? { decision: 'approved', decided_by: by, decided_at: NOW } : {}),
      }),
    );
    await change(world, (tx) =>
      tx.approvalSignature.createMany({
        data: signed.map(([memberId, inPlaceOf]) => ({
          ...{ id: newId('sig'), workspaceId: world.workspace, actionId: action },
          ...{ memberId, inPlaceOf, decision: 'approved', places: [0], digest: 'd' },
          ...{ displayDigest: 'd', authMethod: 'password', signedAt: NOW },
        })),
      }),
    );
    return action;
  }
  interface Held {
    agent?: string;
    by?: string;
    /** Who signed, in whose place. */
    signed?: [string, string][];
  }

  it('needs an approver beside the sponsor', async () => {
    const world = await mintWorld();
    expect(await found(world, key)).toMatchObject([{ agent: world.agent }]);
    await addMember(world, ['approver']);
    expect(await found(world, key)).toEqual([]);
  });

  it('finds a sponsor who decided, whatever has become of the agent', async () => {
    const world = await mintWorld();
    const one = await addMember(world, ['approver']);
    const gone = await mintAgent(world, 'retired');
    const actions = [
      await held(world, world.admin, { by: world.admin }),
      await held(world, world.admin, { by: world.admin, agent: gone }),
    ];
    await held(world, world.admin, { by: one, signed: [[one, one]] });
    expect(await found(world, key)).toEqual(
      actions.map((action) => ({
        ...{ action, member: world.admin },
        why: 'the agent’s sponsor decided it',
      })),
    );
  });

  it('finds a sponsor who signed beside others, and who signed in a sponsor’s place', async () => {
    const world = await mintWorld();
    const [one, other] = [await addMember(world, ['approver']), await addMember(world, [])];
    const why = 'the agent’s sponsor signed it, or someone in the sponsor’s place';
    const { admin } = world;
    const actions = [
      await held(world, admin, {
        by: one,
        signed: [
          [admin, admin],
          [one, one],
        ],
      }),
      await held(world, admin, { by: one, signed: [[one, admin]] }),
      // Decided by nobody yet.
      await held(world, admin, { signed: [[admin, other]] }),
    ];
    expect(await found(world, key)).toEqual(
      actions.map((action) => ({ action, member: admin, why })),
    );
  });

  it('asks who was the sponsor then, not who is now', async () => {
    const world = await mintWorld();
    const [one, next] = [await addMember(world, ['approver']), await addMember(world, [])];
    await held(world, next, { by: world.admin, signed: [[world.admin, world.admin]] });
    await held(world, null, { by: one, signed: [[one, one]] });
    expect(await found(world, key)).toEqual([]);
    const action = await held(world, next, { by: next });
    expect(await found(world, key)).toMatchObject([{ action, member: next }]);
  });
});

describe('sample_reviewed', () => {
  const key = 'sample_reviewed';
  const asDay = (at: Date) => new Date(`${at.toISOString().slice(0, 10)}T00:00:00Z`);
  const setting = {
    size: { by: 'fixed', count: 5 },
    ...{ minimum: 1, bands: 'powers_of_ten', twice: 0.1 },
  };
  const off = { ...setting, size: { by: 'fixed', count: 0 }, minimum: 0 };

  /** A workspace that is ten days old and, unless told otherwise, has run something in tier 2. */
  async function aged({ supervised = true } = {}): Promise<World> {
    const world = await mintWorld();
    await change(world, (tx) =>
      tx.workspace.update({ where: { id: world.workspace }, data: { createdAt: days(10) } }),
    );
    await seesActions(world, [{ tier: 1 }, { tier: 2, decision: 'deny', status: 'denied' }]);
    if (supervised) await seesActions(world, [{ tier: 2, created_at: days(9) }]);
    return world;
  }

  /** A day that ended so many days ago and was closed then. */
  async function closed(world: World, ended: number, more: object = {}): Promise<string> {
    const day = asDay(days(ended + 1));
    await change(world, (tx) =>
      tx.sampleDay.create({
        data: {
          ...{ workspaceId: world.workspace, day, closedBy: newId('evt'), setting },
          ...{ closedAt: days(ended), from: days(ended + 1), to: days(ended) },
          ...{ drawnAt: days(ended), ...more },
        },
      }),
    );
    return day.toISOString().slice(0, 10);
  }

  it('fails when a sample is overdue, passes with its verdict', async () => {
    const world = await mintWorld();
    const [action, id] = [newId('act'), newId('smp')];
    await seesActions(world, [{ id: action, tier: 2 }]);
    await change(world, (tx) =>
      tx.sample.create({
        data: {
          ...{ id, workspaceId: world.workspace, day: days(1) },
          ...{ actionId: action, dueAt: days(0.1) },
        },
      }),
    );
    expect(await found(world, key)).toMatchObject([{ sample: id }]);
    await change(world, (tx) => tx.sample.update({ where: { id }, data: { verdict: 'correct' } }));
    expect(await found(world, key)).toEqual([]);
  });

  it('fails when a day waits to be drawn from for longer than a day', async () => {
    const world = await aged();
    const day = await closed(world, 1.5, { drawnAt: null });
    await closed(world, 0.5, { drawnAt: null });
    expect(await found(world, key)).toEqual([
      { day, why: `closed ${days(1.5).toISOString()}, and not drawn from since` },
    ]);
    await change(world, (tx) => tx.sampleDay.updateMany({ data: { setting: {} } }));
    expect(await found(world, key)).toMatchObject([{ day }]);
    await change(world, (tx) => tx.sampleDay.updateMany({ data: { setting: off } }));
    expect(await found(world, key)).toEqual([]);
  });

  it('fails when no day is closed any more, or none ever was', async () => {
    const world = await aged();
    const made = days(10).toISOString().slice(0, 10);
    const none = [{ day: made, why: 'no day has been closed since' }];
    expect(await found(world, key)).toEqual(none);
    const last = await closed(world, 2.1);
    expect(await found(world, key)).toEqual([{ day: last, why: 'no later day has been closed' }]);
    await closed(world, 1.1);
    expect(await found(world, key)).toEqual([]);
  });

  it('asks for no day where nothing is to be drawn', async () => {
    const idle = await aged({ supervised: false });
    await closed(idle, 4, { drawnAt: null });
    expect(await found(idle, key)).toEqual([]);
    const switchedOff = await aged();
    await change(switchedOff, (tx) =>
      tx.reviewSetting.create({
        data: {
          ...{ workspaceId: switchedOff.workspace, settings: off },
          ...{ updatedBy: switchedOff.admin, updatedAt: NOW },
        },
      }),
    );
    expect(await found(switchedOff, key)).toEqual([]);
    const young = await mintWorld();
    await seesActions(young, [{ tier: 2 }]);
    expect(await found(young, key)).toEqual([]);
  });

  it('takes days of before there were closings by their draw', async () => {
    const world = await aged();
    await closed(world, 1, { closedBy: null, closedAt: null, from: null, to: null });
    expect(await found(world, key)).toEqual([]);
  });
});

describe('approver_second_factor', () => {
  const key = 'approver_second_factor';

  it('fails for an approver whom a password alone signs in, single sign-on or not', async () => {
    const world = await mintWorld();
    await addMember(world, ['approver'], { totpConfirmedAt: NOW, passwordHash: 'hash' });
    await addMember(world, ['approver'], { passkeySignIn: true, passwordHash: 'hash' });
    await addMember(world, ['approver'], { oidcSubject: 'only single sign-on' });
    await addMember(world, ['auditor'], { passwordHash: 'hash' });
    expect(await observe(world, key)).toEqual({ examined: 3, found: [] });
    const both = { oidcSubject: 'linked', passwordHash: 'hash' };
    const beside = await addMember(world, ['approver'], both);
    await addMember(world, ['approver'], { ...both, oidcSubject: 'too', totpConfirmedAt: NOW });
    const bare = await addMember(world, ['approver'], { passwordHash: 'hash' });
    const neither = await addMember(world, ['approver']);
    const wrong = new Map((await found(world, key)).map(({ member, why }) => [member, why]));
    expect(wrong).toEqual(
      new Map([
        [
          beside,
          'a password alone signs them in, beside single sign-on: they must set up a second factor',
        ],
        [bare, 'a password alone signs them in: they must set up a second factor'],
        [neither, 'no way to sign in is linked: they must set up a second factor'],
      ]),
    );
  });
});
