import { describe, expect, it } from 'vitest';
import { inWorkspace } from '@/lib/infra/db';
import { mintAgent, mintWorld } from '@/lib/infra/testing/world';
import { newId } from '@/lib/kernel/ids';
import { evaluate, runChecks } from '../service/run';
import {
  addCredential,
  change,
  check,
  days,
  grant,
  NOW,
  observe,
  seesActions,
  settings,
} from '../test/world';
import type { Check } from './check';

describe('sponsor_present', () => {
  it('passes with an active sponsor, fails without', async () => {
    const world = await mintWorld();
    expect(await observe(world, 'sponsor_present')).toEqual({ examined: 1, found: [] });
    await change(world, (tx) =>
      tx.member.update({ where: { id: world.admin }, data: { state: 'disabled' } }),
    );
    expect((await observe(world, 'sponsor_present')).found).toMatchObject([{ agent: world.agent }]);
    await change(world, (tx) =>
      tx.agent.update({ where: { id: world.agent }, data: { sponsorId: null } }),
    );
    expect((await observe(world, 'sponsor_present')).found).toMatchObject([
      { why: 'none is named' },
    ]);
  });
});

describe('unique_identity', () => {
  it('passes with a credential of its own, fails without and with a shared one', async () => {
    const world = await mintWorld();
    expect((await observe(world, 'unique_identity')).found).toHaveLength(1);
    const own = await addCredential(world, world.agent);
    expect((await observe(world, 'unique_identity')).found).toEqual([]);
    const other = await mintAgent(world);
    const shared = await addCredential(world, other);
    await change(world, (tx) =>
      tx.credential.update({ where: { id: shared }, data: { secretHash: own } }),
    );
    expect((await observe(world, 'unique_identity')).found).toHaveLength(2);
  });

  it('does not count what is revoked, nor what has run out', async () => {
    const world = await mintWorld();
    const own = await addCredential(world, world.agent);
    const set = (data: object) =>
      change(world, (tx) => tx.credential.update({ where: { id: own }, data }));
    await set({ expiresAt: days(1) });
    expect((await observe(world, 'unique_identity')).found).toMatchObject([
      { agent: world.agent, why: 'it has no valid credential' },
    ]);
    await set({ expiresAt: null });
    const other = await addCredential(world, await mintAgent(world));
    await change(world, (tx) =>
      tx.credential.update({ where: { id: other }, data: { secretHash: own, state: 'revoked' } }),
    );
    expect((await observe(world, 'unique_identity')).found).toMatchObject([
      { why: 'it has no valid credential' },
    ]);
  });

  it('looks at more agents than a query takes parameters, as every check does', async () => {
    const world = await mintWorld();
    await change(world, async (tx) => {
      await tx.$executeRaw`
        INSERT INTO agents (id, workspace_id, name, purpose, sponsor_id, environment, model,
          clearance, state, created_by, updated_at)
        SELECT 'agt_' || gen_random_uuid(), a.workspace_id, 'agent ' || n, a.purpose, a.sponsor_id,
          a.environment, a.model, a.clearance, a.state, a.created_by, now()
        FROM agents a, generate_series(1, 33000) n`;
      await tx.$executeRaw`
        INSERT INTO credentials (id, workspace_id, agent_id, kind, created_by, secret_hash)
        SELECT 'crd_' || a.id, a.workspace_id, a.id, 'secret', a.created_by, a.id
        FROM agents a WHERE a.id <> ${world.agent}`;
    });
    const { results } = await runChecks(world.workspace);
    expect(results.filter(({ status }) => status === 'error')).toEqual([]);
    expect(results.find((one) => one.check === 'unique_identity')).toMatchObject({
      status: 'fail',
      evidence: { examined: 33_001, found: [{ agent: world.agent }], more: 0 },
    });
  });
});

