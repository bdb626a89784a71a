import type { AgentsFile } from '../agents/config';
import { AUTHZEN_ADMIN } from './authzen';
import { AGENTS, MEMBERS } from './data';
import { EXAMPLES } from './examples';
import { writePrivate, type Kept } from './kept';

/** Writes demo.json, from which scripts drive the demo, and the file that the agents read. */
export async function writeDoorway(
  kept: Kept,
  urls: { console: string; gateway: string },
  files: { demoFile: string; agentsFile: string },
): Promise<void> {
  const agents = await Promise.all(
    AGENTS.map(async ({ role }) => ({
      role,
      name: role,
      client_id: kept.agent(role),
      private_jwk: await kept.privateJwk(role),
    })),
  );
  const own: AgentsFile = { gateway: urls.gateway, agents };
  writePrivate(files.agentsFile, own);
  writePrivate(files.demoFile, {
    console: urls.console,
    gateway: urls.gateway,
    workspace: kept.workspace,
    members: MEMBERS.map(({ role, name, email }) => ({
      role,
      name,
      email,
      password: kept.password(email),
      token: kept.token(email),
    })),
    agents: agents.map(({ name, client_id, private_jwk }) => ({
      id: client_id,
      name,
      client_id,
      private_jwk,
    })),
    authzen: { token: kept.token(AUTHZEN_ADMIN.email) },
    examples: EXAMPLES.map(({ agent, ...example }) => ({ agent: kept.agent(agent), ...example })),
  });
}
