import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDraft, editDraft, getDraft } from '@/lib/domains/access/server';
import { closeDb } from '@/lib/infra/db';
import { asRole } from '@/lib/infra/testing/as-role';
import { createPool, type Pool } from '@/lib/infra/pg';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { makeWorld, type World } from '../test/world';
import { runProof } from './run';
import { cancelProof, startProof } from './service';

let pool: Pool;
let world: World;
let role: string;
let agents: { id: string }[];

const ladder = { parameter: 'amount', autonomous: 100, supervised: 300, gated: 500 };
const admin = (...roles: string[]): Context => ({
  workspace: world.workspace,
  requestId: newId('req'),
  actor: {
    type: 'member',
    id: 'mbr_01980000-0000-7000-8000-000000000001',
    name: 'Admin',
    roles: roles.length > 0 ? roles : ['admin'],
    abilities: [],
    method: 'password',
    authenticatedAt: 0,
  },
});

beforeAll(async () => {
  pool = createPool('countersign_app', 2);
  world = await makeWorld();
  agents = [await world.agent(), await world.agent(), await world.agent({ state: 'suspended' })];
  role = await world.role(...agents.map(({ id }) => id));
  const type = await world.actionType(await world.tool('http://127.0.0.1:9'));
  await world.permission(role, type, { tier: null, ladder, limits: { perDay: 3 } });
});

afterAll(async () => {
  await world.close();
  await pool.end();
  await closeDb();
});

async function drafted(edit: object): Promise<string> {
  const { id } = await createDraft(admin(), { title: 'Other refunds' });
  await editDraft(admin(), {
    id,
    edit: { do: 'set_permission', role, action: 'refunds.create', ladder, ...edit },
  });
  return id;
}

async function proved(draft: string) {
  const { id } = await startProof(admin(), { id: draft });
  await runProof(pool, admin(), id);
  return (await getDraft(admin(), { id: draft })).proof;
}