describe('credential_age', () => {
  it('fails only past the allowed age', async () => {
    const world = await mintWorld();
    await addCredential(world, world.agent, days(settings.credentialMaxAgeDays - 1));
    expect((await observe(world, 'credential_age')).found).toEqual([]);
    const old = await addCredential(world, world.agent, days(settings.credentialMaxAgeDays + 1));
    expect((await observe(world, 'credential_age')).found).toMatchObject([{ credential: old }]);
  });
});

describe('unused_permission', () => {
  it('fails for an old permission that no action used, passes once one did', async () => {
    const world = await mintWorld();
    await grant(world, {}, { createdAt: days(10) });
    expect((await observe(world, 'unused_permission')).found).toEqual([]);
    const old = await grant(world, { key: 'orders.list' }, { createdAt: days(40) });
    expect((await observe(world, 'unused_permission')).found).toMatchObject([{ permission: old }]);
    await seesActions(world, [{ permissions: [old] }]);
    expect((await observe(world, 'unused_permission')).found).toEqual([]);
  });
});

describe('clearance', () => {
  it('fails for a grant above the clearance', async () => {
    const world = await mintWorld();
    await grant(world);
    expect((await observe(world, 'clearance')).found).toEqual([]);
    const above = await grant(world, { key: 'payroll.read', classification: 'Restricted' });
    expect((await observe(world, 'clearance')).found).toMatchObject([{ permission: above }]);
  });

  it('asks it of each agent that holds the role', async () => {
    const world = await mintWorld();
    const permission = await grant(world, { classification: 'Confidential' });
    const [low, cleared] = [await mintAgent(world), await mintAgent(world)];
    const retired = await mintAgent(world, 'retired');
    await change(world, async (tx) => {
      const { id: roleId, workspaceId } = await tx.role.findFirstOrThrow();
      await tx.agentRole.createMany({
        data: [low, cleared, retired].map((agentId) => ({
          ...{ workspaceId, agentId, roleId, grantedBy: world.admin },
        })),
      });
      await tx.agent.update({ where: { id: cleared }, data: { clearance: 'Restricted' } });
    });
    const { examined, found } = await observe(world, 'clearance');
    expect(examined).toBe(3);
    expect(found.map((one) => [one['agent'], one['permission']]).toSorted()).toEqual(
      [world.agent, low].map((agent) => [agent, permission]).toSorted(),
    );
    expect(found[0]?.['why']).toBe(
      'orders.read touches Confidential data, its clearance is Internal',
    );
  });
});

