/** A workspace whose agent needs a person, another gateway that asks Countersign, and its approvers. */
import { expect } from 'vitest';
import { tokenOf } from '@/lib/domains/gateway/test/token';
import { type RunningGateway, startGateway } from '@/lib/domains/gateway/server';
import { startTool, type TestTool } from '@/lib/domains/gateway/test/tool';
import { clientOf, makeWorld, type World } from '@/lib/domains/gateway/test/world';
import { closeDb } from '@/lib/infra/db';
import { closeQueue } from '@/lib/infra/queue';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { approveAction, rejectAction } from '../service/decide';

export interface Reply {
  status: number;
  headers: Headers;
  // Of whichever form; a test that looks into what is not there fails.
  body: Record<string, unknown> & {
    decision: boolean;
    context: Record<string, unknown> & { access_request?: Record<string, unknown> };
    evaluations: { decision: boolean; context: Record<string, unknown> }[];
    task: Record<string, unknown> & {
      id: string;
      status: string;
      status_endpoint: string;
      links: { cancel: string };
      items: { status: string; result?: { approval: Approval } }[];
    };
    result: { mode: string; approval: Approval } & Record<string, unknown>;
  };
}
interface Approval {
  id: string;
  approved_at: string;
  approved_until: string;
  state: string;
}

