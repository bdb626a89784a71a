import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serve } from '@hono/node-server';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { agentPermissions } from '@/lib/domains/access/server';
import { listAgents } from '@/lib/domains/agents/server';
import { listActionTypes } from '@/lib/domains/catalog/server';
import { startGateway } from '@/lib/domains/gateway/server';
import { closeDb } from '@/lib/infra/db';
import { freePort } from '@/lib/infra/embedded/ports';
import { env, setEnv } from '@/lib/infra/env';
import { DemoAgent } from './agents/agent';
import { agentsFile, readAgentsFile, ROLES } from './agents/config';
import { GatewayClient } from './client';
import { orderService } from './order-service/app';
import { openPool, prepareDatabase } from './order-service/database';
import { bootstrapKey } from './order-service/keys';
import { seedSampleData } from './order-service/seed';
import { seedConfig, type SeedConfig } from './seed/config';
import { ACTION_TYPES, AGENTS, MEMBERS } from './seed/data';
import { EXAMPLES } from './seed/examples';
import { Kept } from './seed/kept';
import { adminContext, memberIds } from './seed/people';
import { seedWorkspace } from './seed/workspace';

const KEY = `bootstrap-${randomUUID()}`;
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-demo-'));
const name = `orders_${randomUUID().replaceAll('-', '')}`;
const owner = env().DATABASE_URL ?? '';
const CONSOLE = 'http://127.0.0.1:1';
const closing: (() => unknown)[] = [];

/** demo.json as a script from outside reads it. */
const doorway = z.object({
  agents: z.array(
    z.object({
      id: z.string(),
      client_id: z.string(),
      private_jwk: z.looseObject({ kty: z.string() }),
    }),
  ),
  examples: z.array(
    z.object({
      agent: z.string(),
      expect: z.enum(['tier1', 'tier2', 'tier3', 'deny']),
      request: z.object({
        action: z.string(),
        parameters: z.record(z.string(), z.unknown()),
        summary: z.string(),
        why: z.string(),
      }),
      session: z.object({
        initiator: z.record(z.string(), z.unknown()),
        auth_context: z.record(z.string(), z.unknown()),
        attributes: z.record(z.string(), z.unknown()),
      }),
    }),
  ),
});
let demo: z.infer<typeof doorway>;
let gateway: string;
let config: SeedConfig;
let pool: pg.Pool;

beforeAll(async () => {
  const url = new URL(owner);
  url.pathname = `/${name}`;
  await prepareDatabase(url.href);
  pool = openPool(url.href);
  closing.push(() => pool.end());
  await seedSampleData(pool, new Date());
  await bootstrapKey(pool, KEY);
  const port = await new Promise<number>((resolve) => {
    const options = { fetch: orderService(pool).fetch, hostname: '127.0.0.1', port: 0 };
    const server = serve(options, (address) => resolve(address.port));
    closing.push(() => server.close());
  });

  const gatewayPort = await freePort();
  gateway = `http://127.0.0.1:${gatewayPort}`;
  setEnv({ GATEWAY_PORT: String(gatewayPort), GATEWAY_URL: gateway });
  config = seedConfig(folder, {
    NODE_ENV: 'test',
    ORDER_SERVICE_URL: `http://127.0.0.1:${port}`,
    ORDER_SERVICE_BOOTSTRAP_KEY: KEY,
  });
  await seedWorkspace(config, { console: CONSOLE, gateway });
  const running = await startGateway({ host: '127.0.0.1', port: gatewayPort });
  closing.push(() => running.stop());
  demo = doorway.parse(JSON.parse(readFileSync(config.demoFile, 'utf8')));
});

afterAll(async () => {
  for (const close of closing.toReversed()) await close();
  await closeDb();
  const client = new pg.Client({ connectionString: owner });
  await client.connect();
  await client.query(`drop database ${pg.escapeIdentifier(name)} with (force)`);
  await client.end();
  rmSync(folder, { recursive: true, force: true });
});

async function effects(): Promise<number> {
  const { rows } = await pool.query('select count(*)::int as n from calls where effect');
  return rows[0].n;
}

function fileAt(name: 'demoFile' | 'agentsFile'): unknown {
  return JSON.parse(readFileSync(config[name], 'utf8'));
}