describe('a proof', () => {
  it('proves a narrowed limit, of all agents that may act', async () => {
    const proof = await proved(
      await drafted({ ladder: { ...ladder, supervised: 250, gated: 400 } }),
    );
    expect(proof).toMatchObject({ status: 'done', done: 1, total: 1, outdated: false });
    expect(proof?.result).toEqual({ agents: 2, kinds: 1, actionTypes: 1, open: [] });
  });

  it('refutes a raised limit with a request, and leaves rates out of it', async () => {
    const proof = await proved(await drafted({ ladder: { ...ladder, gated: 600 }, limits: {} }));
    const [open] = proof?.result?.open ?? [];
    expect(open).toMatchObject({
      actionType: 'refunds.create',
      allowed: { verdict: 'refuted', example: { others: 1, before: { decision: 'deny' } } },
      runs: { verdict: 'proved' },
    });
    const amount = Number(open?.allowed.example?.parameters['amount']);
    expect(amount).toBeGreaterThan(500);
    expect(amount).toBeLessThanOrEqual(600);
    const same = await proved(await drafted({ limits: { perDay: 1_000 } }));
    expect(same?.result?.open).toEqual([]);
  });

  it('leaves the rates of permits by hand out of it too', async () => {
    const { id } = await createDraft(admin(), { title: 'One a day' });
    const text = `@tier("2") @rate_per_day("1")
      permit (principal, action == Action::"refunds.create", resource);`;
    await editDraft(admin(), { id, edit: { do: 'set_cedar_policy', name: 'daily', text } });
    const [open] = (await proved(id))?.result?.open ?? [];
    expect(open).toMatchObject({
      allowed: { verdict: 'refuted', example: { after: { decision: 'allow' } } },
      runs: { verdict: 'refuted', example: { before: { decision: 'hold' } } },
    });
  });

  it('stops when it is cancelled, and says nothing of what it had', async () => {
    const draft = await drafted({ ladder: { ...ladder, gated: 400 } });
    const { id } = await startProof(admin(), { id: draft });
    await cancelProof(admin(), { id: draft });
    const { questions } = await runProof(pool, admin(), id);
    expect(questions).toBe(0);
    const { proof } = await getDraft(admin(), { id: draft });
    expect(proof).toMatchObject({ status: 'cancelled', result: null });
    await expect(cancelProof(admin(), { id: draft })).rejects.toMatchObject({ status: 409 });
  });

  it('ends while Z3 is still at a question', async () => {
    // Nobody has found out in seconds whether two cubes can differ like this.
    const cubes = (of: string) => `context.parameters.${of} * context.parameters.${of}`;
    const hard = `permit (principal, action == Action::"cubes.find", resource) when {
      context.parameters.a * ${cubes('a')} + context.parameters.b * ${cubes('b')} ==
      context.parameters.c * ${cubes('c')} + 33 };`;
    const integer = { type: 'integer' };
    await world.actionType(await world.tool('http://127.0.0.1:9'), {
      key: 'cubes.find',
      parameters: {
        type: 'object',
        required: ['a', 'b', 'c'],
        properties: { a: integer, b: integer, c: integer },
      },
      path_template: '/cubes',
    });
    const { id: draft } = await createDraft(admin(), { title: 'Cubes' });
    await editDraft(admin(), {
      id: draft,
      edit: { do: 'set_cedar_policy', name: 'cubes', text: hard },
    });
    const { id } = await startProof(admin(), { id: draft });
    const running = runProof(pool, admin(), id);
    await expect
      .poll(async () => (await getDraft(admin(), { id: draft })).proof?.total, { timeout: 50_000 })
      .toBe(2);
    await cancelProof(admin(), { id: draft });
    await running;
    const { proof } = await getDraft(admin(), { id: draft });
    expect(proof).toMatchObject({ status: 'cancelled', result: null });
  });

  it('is outdated once the draft is changed, and once something else holds', async () => {
    const draft = await drafted({ ladder: { ...ladder, gated: 400 } });
    expect(await proved(draft)).toMatchObject({ outdated: false });
    await editDraft(admin(), {
      id: draft,
      edit: { do: 'set_permission', role, action: 'refunds.create', tier: 3, replaces: [] },
    });
    expect((await getDraft(admin(), { id: draft })).proof?.outdated).toBe(true);
    expect(await proved(draft)).toMatchObject({ outdated: false });
    const { rows } = await world.owner.query<{ number: number }>(
      'SELECT max(number) AS number FROM policy_versions WHERE workspace_id = $1',
      [world.workspace],
    );
    await world.owner.query(
      `INSERT INTO policy_versions (id, workspace_id, number, document, changes, origin, created_by)
       SELECT $1, workspace_id, number + 1, document, changes, origin, created_by FROM policy_versions
        WHERE workspace_id = $2 AND number = $3`,
      [newId('pvr'), world.workspace, rows[0]?.number],
    );
    expect((await getDraft(admin(), { id: draft })).proof?.outdated).toBe(true);
  });

  it('is an admin’s to start and leaves an event', async () => {
    const draft = await drafted({ ladder: { ...ladder, gated: 400 } });
    await expect(startProof(admin('auditor'), { id: draft })).rejects.toMatchObject({
      status: 403,
    });
    expect((await getDraft(admin(), { id: draft })).proof).toBeNull();
    await startProof(admin(), { id: draft });
    const events = await world.events();
    expect(events.filter(({ type }) => type === 'policy_draft.proof_started').at(-1)).toMatchObject(
      {
        object: { type: 'policy_draft', id: draft },
      },
    );
  });

  it('is of one workspace alone', async () => {
    const seen = (workspace: string) =>
      asRole(
        'countersign_app',
        workspace,
        async (client) => (await client.query('SELECT id FROM policy_proofs')).rows.length,
      );
    expect(await seen(world.workspace)).toBeGreaterThan(0);
    expect(await seen(newId('ws'))).toBe(0);
  });
});
