import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAgents } from '@/lib/domains/agents/server';
import { agentPermissions } from '@/lib/domains/access/server';
import { listActionTypes } from '@/lib/domains/catalog/server';
import { closeDb } from '@/lib/infra/db';
import { agentsFile } from '../agents/config';
import { seedConfig, type SeedConfig } from './config';
import { ACTION_TYPES, AGENTS, MEMBERS, ROLES } from './data';
import { EXAMPLES } from './examples';
import { Kept } from './kept';
import { adminContext, memberIds } from './people';
import { seedWorkspace } from './workspace';

const folder = mkdtempSync(path.join(tmpdir(), 'countersign-seed-'));
const urls = { console: 'http://127.0.0.1:1', gateway: 'http://127.0.0.1:2' };
let config: SeedConfig;

function file(name: 'demoFile' | 'agentsFile'): unknown {
  return JSON.parse(readFileSync(config[name], 'utf8'));
}

beforeAll(async () => {
  config = seedConfig(folder, {
    NODE_ENV: 'test',
    ORDER_SERVICE_URL: 'http://127.0.0.1:3',
    ORDER_SERVICE_BOOTSTRAP_KEY: 'a-key-that-is-long-enough',
  });
  await seedWorkspace(config, urls);
});

afterAll(async () => {
  await closeDb();
  rmSync(folder, { recursive: true, force: true });
});

describe('the declarations', () => {
  it('name only what they declare', () => {
    const keys = ACTION_TYPES.map(({ key }) => key);
    const roles = ROLES.map(({ name }) => name);
    const mails = MEMBERS.map(({ email }) => email);
    for (const { permissions } of ROLES) {
      for (const { action } of permissions) expect(keys).toContain(action);
    }
    for (const agent of AGENTS) {
      expect(mails).toContain(agent.sponsor);
      for (const role of agent.roles) expect(roles).toContain(role);
    }
  });

  it('have several examples of every outcome', () => {
    for (const outcome of ['tier1', 'tier2', 'tier3', 'deny'] as const) {
      expect(EXAMPLES.filter((example) => example.expect === outcome).length).toBeGreaterThan(2);
    }
  });
});

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
    const agents = agentsFile.strict().parse(file('agentsFile'));
    expect(agents.agents).toHaveLength(AGENTS.length);
    expect(file('demoFile')).toMatchObject({
      ...urls,
      members: MEMBERS.map(({ role, email }) => ({ role, email, token: expect.any(String) })),
    });
  });

  it('keeps everything when it runs again, also half way', async () => {
    const before = file('demoFile');
    await seedWorkspace(config, urls);
    expect(file('demoFile')).toEqual(before);
    const kept = JSON.parse(readFileSync(config.keptFile, 'utf8'));
    writeFileSync(config.keptFile, JSON.stringify({ ...kept, complete: false }));
    await seedWorkspace(config, urls);
    expect(file('demoFile')).toEqual(before);
    expect(JSON.parse(readFileSync(config.keptFile, 'utf8'))).toEqual(kept);
  });
});