describe('the seed', () => {
  it('makes active agents with a sponsor, roles and usable permissions', async () => {
    const kept = new Kept(config.keptFile);
    const ctx = adminContext(kept, await memberIds(kept));
    const { items } = await listAgents(ctx, {});
    expect(items.map(({ name }) => name).toSorted()).toEqual(AGENTS.map((a) => a.role).toSorted());
    for (const agent of items) {
      expect(agent).toMatchObject({ state: 'active', sponsor: { id: expect.any(String) } });
      const permissions = await agentPermissions(ctx, { id: agent.id });
      expect(permissions.items.length).toBeGreaterThan(1);
      expect(permissions.items.filter(({ blocked }) => blocked !== null)).toEqual([]);
    }
    expect((await listActionTypes(ctx, {})).items).toHaveLength(ACTION_TYPES.length);
  });

  it('writes both files for their owner alone, and gives the agents nothing but keys', () => {
    for (const name of ['demoFile', 'agentsFile', 'keptFile'] as const) {
      expect(statSync(config[name]).mode & 0o777).toBe(0o600);
    }
    const agents = agentsFile.strict().parse(fileAt('agentsFile'));
    expect(agents.agents).toHaveLength(AGENTS.length);
    expect(fileAt('demoFile')).toMatchObject({
      console: CONSOLE,
      gateway,
      members: MEMBERS.map(({ role, email }) => ({ role, email, token: expect.any(String) })),
    });
  });

  it('keeps everything when it runs again, also half way', async () => {
    const before = fileAt('demoFile');
    await seedWorkspace(config, { console: CONSOLE, gateway });
    expect(fileAt('demoFile')).toEqual(before);
    const kept = JSON.parse(readFileSync(config.keptFile, 'utf8'));
    writeFileSync(config.keptFile, JSON.stringify({ ...kept, complete: false }));
    await seedWorkspace(config, { console: CONSOLE, gateway });
    expect(fileAt('demoFile')).toEqual(before);
    expect(JSON.parse(readFileSync(config.keptFile, 'utf8'))).toEqual(kept);
  });
});

describe('demo.json', () => {
  it.each(EXAMPLES.map((example, n) => [n, example.expect, example.request.summary] as const))(
    'example %i is %s: %s',
    async (n, outcome) => {
      const { agent: id, session, request } = demo.examples[n] ?? expect.fail();
      const agent = demo.agents.find((candidate) => candidate.id === id) ?? expect.fail();
      const client = new GatewayClient(gateway, agent);
      const opened = await client.session(session);
      const before = await effects();
      const { status, body } = await client.action(String(opened.body['id']), request);
      if (outcome === 'deny') {
        expect([status, body['decision']]).toEqual([403, 'deny']);
        expect(body['reasons']).not.toEqual([]);
      } else {
        const ran = outcome !== 'tier3';
        expect(body).toMatchObject({
          tier: Number(outcome.at(-1)),
          decision: ran ? 'allow' : 'hold',
        });
        expect([status, body['status']]).toEqual(ran ? [200, 'succeeded'] : [202, 'pending']);
      }
      if (outcome === 'deny' || outcome === 'tier3') expect(await effects()).toBe(before);
    },
  );
});

describe("AuthZEN's sample workspace", () => {
  const ask = async (subject: object, action: string, resource: object) => {
    const { authzen } = z
      .object({ authzen: z.object({ token: z.string() }) })
      .parse(fileAt('demoFile'));
    const response = await fetch(`${gateway}/access/v1/evaluation`, {
      method: 'POST',
      headers: { authorization: `Bearer ${authzen.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ subject, action: { name: action }, resource }),
    });
    expect(response.status).toBe(200);
    return (await response.json()).decision;
  };

  it("answers the certification scenario and the todo application with demo.json's token", async () => {
    const record = { type: 'record', id: 'record-1' };
    expect(await ask({ type: 'user', id: 'alice' }, 'write', record)).toBe(true);
    expect(await ask({ type: 'user', id: 'bob' }, 'write', record)).toBe(false);
    const rick = 'CiRmZDA2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs';
    const todo = { type: 'todo', id: 'todo-1' };
    expect(await ask({ type: 'user', id: rick }, 'can_create_todo', todo)).toBe(true);
  });
});

describe('the agents', () => {
  it.each(ROLES)('%s works through the gateway alone', async (role) => {
    const file = readAgentsFile(path.join(folder, 'demo-agents.json')) ?? expect.fail();
    const entry = file.agents.find((candidate) => candidate.role === role) ?? expect.fail();
    const stop = new AbortController();
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const agent = new DemoAgent({ gateway, entry, seed: 'test', signal: stop.signal, log });
    for (let run = 0; run < 5; run += 1) await agent.run();
    stop.abort();
    expect(lines).toHaveLength(5);
    expect(lines.filter((line) => line.includes('trying again'))).toEqual([]);
  });

  it('rest and go on when the gateway is not there', async () => {
    const file = readAgentsFile(path.join(folder, 'demo-agents.json')) ?? expect.fail();
    const entry = file.agents[0] ?? expect.fail();
    const signal = new AbortController().signal;
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const agent = new DemoAgent({ gateway: nowhere, entry, seed: 'test', signal, log });
    await agent.run();
    expect(agent.ready).toBe(false);
    expect(lines[0]).toMatch(/trying again in \d+ s/);
  });
});