describe('irreversible_gated', () => {
  const irreversible = {
    key: 'customers.delete',
    effects: ['deletion'],
    reversibility: 'irreversible',
  };

  it('passes under the floor, fails when the floor is lowered and when one ran', async () => {
    const world = await mintWorld();
    const id = await grant(world, irreversible, { tier: 2 });
    expect((await observe(world, 'irreversible_gated')).found).toEqual([]);
    const lowered = {
      ...settings,
      tierFloors: { irreversible: 2, external_communication: 2, environments: {} } as const,
    };
    const observed = (tierFloors: typeof settings.tierFloors) =>
      inWorkspace(world.workspace, (tx) =>
        check('irreversible_gated').observe({
          tx,
          now: NOW,
          settings: { ...settings, tierFloors },
        }),
      );
    expect((await observed(lowered.tierFloors)).found).toMatchObject([{ permission: id }]);
    const inOne = await observed({
      ...settings.tierFloors,
      environments: { staging: { irreversible: 1 } },
    });
    expect(inOne.found).toMatchObject([
      { permission: id, why: expect.stringContaining('the floor in staging does too') },
    ]);
    await seesActions(world, [{ type: 'customers.delete', tier: 2 }]);
    expect((await observe(world, 'irreversible_gated')).found).toMatchObject([
      { why: 'it ran at tier 2 without a person' },
    ]);
  });

  it('counts permits by hand below tier 3 that can reach one', async () => {
    const world = await mintWorld();
    const { workspace: workspaceId } = world;
    await grant(world, irreversible, { tier: 3 });
    await grant(world);
    const tierFloors = { ...settings.tierFloors, irreversible: 1 } as const;
    const observed = (floors: typeof settings.tierFloors = tierFloors) =>
      inWorkspace(workspaceId, (tx) =>
        check('irreversible_gated').observe({
          ...{ tx, now: NOW, settings: { ...settings, tierFloors: floors } },
        }),
      );
    expect((await observed()).found).toEqual([]);
    const role = await change(world, async (tx) => {
      const [{ name } = { name: '' }, other] = await tx.role.findMany();
      await tx.role.update({ where: { id: other?.id ?? '' }, data: { state: 'retired' } });
      const write = (title: string, ...texts: string[]) =>
        tx.cedarPolicy.create({
          data: {
            ...{ id: newId('ced'), workspaceId, name: title, text: texts.join('\n') },
            ...{ createdBy: world.admin, updatedBy: world.admin },
          },
        });
      const of = (action: string) => `action == Action::"${action}", resource);`;
      await write(
        'named',
        `@tier("2") permit (principal in Role::"${name}", ${of('customers.delete')}`,
        `@tier("2") permit (principal in Role::"${other?.name}", ${of('customers.delete')}`,
        `@tier("3") permit (principal, ${of('customers.delete')}`,
        `permit (principal, ${of('customers.delete')}`,
        `@tier("1") permit (principal, ${of('orders.read')}`,
        `forbid (principal == Agent::"${world.agent}", ${of('customers.delete')}`,
      );
      await write('any', '@tier("1") permit (principal is Agent, action, resource);');
      return name;
    });
    expect(role).not.toBe('');
    const why =
      'a permit by hand lets an irreversible action run below tier 3, and the floor does too';
    const { examined, found } = await observed();
    expect(found).toEqual(
      ['any#1', 'named#1'].map((policy) => ({
        ...{ policy, name: policy, action_type: 'customers.delete', why },
      })),
    );
    expect(examined).toBe(3);
    // Under the floor it waits for a person whatever a permit says.
    expect((await observed(settings.tierFloors)).found).toEqual([]);
  });
});

describe('trail_verified', () => {
  it('fails without a verification today and with one that found damage', async () => {
    const world = await mintWorld();
    const verified = (status: string, at: Date) =>
      change(world, (tx) =>
        tx.trailVerification.create({
          data: {
            ...{
              id: newId('ver'),
              workspaceId: world.workspace,
              startedBy: 'test',
              size: 1n,
              status,
            },
            ...{ startedAt: at, finishedAt: at },
          },
        }),
      );
    await verified('ok', days(2));
    // As one is by a clock that was ahead.
    await verified('ok', days(-2));
    expect((await observe(world, 'trail_verified')).found).toHaveLength(1);
    await verified('ok', days(0.5));
    expect((await observe(world, 'trail_verified')).found).toEqual([]);
    await verified('failed', days(0.2));
    expect((await observe(world, 'trail_verified')).found).toHaveLength(1);
  });
});

describe('a check that cannot be carried out', () => {
  const failing = (observe: Check['observe']): Check => ({ ...check('clearance'), observe });

  it('is an error and no pass, and keeps the others from nothing', async () => {
    const world = await mintWorld();
    const broken = failing(async ({ tx }) => tx.$queryRaw`SELECT 1 / 0`);
    const { results } = await runChecks(world.workspace, [broken, check('sponsor_present')]);
    expect(results).toMatchObject([
      { status: 'error', evidence: { examined: 0 }, summary: expect.stringContaining('22012') },
      { status: 'pass', evidence: { examined: 1 } },
    ]);
  });

  it('says that it took too long', async () => {
    const world = await mintWorld();
    const slow = [
      failing(({ tx }) => tx.$queryRaw`SELECT count(*) FROM generate_series(1, 1e12::bigint)`),
      failing(async ({ tx }) => {
        for (;;) await tx.agent.count();
      }),
    ];
    for (const one of slow) {
      const result = await evaluate(one, world.workspace, { now: NOW, settings }, 200);
      expect(result).toMatchObject({
        status: 'error',
        summary: 'It could not be checked. It took longer than 0.2 seconds.',
      });
    }
  });
});
