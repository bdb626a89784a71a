/** A workspace with a refund that waits for a person and may be made smaller, and who decides it. */
import { closeGatewayJobs, type RunningGateway, startGateway } from '@/lib/domains/gateway/server';
import { startTool, type TestTool } from '@/lib/domains/gateway/test/tool';
import { clientOf, makeWorld, type World } from '@/lib/domains/gateway/test/world';
import { closeDb } from '@/lib/infra/db';
import { closeQueue } from '@/lib/infra/queue';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';

/** Refunds from here on take two signatures. */
export const TWO_SIGN_FROM = 8_000;

export interface CardWorld {
  world: World;
  gateway: RunningGateway;
  tool: TestTool;
  agent: { id: string; credential: string };
  client: ReturnType<typeof clientOf>;
  refund: string;
  /** Approvers who may decide; `sponsor` answers for the agent and may not. */
  approvers: [string, string, string];
  sponsor: string;
  as: (member: string, roles?: string[], workspace?: string) => Context;
  /** A held refund, by way of the gateway. */
  hold: (parameters?: Record<string, unknown>, over?: Record<string, unknown>) => Promise<string>;
  statusOf: (id: string) => Promise<unknown>;
  /** Types of the events about an action, in order. */
  saidOf: (id: string) => Promise<string[]>;
  /** The stored approval with its signatures, to see that nothing was written. */
  stored: (id: string) => Promise<Record<string, unknown>>;
  close: () => Promise<void>;
}

export async function cardWorld(): Promise<CardWorld> {
  const tool = await startTool();
  const world = await makeWorld();
  const member = (roles: string[]) => {
    const id = newId('mbr');
    return world.insert('members', {
      ...{ id, workspace_id: world.workspace, email: `${id}@example.test`, name: `Name ${id}` },
      ...{ roles, updated_at: new Date() },
    });
  };
  const sponsor = await member(['admin', 'approver']);
  const approvers: CardWorld['approvers'] = [
    await member(['approver']),
    await member(['approver']),
    await member(['approver']),
  ];
  const agent = await world.agent({ sponsor_id: sponsor });
  const role = await world.role(agent.id);
  const toolId = await world.tool(tool.url);
  const refund = await world.actionType(toolId, {
    parameters: {
      type: 'object',
      additionalProperties: false,
      required: ['order_id', 'amount'],
      properties: {
        order_id: { type: 'string' },
        amount: { type: 'number', minimum: 1 },
        fee: { type: 'number' },
        currency: { type: 'string' },
        customer_id: { type: 'string' },
      },
    },
    narrowable: ['amount'],
    rules: [{ parameter: 'amount', rule: 'range', min: 2, max: 10_000 }],
    sentence: 'Refund {amount} for order {order_id}',
  });
  const ladder = { parameter: 'amount', autonomous: 0, supervised: 0, gated: 10_000 };
  await world.permission(role, refund, { tier: null, ladder });
  const read = await world.actionType(toolId, {
    ...{ key: 'orders.read', title: 'Read an order', effects: ['read'] },
    ...{ reversibility: 'read_only', method: 'GET', path_template: '/orders/{order_id}' },
    sentence: 'Read order {order_id}',
  });
  await world.permission(role, read, { tier: 1 });
  await world.insert('approval_routes', {
    ...{ id: newId('rte'), workspace_id: world.workspace, name: 'Large', position: 0 },
    fits: JSON.stringify({ amount_from: TWO_SIGN_FROM }),
    needs: JSON.stringify([{ group: null, count: 2, escalation: [] }]),
    updated_at: new Date(),
  });
  const gateway = await startGateway({ host: '127.0.0.1', port: 0 });
  const client = clientOf(gateway.url, world, agent);
  const said = async (id: string) =>
    (await world.events()).filter((event) => event['action'] === id);
  return {
    ...{ world, gateway, tool, agent, client, refund, approvers, sponsor },
    as: (id, roles = ['approver'], workspace = world.workspace) => ({
      workspace,
      requestId: newId('req'),
      actor: {
        ...{ type: 'member' as const, id, name: id, roles, abilities: [] },
        ...{ method: 'password', authenticatedAt: 0 },
      },
    }),
    hold: async (parameters = {}, over = {}) => {
      const session = await client.session({ customer_id: 'C-1' });
      const proposed = { order_id: '7', amount: 750, currency: 'USD', ...parameters };
      const { status, body } = await client.propose(session, proposed, over);
      if (status !== 202) throw new Error(JSON.stringify(body));
      return String(body['id']);
    },
    statusOf: async (id) => (await world.actions()).find((row) => row['id'] === id)?.['status'],
    saidOf: async (id) => (await said(id)).map((event) => String(event['type'])),
    stored: async (id) => {
      const { rows } = await world.owner.query(
        `SELECT to_jsonb(p) AS approval, a.status,
           (SELECT json_agg(q ORDER BY q.id) FROM approval_questions q WHERE q.action_id = p.action_id) AS questions,
           (SELECT json_agg(s ORDER BY s.id) FROM approval_signatures s WHERE s.action_id = p.action_id) AS signatures
         FROM approvals p JOIN actions a ON a.id = p.action_id WHERE p.action_id = $1`,
        [id],
      );
      return rows[0];
    },
    close: async () => {
      await gateway.stop();
      await tool.close();
      await world.close();
      await closeGatewayJobs();
      await closeQueue();
      await closeDb();
    },
  };
}
