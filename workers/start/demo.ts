/**
 * What --demo adds: the order service with a database of its own, the sample workspace,
 * and the agents. They are programs of someone else as far as Countersign is concerned,
 * so they get none of its keys.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { rolePassword, withDatabase, withUser } from '@/lib/infra/db-roles';
import { ensureDatabaseOf } from '@/lib/infra/embedded/database-of';
import { freePort, portProblem } from '@/lib/infra/embedded/ports';
import { env } from '@/lib/infra/env';
import type { ChildSpec } from './child';
import { serviceEnv, strangerEnv } from './services';
import { StartError } from './terminal';

const DATABASE = 'countersign_demo_orders';
const OWNER = 'order_service';

const Doorway = z.object({
  members: z.array(z.object({ role: z.string(), email: z.string(), password: z.string() })),
});

export type Demo = { orderService: ChildSpec; seed: Omit<ChildSpec, 'ready'>; agents: ChildSpec };

/**
 * Takes the last start's demo.json away. It is written anew once all is ready, so whoever waits
 * for it never reads an old one, and a start without the demo has none.
 */
export function removeDoorway(dataDir: string): void {
  rmSync(path.join(dataDir, 'demo.json'), { force: true });
}

/** Prepares the order service's database and describes the demo's processes. */
export async function prepareDemo(dataDir: string, ownerUrl: string): Promise<Demo> {
  const databaseUrl = await ensureDatabase(ownerUrl);
  const port = Number(
    await once(path.join(dataDir, 'order-service.port'), async () => String(await freePort())),
  );
  if (await portProblem(port))
    throw new StartError(
      `Port ${port}, which the demo's order service had before, is taken. Stop what uses it, then start again.`,
    );
  const key = await once(
    path.join(dataDir, 'order-service.key'),
    () => `osk_${randomBytes(32).toString('base64url')}`,
  );
  const address = `http://127.0.0.1:${port}`;
  const agentsFile = path.join(dataDir, 'demo-agents.json');
  const service = {
    ORDER_SERVICE_HOST: '127.0.0.1',
    ORDER_SERVICE_PORT: String(port),
    ORDER_SERVICE_BOOTSTRAP_KEY: key,
  };
  return {
    orderService: {
      name: 'order-service',
      script: 'workers/demo/order-service.ts',
      env: strangerEnv({ ...service, ORDER_DATABASE_URL: databaseUrl }),
      ready: { url: `${address}/healthz` },
    },
    seed: {
      name: 'demo-seed',
      script: 'workers/demo/seed.ts',
      env: serviceEnv({ ...service, ORDER_SERVICE_URL: address, DEMO_AGENTS_FILE: agentsFile }),
    },
    agents: {
      name: 'demo-agents',
      script: 'workers/demo/agents.ts',
      env: strangerEnv({ DEMO_AGENTS_FILE: agentsFile, ...pace() }),
      ready: 'running',
    },
  };
}

function pace(): Record<string, string> {
  const { DEMO_PACE } = env();
  return DEMO_PACE === undefined ? {} : { DEMO_PACE: String(DEMO_PACE) };
}

/** Chosen once and kept, so that the tool's address and key still hold at the next start. */
async function once(file: string, choose: () => string | Promise<string>): Promise<string> {
  if (!existsSync(file)) writeFileSync(file, `${await choose()}\n`, { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

async function ensureDatabase(ownerUrl: string): Promise<string> {
  const password = rolePassword(OWNER);
  await ensureDatabaseOf(ownerUrl, DATABASE, OWNER, password);
  return withUser(withDatabase(ownerUrl, DATABASE), OWNER, password);
}

/** The sign-ins that the seed wrote into demo.json, one line each. */
export function signIns(dataDir: string): string[] {
  const file = path.join(dataDir, 'demo.json');
  if (!existsSync(file)) return [];
  const { members } = Doorway.parse(JSON.parse(readFileSync(file, 'utf8')));
  const width = Math.max(...members.map(({ role }) => role.length));
  return members.map(({ role, email, password }) => `${role.padEnd(width)}  ${email}  ${password}`);
}
