import { drainOutbox } from '@/lib/domains/trail/server';
import { written } from '@/lib/domains/trail/test/written';
import { inWorkspace } from '@/lib/infra/db';
import { asRole, insertRow } from '@/lib/infra/testing/as-role';
import { mintWorld, type World as Minted } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { jobContext } from '@/lib/kernel/context';
import { appendEvents, makeEvent, type NewEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';

export const ZONE = 'Europe/Berlin';

export interface World extends Minted {
  approvers: [string, string, string];
  job: Context;
}

/** A workspace that is ten days old, with three approvers; its agents' sponsor is the admin. */
export async function mintReviews(now: Date): Promise<World> {
  const world = await mintWorld();
  const approvers = [newId('mbr'), newId('mbr'), newId('mbr')] as World['approvers'];
  await inWorkspace(world.workspace, async (tx) => {
    await tx.workspace.update({
      where: { id: world.workspace },
      data: { timeZone: ZONE, createdAt: new Date(now.getTime() - 10 * 86_400_000) },
    });
    for (const id of approvers) {
      await tx.member.create({
        data: {
          ...{ id, workspaceId: world.workspace, email: `${id}@example.test` },
          ...{ name: `Approver ${id.slice(-4)}`, roles: ['approver'] },
        },
      });
    }
  });
  return { ...world, approvers, job: jobContext(world.workspace, 'reviews.draw_daily') };
}

export function as(world: World, id: string, ...roles: string[]): Context {
  return {
    workspace: world.workspace,
    requestId: newId('req'),
    actor: {
      ...{ type: 'member', id, name: 'Member', roles, abilities: [] },
      ...{ method: 'password', authenticatedAt: Date.now() },
    },
  };
}

export interface Ran {
  at: Date;
  /** When its outcome came; with null it has none yet. */
  ended?: Date | null;
  agent?: string;
  type?: string;
  tier?: number;
  band?: string;
  permissions?: string[];
}

/** Actions as the gateway records them, with their events; gives their ids. Sequenced when told to. */
export async function ran(world: World, actions: Ran[], sequence = true): Promise<string[]> {
  const made = actions.map((one) => ({ ...one, id: newId('act') }));
  await asRole('countersign_gateway', world.workspace, async (client) => {
    for (const one of made) {
      await insertRow(client, 'actions', {
        ...{ id: one.id, workspace_id: world.workspace, agent_id: one.agent ?? world.agent },
        ...{ session_id: newId('ses'), type: one.type ?? 'orders.update', parameters: '{}' },
        ...{ summary: 'A change', why: 'Asked for', evidence: '[]', untrusted: '[]' },
        ...{ decision: 'allow', tier: one.tier ?? 2, reasons: '[]', policy_version: 'pol' },
        ...{ permissions: one.permissions ?? [], digest: 'd', idempotency_key: newId('key') },
        ...{ request_hash: 'h', status: one.ended === null ? 'running' : 'succeeded' },
        created_at: one.at,
      });
    }
  });
  await say(
    world,
    made.flatMap((one) => [decided(world, one), ...outcome(world, one)]),
  );
  if (sequence) await drainOutbox();
  return made.map(({ id }) => id);
}

type Timed = NewEvent & { time: string };
type Made = Ran & { id: string };

const about = (world: World, one: Made) => ({
  action: one.id,
  agent: one.agent ?? world.agent,
  object: { type: 'action_type', id: one.type ?? 'orders.update' },
  tier: one.tier ?? 2,
  classification: 'Confidential',
});

function decided(world: World, one: Made): Timed {
  return {
    ...about(world, one),
    type: 'action.decided',
    outcome: 'allow',
    time: one.at.toISOString(),
    data: { parameters: { secret: 1 }, ...(one.band ? { amount_band: one.band } : {}) },
  };
}

function outcome(world: World, one: Made): Timed[] {
  if (one.ended === null) return [];
  const time = (one.ended ?? one.at).toISOString();
  return [{ ...about(world, one), type: 'action.succeeded', outcome: 'succeeded', time }];
}

/** The outcome of an action that had none. */
export async function ended(world: World, id: string, one: Ran): Promise<void> {
  await inWorkspace(world.workspace, (tx) =>
    tx.action.update({ where: { id }, data: { status: 'succeeded' } }),
  );
  await say(world, outcome(world, { ...one, id }));
  await drainOutbox();
}

/** Puts events into the outbox as whoever can write to it could. */
export async function say(world: World, events: Timed[]): Promise<void> {
  const made = events.map((event) => makeEvent(world.job, event));
  await inWorkspace(world.workspace, (tx) => appendEvents(tx, made));
}

/** The workspace's whole log, or what a filter finds of it, as an auditor has it exported. */
export async function exported(world: World, filters: object = {}): Promise<Buffer> {
  await drainOutbox();
  return written(world.workspace, filters);
}

interface Kept {
  wanted?: number;
  excluded?: string[];
  origin?: string;
  dueAt?: Date;
  day?: Date;
  verdict?: string;
  permissions?: string[];
  tier?: number;
  stratum?: number;
  agent?: string;
}

/** An action that ran and is in the sample. */
export async function sampled(world: World, kept: Kept = {}): Promise<string> {
  const now = new Date();
  const { agent = world.agent, permissions = [], tier = 2, ...more } = kept;
  const [actionId = ''] = await ran(world, [{ at: now, agent, permissions, tier }], false);
  const id = newId('smp');
  await inWorkspace(world.workspace, (tx) =>
    tx.sample.create({
      data: {
        ...{ id, workspaceId: world.workspace, day: now, actionId },
        ...{ dueAt: new Date(now.getTime() + 3_600_000), ...more },
      },
    }),
  );
  return id;
}

/** A permission of orders.update in this tier. */
export async function permissionOf(world: World, tier: number): Promise<string> {
  const [tool, actionType, role, id] = [newId('tol'), newId('aty'), newId('rol'), newId('prm')];
  const workspaceId = world.workspace;
  await inWorkspace(workspaceId, async (tx) => {
    await tx.tool.create({
      data: {
        ...{ id: tool, workspaceId, name: tool, baseUrl: 'http://127.0.0.1' },
        auth: { type: 'none' },
      },
    });
    await tx.actionType.create({
      data: {
        ...{ id: actionType, workspaceId, key: 'orders.update', toolId: tool, title: 'Change' },
        ...{ parameters: { type: 'object', properties: {} }, effects: ['write'] },
        ...{ reversibility: 'reversible', classification: 'Internal', method: 'POST' },
        pathTemplate: '/orders',
      },
    });
    await tx.role.create({ data: { id: role, workspaceId, name: `clerk-${role.slice(-6)}` } });
    await tx.permission.create({
      data: {
        ...{ id, workspaceId, roleId: role, actionTypeId: actionType, tier },
        ...{ createdBy: world.admin, updatedBy: world.admin },
      },
    });
  });
  return id;
}
