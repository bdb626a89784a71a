import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningGateway, startGateway } from '@/lib/domains/gateway/server';
import { clientOf, makeWorld, type World } from '@/lib/domains/gateway/test/world';
import { workspacesApis } from '@/lib/domains/workspaces/server';
import { Authenticator } from '@/lib/domains/workspaces/test/authenticator';
import { closeDb } from '@/lib/infra/db';
import { env } from '@/lib/infra/env';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { approveAction, breakGlassOn } from './service/decide';
import { getApproval } from './service/read';

let gateway: RunningGateway;
let world: World;
let agent: { id: string; credential: string };
let type: string;
const site = { origin: '', rpId: 'localhost' };

beforeAll(async () => {
  site.origin = env().NEXTAUTH_URL.replace('127.0.0.1', 'localhost');
  world = await makeWorld();
  agent = await world.agent();
  const role = await world.role(agent.id);
  type = await world.actionType(await world.tool('http://127.0.0.1:9'));
  await world.permission(role, type, { tier: 3 });
  gateway = await startGateway({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await gateway.stop();
  await world.close();
  await closeDb();
});

/** An approver in a browser session, which has proved itself afresh when `stepped`. */
async function approver(stepped = false): Promise<Context> {
  const own = { workspace_id: world.workspace };
  const member = await world.insert('members', {
    ...{ id: newId('mbr'), ...own, email: `${newId('x')}@example.test`, name: 'Lena' },
    ...{ roles: ['approver'], updated_at: new Date() },
  });
  const session = await world.insert('member_sessions', {
    ...{ id: newId('mss'), ...own, member_id: member, method: 'password' },
    expires_at: new Date(Date.now() + 3_600_000),
    ...(stepped ? { stepped_up_at: new Date() } : {}),
  });
  return {
    workspace: world.workspace,
    requestId: newId('req'),
    actor: {
      ...{ type: 'member', id: member, name: 'Lena', roles: ['approver'], abilities: [] },
      ...{ method: 'password', authenticatedAt: 0, sessionId: session },
    },
  };
}

async function perform(ctx: Context, name: string, input: unknown): Promise<never> {
  const endpoint = workspacesApis
    .flatMap(({ endpoints }) => endpoints)
    .find(({ operation }) => operation.operation === name);
  return (await endpoint?.operation(ctx, input)) as never;
}

/** An approver with a passkey of theirs. */
async function withPasskey() {
  const ctx = await approver(true);
  const key = new Authenticator('ES256', site);
  const { challenge }: { challenge: string } = await perform(ctx, 'passkeys.begin', {});
  await perform(ctx, 'passkeys.register', { name: 'Key', registration: key.register(challenge) });
  return { ctx, key };
}

let held = { id: '', digest: '', display_digest: '' };

async function hold(): Promise<typeof held> {
  const client = clientOf(gateway.url, world, agent);
  const { body } = await client.propose(await client.session(), { order_id: '1', amount: 750 });
  const card = await getApproval(await approver(), { id: String(body['id']) });
  return card;
}

const signaturesOn = async (id: string) =>
  (await world.owner.query('SELECT * FROM approval_signatures WHERE action_id = $1', [id])).rows;
const statusOf = async (id: string) =>
  (await world.owner.query('SELECT status FROM actions WHERE id = $1', [id])).rows[0]?.status;
const saidOf = async (id: string) =>
  (await world.events()).filter((event) => event['action'] === id);

/** The code of a refusal that left nothing behind. */
async function refusalOf(deed: () => Promise<unknown>): Promise<string> {
  const said = (await saidOf(held.id)).length;
  const problem = await deed().then(
    () => ({ status: 200, code: 'none' }),
    (error: { status: number; code: string }) => error,
  );
  expect(problem.status).toBe(403);
  expect(await signaturesOn(held.id)).toEqual([]);
  expect(await statusOf(held.id)).toBe('pending');
  expect((await saidOf(held.id)).length).toBe(said);
  return problem.code;
}

/** What the action type asks for; the gateway hears of it a moment later. */
async function ask(signing: string | null): Promise<void> {
  await world.owner.query('UPDATE action_types SET signing = $1 WHERE id = $2', [signing, type]);
  await expect
    .poll(async () => ((held = await hold()) as { signing?: string }).signing)
    .toBe(signing ?? 'session');
}

describe('where a fresh proof is asked for', () => {
  beforeEach(() => ask('step_up'));

  it('a session without one, and a token, do not sign', async () => {
    const ordinary = await approver();
    expect(await refusalOf(() => approveAction(ordinary, { id: held.id }))).toBe('step_up_needed');
    const ctx = await approver(true);
    const token = { ...ctx, actor: { ...ctx.actor, sessionId: undefined, tokenId: newId('pat') } };
    expect(await refusalOf(() => approveAction(token as never, { id: held.id }))).toBe(
      'step_up_needed',
    );
  });

  it('one that has it does, and the signature says how', async () => {
    await approveAction(await approver(true), { id: held.id });
    expect(await signaturesOn(held.id)).toMatchObject([{ signing: 'step_up', assertion: null }]);
    expect(await statusOf(held.id)).toBe('approved');
  });
});

describe('where a passkey is asked for', () => {
  beforeEach(() => ask('passkey'));

  it('nothing else signs, also behind broken glass', async () => {
    const stepped = await approver(true);
    expect(await refusalOf(() => approveAction(stepped, { id: held.id }))).toBe('passkey_needed');
    const reason = 'Nobody with a passkey can be reached';
    expect(await refusalOf(() => breakGlassOn(stepped, { id: held.id, reason }))).toBe(
      'passkey_needed',
    );
  });

  it('one signs the action together with what was shown; the trail keeps the assertion', async () => {
    const { ctx, key } = await withPasskey();
    const assertion = key.approve(held.digest, held.display_digest);
    await approveAction(ctx, { id: held.id, assertion });
    expect(await signaturesOn(held.id)).toMatchObject([
      { signing: 'passkey', assertion: { credential_id: key.id, rp_id: 'localhost' } },
    ]);
    const event = (await saidOf(held.id)).find((one) => one['type'] === 'approval.approved');
    expect(event).toMatchObject({
      digest: held.digest,
      data: {
        display_digest: held.display_digest,
        signing: 'passkey',
        assertion: { credential_id: key.id, public_key: key.jwk },
      },
    });
  });

  it('no assertion of another action, another card or another person’s key does', async () => {
    const { ctx, key } = await withPasskey();
    const other = await hold();
    for (const [digest, shown] of [
      [other.digest, other.display_digest],
      [held.digest, other.display_digest],
      [other.digest, held.display_digest],
    ] as const) {
      const assertion = key.approve(digest, shown);
      expect(await refusalOf(() => approveAction(ctx, { id: held.id, assertion }))).toBe(
        'passkey_refused',
      );
    }
    const assertion = key.approve(held.digest, held.display_digest);
    const stranger = await approver(true);
    expect(await refusalOf(() => approveAction(stranger, { id: held.id, assertion }))).toBe(
      'passkey_unknown',
    );
  });
});
