import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  closeGatewayJobs,
  executeApproved,
  type RunningGateway,
  startGateway,
} from '@/lib/domains/gateway/server';
import { clientOf, makeWorld, type World } from '@/lib/domains/gateway/test/world';
import { startTool, type TestTool } from '@/lib/domains/gateway/test/tool';
import { closeDb } from '@/lib/infra/db';
import { closeQueue } from '@/lib/infra/queue';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { approvalsJobs } from './jobs';
import { approveAction, breakGlassOn, rejectAction } from './service/decide';
import { getApproval, listApprovals } from './service/read';

let gateway: RunningGateway;
let tool: TestTool;
let world: World;
let agent: { id: string; credential: string };
const approvers: string[] = [];
let sponsor: string;

beforeAll(async () => {
  tool = await startTool();
  world = await makeWorld();
  const member = async (roles: string[]) => {
    const id = newId('mbr');
    return world.insert('members', {
      ...{ id, workspace_id: world.workspace, email: `${id}@example.test`, name: id, roles },
      updated_at: new Date(),
    });
  };
  sponsor = await member(['admin', 'approver']);
  for (let index = 0; index < 5; index += 1) approvers.push(await member(['approver']));
  agent = await world.agent({ sponsor_id: sponsor });
  const role = await world.role(agent.id);
  const type = await world.actionType(await world.tool(tool.url));
  await world.permission(role, type, { tier: 3 });
  gateway = await startGateway({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await gateway.stop();
  await tool.close();
  await world.close();
  await closeGatewayJobs();
  await closeQueue();
  await closeDb();
});

function as(id: string, roles = ['approver'], workspace = world.workspace): Context {
  const actor = {
    type: 'member',
    id,
    name: id,
    roles,
    abilities: [],
    method: 'password',
    authenticatedAt: 0,
  } as const;
  return { workspace, requestId: newId('req'), actor };
}

/** A held action, by way of the gateway. */
async function hold(
  initiator: Record<string, unknown> = { type: 'customer', id: 'C-1' },
): Promise<string> {
  const client = clientOf(gateway.url, world, agent);
  const session = await client.send('POST', '/v1/sessions', {
    initiator,
    auth_context: {},
    attributes: {},
  });
  const answer = await client.propose(String(session.body['id']), { order_id: '1', amount: 750 });
  expect(answer.status).toBe(202);
  return String(answer.body['id']);
}

async function statusOf(id: string): Promise<unknown> {
  return (await world.actions()).find((row) => row['id'] === id)?.['status'];
}

async function eventsOf(id: string): Promise<Record<string, unknown>[]> {
  return (await world.events()).filter((event) => event['action'] === id);
}

describe('a held action', () => {
  it('runs once, and only after a person approved it', async () => {
    const id = await hold();
    const before = tool.seen.length;
    await executeApproved.perform(world.workspace, { action: id });
    expect(tool.seen.length).toBe(before);
    const card = await getApproval(as(approvers[0] as string), { id });
    await approveAction(as(approvers[0] as string), { id, display_digest: card.display_digest });
    // BullMQ may run a job twice; the action runs once.
    await Promise.all(
      [1, 2, 3].map(() => executeApproved.perform(world.workspace, { action: id })),
    );
    expect(tool.seen.length).toBe(before + 1);
    expect(await statusOf(id)).toBe('succeeded');
    expect((await eventsOf(id)).map((event) => event['type'])).toEqual([
      'action.decided',
      'approval.approved',
      'action.succeeded',
    ]);
  });

  it('has one outcome when 50 decide at once, approving and rejecting', async () => {
    for (let round = 0; round < 3; round += 1) {
      const id = await hold();
      const before = tool.seen.length;
      const tries = Array.from({ length: 50 }, (_, index) => {
        const ctx = as(approvers[index % approvers.length] as string);
        return index % 2
          ? approveAction(ctx, { id })
          : rejectAction(ctx, { id, reason: 'Not this one' });
      });
      const settled = await Promise.allSettled(tries);
      const won = settled.filter(({ status }) => status === 'fulfilled');
      expect(won).toHaveLength(1);
      for (const lost of settled) {
        if (lost.status === 'rejected') expect(lost.reason).toMatchObject({ status: 409 });
      }
      await executeApproved.perform(world.workspace, { action: id });
      const decisions = (await eventsOf(id)).filter((event) =>
        String(event['type']).startsWith('approval.'),
      );
      expect(decisions).toHaveLength(1);
      const approved = decisions[0]?.['outcome'] === 'approved';
      expect(await statusOf(id)).toBe(approved ? 'succeeded' : 'rejected');
      expect(tool.seen.length).toBe(before + (approved ? 1 : 0));
    }
  });

  it('is not decided by its sponsor, by who started it, or by anyone but an approver', async () => {
    const starter = approvers[1] as string;
    const id = await hold({ type: 'member', id: starter });
    const before = await eventsOf(id);
    for (const ctx of [
      as(sponsor),
      as(starter),
      as(approvers[2] as string, ['admin', 'auditor']),
      as(approvers[2] as string, []),
    ]) {
      await expect(approveAction(ctx, { id })).rejects.toMatchObject({ status: 403 });
      await expect(rejectAction(ctx, { id, reason: 'Refused' })).rejects.toMatchObject({
        status: 403,
      });
    }
    expect(await statusOf(id)).toBe('pending');
    expect(await eventsOf(id)).toEqual(before);
  });

  it('is decided by whoever its agent only mentions in what it says of the start', async () => {
    const id = await hold({ type: 'user', id: 'u1', x: [approvers, { approvers }] });
    await approveAction(as(approvers[0] as string), { id });
    expect(await statusOf(id)).toBe('approved');
  });

  it('is not decided by whom the rule excluded when it was held, whatever they change', async () => {
    const [editor = '', author = '', answering = '', fourth = ''] = approvers;
    const own = await world.agent({ sponsor_id: answering });
    const role = await world.role(own.id);
    const key = 'refunds.again';
    const type = await world.actionType(await world.tool(tool.url), { key });
    const permission = await world.permission(role, type, { tier: 3, updated_by: editor });
    const written = await world.insert('cedar_policies', {
      ...{ id: newId('cpl'), workspace_id: world.workspace, name: 'more', created_by: author },
      text: `@tier("3") permit (principal, action == Action::"${key}", resource);`,
      ...{ updated_by: author, updated_at: new Date() },
    });
    const client = clientOf(gateway.url, world, own);
    const session = await client.session();
    const propose = () => client.propose(session, { order_id: '1', amount: 750 }, { action: key });
    // The gateway hears of both a moment later.
    let held = await propose();
    const allowedBy = async () =>
      (await world.actions()).find((row) => row['id'] === held.body['id'])?.['permissions'];
    await expect
      .poll(async () => {
        held = await propose();
        return held.status === 202 && ((await allowedBy()) as string[]).length;
      })
      .toBe(2);
    const id = String(held.body['id']);

    await world.owner.query('DELETE FROM permissions WHERE id = $1', [permission]);
    await world.owner.query(
      `UPDATE cedar_policies SET name = 'less', updated_by = 'x' WHERE id = $1`,
      [written],
    );
    await world.owner.query('UPDATE agents SET sponsor_id = $2 WHERE id = $1', [own.id, sponsor]);
    const before = await eventsOf(id);
    for (const member of [editor, author, answering, sponsor]) {
      await expect(approveAction(as(member), { id })).rejects.toMatchObject({ status: 403 });
      await expect(
        breakGlassOn(as(member, ['admin', 'approver']), {
          id,
          reason: 'It is mine, and I want it now',
        }),
      ).rejects.toMatchObject({ status: 403 });
    }
    expect(await statusOf(id)).toBe('pending');
    expect(await eventsOf(id)).toEqual(before);
    expect(await approveAction(as(fourth), { id })).toMatchObject({ status: 'approved' });
  });

  it('is not there for another workspace', async () => {
    const id = await hold();
    const other = await makeWorld();
    const foreign = as(approvers[0] as string, ['approver', 'admin'], other.workspace);
    for (const attempt of [getApproval, approveAction, rejectAction]) {
      const input = attempt === rejectAction ? { id, reason: 'Theirs' } : { id };
      await expect(attempt(foreign, input)).rejects.toMatchObject({ status: 404 });
    }
    expect((await listApprovals(foreign, {})).items).toEqual([]);
    expect(await other.events()).toEqual([]);
    expect(await statusOf(id)).toBe('pending');
    await other.close();
  });

  it('is void when the action or what was shown has changed', async () => {
    const id = await hold();
    await expect(
      approveAction(as(approvers[0] as string), { id, display_digest: 'sha256:other' }),
    ).rejects.toMatchObject({ code: 'changed_since_shown' });
    await world.owner.query(
      `UPDATE actions SET parameters = '{"order_id":"1","amount":9750}' WHERE id = $1`,
      [id],
    );
    await expect(approveAction(as(approvers[0] as string), { id })).rejects.toMatchObject({
      code: 'changed_since_shown',
    });
    expect(await statusOf(id)).toBe('pending');
  });

  it('does not run when it was changed after the approval', async () => {
    const id = await hold();
    const before = tool.seen.length;
    await approveAction(as(approvers[0] as string), { id });
    await world.owner.query(
      `UPDATE actions SET parameters = '{"order_id":"1","amount":9750}' WHERE id = $1`,
      [id],
    );
    await executeApproved.perform(world.workspace, { action: id });
    expect(await statusOf(id)).toBe('failed');
    expect(tool.seen.length).toBe(before);
  });

  it('expires by the job when its time has passed, and cannot be approved any more', async () => {
    const id = await hold();
    await world.owner.query(
      `UPDATE actions SET expires_at = now() - interval '1 second' WHERE id = $1`,
      [id],
    );
    await world.owner.query(
      `UPDATE approvals SET expires_at = now() - interval '1 second' WHERE action_id = $1`,
      [id],
    );
    await expect(approveAction(as(approvers[0] as string), { id })).rejects.toMatchObject({
      status: 403,
    });
    expect(await statusOf(id)).toBe('pending');
    await Promise.all([1, 2].map(() => approvalsJobs[0]?.perform(world.workspace, {})));
    expect(await statusOf(id)).toBe('expired');
    const ended = (await eventsOf(id)).filter((event) => event['type'] === 'approval.expired');
    expect(ended).toHaveLength(1);
  });
});

describe('the queue', () => {
  it('pages by who has waited longest and counts nobody twice', async () => {
    const held = [await hold(), await hold(), await hold()];
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listApprovals(as(approvers[0] as string), {
        status: 'pending',
        limit: 2,
        cursor,
      });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next ?? undefined;
    } while (cursor);
    expect(new Set(seen).size).toBe(seen.length);
    expect(held.every((id) => seen.includes(id))).toBe(true);
    expect(seen.toSorted()).toEqual(seen);
    await expect(
      listApprovals(as(approvers[0] as string), { cursor: 'nonsense' }),
    ).rejects.toMatchObject({ status: 422 });
  });
});
