/** Agents with sponsors, roles and permissions, and the campaigns that ask about them. */
import { createActionType, createTool } from '@/lib/domains/catalog/server';
import { inWorkspace, type Tx } from '@/lib/infra/db';
import { eventsOf, type Said } from '@/lib/infra/testing/events';
import { mintAgent, mintWorld, type World } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { grantRole } from '../../service/agents';
import { createPermission } from '../../service/permissions';
import { createRole } from '../../service/roles';
import { campaignJobs } from '../jobs';
import type { Item } from '../schema';
import { createCampaign } from '../service/create';
import { listItems } from '../service/read';

export const DAY = 86_400_000;

export interface Reviewed extends World {
  /** An approver, who sponsors the agents below. */
  sponsor: string;
  role: string;
  /** Two permissions of the role. */
  permissions: string[];
}

export function as(world: World, id: string, ...roles: string[]): Context {
  const actor = {
    type: 'member',
    id,
    name: 'Member',
    roles,
    abilities: [],
    method: 'password',
    authenticatedAt: 0,
  } as const;
  return { workspace: world.workspace, requestId: newId('req'), actor };
}

export const admin = (world: World) => as(world, world.admin, 'admin');

export const inside = <T>({ workspace }: World, work: (tx: Tx) => Promise<T>): Promise<T> =>
  inWorkspace(workspace, work);

export async function mintMember(world: World): Promise<string> {
  const id = newId('mbr');
  await inside(world, (tx) =>
    tx.member.create({
      data: {
        ...{
          id,
          workspaceId: world.workspace,
          name: `Member ${id.slice(-6)}`,
          roles: ['approver'],
        },
        email: `${id}@example.test`,
      },
    }),
  );
  return id;
}

/** An agent in the world's role, sponsored as said. */
export async function mintReviewed(
  world: Reviewed,
  sponsorId: string | null = world.sponsor,
): Promise<string> {
  const id = await mintAgent(world);
  await inside(world, (tx) => tx.agent.update({ where: { id }, data: { sponsorId } }));
  await grantRole(admin(world), { id, roleId: world.role });
  return id;
}

/** A workspace with one reviewed agent: one role with two permissions, so three items. */
export async function mintReview(): Promise<Reviewed> {
  const bare = await mintWorld();
  const world: Reviewed = { ...bare, sponsor: '', role: '', permissions: [] };
  world.sponsor = await mintMember(world);
  const ctx = admin(world);
  const tool = await createTool(ctx, {
    name: 'orders',
    baseUrl: 'http://127.0.0.1:9/',
    auth: { type: 'none' },
  });
  world.role = (await createRole(ctx, { name: 'refunds' })).id;
  for (const key of ['refunds.create', 'refunds.read']) {
    const type = await createActionType(ctx, {
      ...{ key, toolId: tool.id, title: key, classification: 'Internal' },
      parameters: {
        type: 'object',
        properties: { amount: { type: 'number' } },
        required: ['amount'],
      },
      ...{ effects: ['financial'], reversibility: 'reversible', method: 'POST' },
      pathTemplate: '/refunds',
    });
    const ladder = { parameter: 'amount', autonomous: 50, supervised: 500, gated: 1_000 };
    const permission = await createPermission(ctx, {
      ...{ roleId: world.role, actionTypeId: type.id, limits: { perDay: 5 } },
      ...(key === 'refunds.create' ? { ladder } : { tier: 1 }),
    });
    world.permissions.push(permission.id);
  }
  await inside(world, (tx) =>
    tx.agent.update({ where: { id: world.agent }, data: { sponsorId: world.sponsor } }),
  );
  await grantRole(ctx, { id: world.agent, roleId: world.role });
  return world;
}

export interface Begun {
  id: string;
  items: Item[];
  /** The item of the world's agent in its role, and of its permissions by their order. */
  whole: string;
  parts: string[];
}

export async function begin(world: Reviewed, over: object = {}): Promise<Begun> {
  const { id } = await createCampaign(admin(world), {
    ...{ name: 'Quarterly review', agents: 'all', undone: 'remove' },
    dueAt: new Date(Date.now() + 30 * DAY).toISOString(),
    ...over,
  });
  const items = await itemsIn(world, id);
  const own = items.filter((item) => item.agent.id === world.agent);
  return {
    ...{ id, items },
    whole: own.find((item) => item.permission === null)?.id ?? '',
    parts: own.flatMap((item) => (item.permission === null ? [] : [item.id])),
  };
}

export async function itemsIn(world: World, id: string, filters: object = {}): Promise<Item[]> {
  return (await listItems(admin(world), { id, limit: 200, ...filters })).items;
}

export async function itemIn(world: World, campaign: string, id: string) {
  return (await itemsIn(world, campaign)).find((item) => item.id === id);
}

/** Who is in the role, and which permissions it has. */
export async function accessOf(world: Reviewed) {
  return inside(world, async (tx) => ({
    agents: (await tx.agentRole.findMany({ where: { roleId: world.role } })).map(
      (row) => row.agentId,
    ),
    permissions: (
      await tx.permission.findMany({ where: { roleId: world.role }, orderBy: { id: 'asc' } })
    ).map((row) => row.id),
  }));
}

export async function saidOf(world: World, ...types: string[]): Promise<Said[]> {
  return (await eventsOf(world.workspace)).filter(({ type }) => types.includes(type));
}

export async function sweep(world: World): Promise<void> {
  for (const job of campaignJobs) await job.perform(world.workspace, {});
}
