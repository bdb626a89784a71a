import { describe, expect, it } from 'vitest';
import { workspaceSettings } from '@/lib/domains/workspaces';
import { inWorkspace, type Tx } from '@/lib/infra/db';
import { asRole, insertRow } from '@/lib/infra/testing/as-role';
import { mintAgent, mintWorld, type World } from '@/lib/infra/testing/world';
import { newId } from '@/lib/kernel/ids';
import { evaluate, runChecks } from '../service/run';
import { type Check, checks } from '.';

const NOW = new Date();
const settings = workspaceSettings.parse({});
const days = (count: number) => new Date(NOW.getTime() - count * 86_400_000);

function check(key: string): Check {
  const found = checks.find((candidate) => candidate.key === key);
  if (!found) throw new Error(`no check ${key}`);
  return found;
}

function observe(world: World, key: string) {
  return inWorkspace(world.workspace, (tx) => check(key).observe({ tx, now: NOW, settings }));
}

function change<T>(world: World, work: (tx: Tx) => Promise<T>): Promise<T> {
  return inWorkspace(world.workspace, work);
}

async function addCredential(world: World, agentId: string, createdAt = NOW): Promise<string> {
  const id = newId('crd');
  await change(world, (tx) =>
    tx.credential.create({
      data: {
        ...{ id, workspaceId: world.workspace, agentId, kind: 'secret', createdBy: world.admin },
        ...{ secretHash: id, createdAt },
      },
    }),
  );
  return id;
}

async function grant(world: World, type: object = {}, permission: object = {}): Promise<string> {
  const [tool, actionType, role, id] = [newId('tol'), newId('aty'), newId('rol'), newId('prm')];
  const workspaceId = world.workspace;
  await change(world, async (tx) => {
    await tx.tool.create({
      data: {
        id: tool,
        workspaceId,
        name: tool,
        baseUrl: 'http://127.0.0.1',
        auth: { type: 'none' },
      },
    });
    await tx.actionType.create({
      data: {
        ...{ id: actionType, workspaceId, key: 'orders.read', toolId: tool, title: 'Read' },
        ...{
          parameters: { type: 'object', properties: {} },
          effects: ['read'],
          reversibility: 'read_only',
        },
        ...{ classification: 'Internal', method: 'GET', pathTemplate: '/orders' },
        ...type,
      },
    });
    await tx.role.create({ data: { id: role, workspaceId, name: role } });
    await tx.permission.create({
      data: {
        ...{ id, workspaceId, roleId: role, actionTypeId: actionType, tier: 1 },
        ...{ createdBy: world.admin, updatedBy: world.admin },
        ...permission,
      },
    });
    await tx.agentRole.create({
      data: { workspaceId, agentId: world.agent, roleId: role, grantedBy: world.admin },
    });
  });
  return id;
}

async function addMember(world: World, roles: string[], extra: object = {}): Promise<string> {
  const id = newId('mbr');
  await change(world, (tx) =>
    tx.member.create({
      data: {
        id,
        workspaceId: world.workspace,
        email: `${id}@example.test`,
        name: id,
        roles,
        ...extra,
      },
    }),
  );
  return id;
}

/** Rows of actions come from the gateway alone; the console's role may only update them. */
async function seesActions(world: World, rows: object[]): Promise<void> {
  await asRole('countersign_gateway', world.workspace, async (client) => {
    for (const row of rows) {
      await insertRow(client, 'actions', {
        ...{
          id: newId('act'),
          workspace_id: world.workspace,
          agent_id: world.agent,
          session_id: newId('ses'),
        },
        ...{
          type: 'orders.read',
          parameters: '{}',
          summary: 's',
          why: 'w',
          evidence: '[]',
          untrusted: '[]',
        },
        ...{
          decision: 'allow',
          tier: 1,
          reasons: '[]',
          permissions: [],
          policy_version: 'pol',
          digest: 'd',
        },
        ...{
          status: 'succeeded',
          idempotency_key: newId('key'),
          request_hash: 'h',
          created_at: NOW,
        },
        ...row,
      });
    }
  });
}

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
});

describe('separation_of_duties', () => {
  it('needs an approver beside the sponsor, and finds a sponsor who decided', async () => {
    const world = await mintWorld();
    expect((await observe(world, 'separation_of_duties')).found).toMatchObject([
      { agent: world.agent },
    ]);
    await addMember(world, ['approver']);
    expect((await observe(world, 'separation_of_duties')).found).toEqual([]);
    const action = newId('act');
    await seesActions(world, [{ id: action, tier: 3, status: 'succeeded', decision: 'hold' }]);
    await asRole('countersign_gateway', world.workspace, (client) =>
      insertRow(client, 'approvals', {
        ...{ action_id: action, workspace_id: world.workspace, display: '{}', display_digest: 'd' },
        ...{
          requested_at: NOW,
          expires_at: NOW,
          decision: 'approved',
          decided_by: world.admin,
          decided_at: NOW,
        },
      }),
    );
    expect((await observe(world, 'separation_of_duties')).found).toMatchObject([
      { action, member: world.admin },
    ]);
  });
});

describe('sample_reviewed', () => {
  it('fails when a sample is overdue, passes with its verdict', async () => {
    const world = await mintWorld();
    const [action, id] = [newId('act'), newId('smp')];
    await seesActions(world, [{ id: action, tier: 2 }]);
    await change(world, (tx) =>
      tx.sample.create({
        data: {
          id,
          workspaceId: world.workspace,
          day: days(1),
          actionId: action,
          dueAt: days(0.1),
        },
      }),
    );
    expect((await observe(world, 'sample_reviewed')).found).toMatchObject([{ sample: id }]);
    await change(world, (tx) => tx.sample.update({ where: { id }, data: { verdict: 'correct' } }));
    expect((await observe(world, 'sample_reviewed')).found).toEqual([]);
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
    expect((await observe(world, 'trail_verified')).found).toHaveLength(1);
    await verified('ok', days(0.5));
    expect((await observe(world, 'trail_verified')).found).toEqual([]);
    await verified('failed', days(0.2));
    expect((await observe(world, 'trail_verified')).found).toHaveLength(1);
  });
});

describe('approver_second_factor', () => {
  it('fails for an approver with a password only', async () => {
    const world = await mintWorld();
    await addMember(world, ['approver'], { totpConfirmedAt: NOW });
    await addMember(world, ['auditor']);
    expect(await observe(world, 'approver_second_factor')).toEqual({ examined: 1, found: [] });
    const bare = await addMember(world, ['approver']);
    expect((await observe(world, 'approver_second_factor')).found).toMatchObject([
      { member: bare },
    ]);
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
