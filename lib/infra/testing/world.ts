/** Rows that a suite starts from: a workspace of its own with members and an agent. */
import { uuidv7 } from 'uuidv7';
import { newDataKey } from '../crypto';
import { inWorkspace } from '../db';

const id = (prefix: string): string => `${prefix}_${uuidv7()}`;

export interface World {
  workspace: string;
  admin: string;
  auditor: string;
  agent: string;
}

/** Mints a workspace with an admin, an auditor and one active agent. */
export async function mintWorld(): Promise<World> {
  const world = { workspace: id('ws'), admin: id('mbr'), auditor: id('mbr'), agent: '' };
  const workspaceId = world.workspace;
  await inWorkspace(workspaceId, async (tx) => {
    const dataKey = newDataKey(workspaceId);
    await tx.workspace.create({ data: { id: workspaceId, name: 'Test', dataKey } });
    for (const role of ['admin', 'auditor'] as const) {
      await tx.member.create({
        data: {
          id: world[role],
          workspaceId,
          email: `${world[role]}@example.test`,
          name: `The ${role}`,
          roles: [role],
        },
      });
    }
  });
  world.agent = await mintAgent(world);
  return world;
}

/** Another agent of the world; active unless told otherwise. */
export async function mintAgent(world: World, state = 'active'): Promise<string> {
  const agent = id('agt');
  await inWorkspace(world.workspace, (tx) =>
    tx.agent.create({
      data: {
        id: agent,
        workspaceId: world.workspace,
        name: `agent-${agent.slice(-12)}`,
        purpose: 'Answers customers in tests.',
        sponsorId: world.admin,
        environment: 'production',
        model: 'scripted',
        clearance: 'Internal',
        state,
        createdBy: world.admin,
      },
    }),
  );
  return agent;
}