/** Sends as whom this token speaks for. */
export function sender(url: string, token: string | undefined) {
  return async (
    method: string,
    to: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> => {
    const response = await fetch(to.startsWith('http') ? to : `${url}/access/v1/${to}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: JSON.parse(text) };
  };
}
export type Send = ReturnType<typeof sender>;

export interface Scene {
  gateway: RunningGateway;
  /** Where what runs here would be seen. */
  tool: TestTool;
  world: World;
  /** Another workspace, with a gateway of its own that asks. */
  other: World;
  agent: { id: string; credential: string };
  /** The gateway that asks, whose token is a member's. */
  send: Send;
  token: string;
  foreign: Send;
  /** The agent itself, with its own access token. */
  itself: Send;
  approve: (id: string) => Promise<unknown>;
  reject: (id: string) => Promise<unknown>;
  /** A member of the workspace as who acts. */
  as: (member: string, roles?: string[]) => Context;
  approver: string;
  restart: () => Promise<void>;
  /** How much of what a request writes is there, in either workspace. */
  written: () => Promise<Record<string, number>>;
  /** Ends this scene where another goes on. */
  closeWorlds: () => Promise<void>;
  close: () => Promise<void>;
}

export async function makeScene(): Promise<Scene> {
  const world = await makeWorld();
  const other = await makeWorld();
  const tool = await startTool();
  const agent = await world.agent();
  const role = await world.role(agent.id);
  const orders = await world.tool(tool.url, { name: 'orders' });
  const ladder = { parameter: 'amount', autonomous: 100, supervised: 200, gated: 500 };
  const refunds = await world.actionType(orders);
  await world.permission(role, refunds, { tier: null, ladder });
  const erase = await world.actionType(orders, { key: 'orders.erase', sentence: 'Erase it' });
  await world.permission(role, erase, { tier: 3, limits: { perDay: 1 } });
  const approver = newId('mbr');
  await world.insert('members', {
    id: approver,
    workspace_id: world.workspace,
    email: `${approver}@example.test`,
    name: 'Ada Approver',
    roles: ['approver'],
    updated_at: new Date(),
  });
  let gateway = await startGateway({ host: '127.0.0.1', port: 0 });
  const { url: issuer } = gateway;
  const { port } = new URL(issuer);
  const token = await tokenOf(world);
  const as: Scene['as'] = (member, roles = ['approver']) => ({
    workspace: world.workspace,
    requestId: newId('req'),
    actor: {
      type: 'member',
      id: member,
      name: member,
      roles,
      abilities: [],
      method: 'password',
      authenticatedAt: 0,
    },
  });
  const count = async (table: string) => {
    const { rows } = await world.owner.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM ${table} WHERE workspace_id = ANY ($1)`,
      [[world.workspace, other.workspace]],
    );
    return rows[0]?.n ?? 0;
  };
  const closeWorlds = async () => {
    await gateway.stop();
    await tool.close();
    await world.close();
    await other.close();
  };
  return {
    get gateway() {
      return gateway;
    },
    tool,
    world,
    other,
    agent,
    token,
    send: sender(gateway.url, token),
    foreign: sender(gateway.url, await tokenOf(other)),
    itself: sender(gateway.url, clientOf(gateway.url, world, agent).token),
    approver,
    as,
    approve: (id) => approveAction(as(approver), { id }),
    reject: (id) => rejectAction(as(approver), { id, reason: 'Not this one' }),
    restart: async () => {
      await gateway.stop();
      gateway = await startGateway({ host: '127.0.0.1', port: Number(port), issuer });
    },
    written: async () => {
      const tables = [
        'access_requests',
        'access_request_items',
        'actions',
        'approvals',
        'sessions',
      ];
      const counts: [string, number][] = [];
      for (const table of tables) counts.push([table, await count(table)]);
      // A refusal is an event, and so is a question.
      const events = [...(await world.events()), ...(await other.events())].filter(
        ({ type }) => !/^(request\.refused|authzen\.evaluated)$/.test(String(type)),
      );
      return { ...Object.fromEntries(counts), events: events.length };
    },
    closeWorlds,
    close: async () => {
      await closeWorlds();
      await closeQueue();
      await closeDb();
    },
  };
}

/** A question that the ladder leaves to a person. */
export function refund(agent: string, amount = 400, over: Record<string, unknown> = {}) {
  return {
    subject: { type: 'agent', id: agent },
    action: { name: 'refunds.create', properties: { order_id: '4821', amount } },
    resource: { type: 'tool', id: 'orders' },
    ...over,
  };
}

/** The members of a denied answer that a request sends back. */
export function denialOf({ body }: Pick<Reply, 'body'>): Record<string, unknown> {
  const { evaluation_id, evaluated_at, reason, access_request } = body.context;
  expect(access_request).toBeDefined();
  const { expires_at, binding_token } = access_request ?? {};
  return { evaluation_id, evaluated_at, expires_at, reason, binding_token };
}

/** Evaluates, is denied, and asks; answers the task. */
export async function askFor(
  send: Send,
  question: Record<string, unknown>,
  over: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<Reply> {
  const denied = await send('POST', 'evaluation', question);
  const reply = await send(
    'POST',
    'requests',
    { ...question, denial: denialOf(denied), ...over },
    headers,
  );
  expect(reply.status, JSON.stringify(reply.body)).toBe(202);
  return reply;
}

/** The held actions of a task, in its order. */
export async function actionsOf({ world }: Scene, task: string): Promise<string[]> {
  const { rows } = await world.owner.query<{ action_id: string }>(
    'SELECT action_id FROM access_request_items WHERE request_id = $1 ORDER BY position',
    [task],
  );
  return rows.map((row) => row.action_id);
}

export const problemType = (code: string) => `urn:openid:authzen:access-request:error:${code}`;

/** A task of one, approved: the task, its action, and the approval as it is told. */
export async function approved(scene: Scene, question: Record<string, unknown>, over = {}) {
  const { task } = (await askFor(scene.send, question, over)).body;
  const [action = ''] = await actionsOf(scene, task.id);
  await scene.approve(action);
  const told = await scene.send('GET', task.status_endpoint);
  expect(told).toMatchObject({ status: 200, body: { task: { status: 'approved' } } });
  return { task, action, told, approval: told.body.result.approval };
}

/** Evaluates again, with an approval in the context. */
export function again(
  { send }: Pick<Scene, 'send'>,
  question: Record<string, unknown>,
  approval: unknown,
): Promise<Reply> {
  const context = question['context'] as object | undefined;
  return send('POST', 'evaluation', { ...question, context: { ...context, approval } });
}
