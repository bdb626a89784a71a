import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkLayers } from './layer-graph';
import { REPOSITORY } from './tree';

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

/** A small tree in the product's layout that breaks no rule. */
const SOUND = {
  'app/agents/page.tsx':
    "import { AgentList } from '@/lib/domains/agents';\nexport default AgentList;",
  'app/api/agents/route.ts': "export { serveAgents } from '@/lib/domains/agents/server';",
  'components/button.tsx': 'export const Button = () => null;',
  'lib/domains/agents/index.ts':
    "export { AgentList } from './ui/list';\nexport type { Row } from './repo';",
  'lib/domains/agents/server.ts': "export { load as serveAgents } from './repo';",
  'lib/domains/agents/repo.ts':
    "import { db } from '@/lib/infra/db';\nimport type { Pool } from 'pg';\nexport type Row = Pool;\nexport const load = () => db;",
  'lib/domains/agents/ui/list.tsx':
    "import { Button } from '@/components/button';\nexport const AgentList = Button;",
  'lib/domains/roles/index.ts': 'export const roles = 1;',
  'lib/domains/roles/server.ts': "export { serveAgents } from '@/lib/domains/agents/server';",
  'lib/domains/roles/schema.ts': 'export const schema = 1;',
  'lib/http/route.ts': "import { verb } from '@/lib/kernel/verb';\nexport const route = verb;",
  'lib/infra/db.ts': "import pg from 'pg';\nexport const db = pg;",
  'lib/kernel/verb.ts': "import { db } from '@/lib/infra/db';\nexport const verb = db;",
  'workers/jobs.ts': "import { serveAgents } from '@/lib/domains/agents/server';\nserveAgents();",
};

/** Every rule with the files that break it; `from` is the file that must be named. */
const PLANTED: { rule: string; from: string; files: Record<string, string> }[] = [
  {
    rule: 'outside-through-doors',
    from: 'app/agents/edit.tsx',
    files: { 'app/agents/edit.tsx': "export { load } from '@/lib/domains/agents/repo';" },
  },
  {
    rule: 'outside-through-doors',
    from: 'workers/sequencer.ts',
    files: {
      'workers/sequencer.ts':
        "import type { Row } from '../lib/domains/agents/repo';\nexport type R = Row;",
    },
  },
  {
    rule: 'rooms-through-doors',
    from: 'lib/domains/agents/policy.ts',
    files: {
      'lib/domains/agents/policy.ts': "export { schema } from '@/lib/domains/roles/schema';",
    },
  },
  {
    rule: 'tests-through-doors',
    from: 'lib/domains/agents/list.test.ts',
    files: {
      'lib/domains/agents/list.test.ts': "export { schema } from '@/lib/domains/roles/schema';",
    },
  },
  {
    rule: 'test-code-only-in-tests',
    from: 'lib/domains/agents/seed.ts',
    files: {
      'lib/domains/agents/seed.ts': "export { world } from './test/world';",
      'lib/domains/agents/test/world.ts': 'export const world = 1;',
    },
  },
  {
    rule: 'endpoints-behind-one-door',
    from: 'app/api/roles/route.ts',
    files: {
      'lib/http/serve.ts': 'export const serve = 1;',
      'app/api/serve.ts': "export * from '@/lib/http/serve';",
      'app/api/roles/route.ts': "export { serve } from '@/lib/http/serve';",
      'app/api/tools/route.ts': "export { serve } from '@/app/api/serve';",
    },
  },
  {
    rule: 'components-know-no-room',
    from: 'components/picker.tsx',
    files: { 'components/picker.tsx': "export { roles } from '@/lib/domains/roles';" },
  },
  {
    rule: 'core-knows-no-room',
    from: 'lib/kernel/actor.ts',
    files: { 'lib/kernel/actor.ts': "export { roles } from '@/lib/domains/roles';" },
  },
  {
    rule: 'core-knows-no-room',
    from: 'lib/http/sessions.ts',
    files: {
      'lib/http/sessions.ts': "export const load = () => import('@/lib/domains/roles/server');",
    },
  },
  {
    rule: 'kernel-below-http',
    from: 'lib/kernel/context.ts',
    files: { 'lib/kernel/context.ts': "export { route } from '@/lib/http/route';" },
  },
  {
    rule: 'infra-at-the-bottom',
    from: 'lib/infra/queue.ts',
    files: { 'lib/infra/queue.ts': "export { verb } from '@/lib/kernel/verb';" },
  },
  {
    rule: 'nothing-imports-routes-or-workers',
    from: 'lib/http/start.ts',
    files: { 'lib/http/start.ts': "import '@/workers/jobs';" },
  },
  {
    rule: 'lib-below-components',
    from: 'lib/http/page.ts',
    files: { 'lib/http/page.ts': "export { Button } from '@/components/button';" },
  },
  {
    rule: 'product-without-tests',
    from: 'lib/kernel/clock.ts',
    files: {
      'lib/kernel/clock.ts': "export { frozen } from './frozen.test';",
      'lib/kernel/frozen.test.ts': 'export const frozen = 1;',
    },
  },
  {
    rule: 'sdks-only-in-infra',
    from: 'lib/domains/agents/jobs.ts',
    files: {
      'lib/domains/agents/jobs.ts': "import pg from 'pg';\nexport const pool = new pg.Pool();",
    },
  },
  {
    rule: 'no-cycles',
    from: 'lib/kernel/a.ts',
    files: {
      'lib/kernel/a.ts': "export { b } from './b';",
      'lib/kernel/b.ts': "import { a } from './a';\nexport const b = () => a;",
    },
  },
  {
    rule: 'no-room-cycles',
    from: 'lib/domains/agents',
    files: {
      'lib/domains/agents/service/count.ts': "export { roles } from '@/lib/domains/roles';",
    },
  },
  {
    rule: 'resolvable',
    from: 'lib/kernel/missing.ts',
    files: { 'lib/kernel/missing.ts': "export * from './nowhere';" },
  },
  {
    rule: 'browser-safe',
    from: 'lib/domains/roles/index.ts',
    files: {
      'lib/domains/roles/index.ts': "export { roles } from './deep';",
      'lib/domains/roles/deep.ts': "export { db as roles } from '@/lib/infra/db';",
    },
  },
  {
    rule: 'browser-safe',
    from: 'app/agents/form.tsx',
    files: {
      'app/agents/form.tsx':
        "'use client';\nexport { serveAgents } from '@/lib/domains/agents/server';",
    },
  },
];

/** Writes the sound tree and what is planted over it. */
function plant(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'countersign-layers-'));
  roots.push(root);
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
  for (const [file, text] of Object.entries({ ...SOUND, ...files })) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), `${text}\n`);
  }
  return root;
}

describe('the layering check', () => {
  it('passes on a sound tree', async () => {
    expect(await checkLayers(plant({}))).toEqual([]);
  });

  it.each(PLANTED)('fails on a planted $rule in $from', async ({ rule, from, files }) => {
    const found = await checkLayers(plant(files));
    expect(
      found.filter((finding) => finding.message.startsWith(`${rule}:`)).map((f) => f.file),
    ).toContain(from);
  });

  it('has a planted violation for every rule', () => {
    const config = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
      forbidden: { name: string; severity: string }[];
    };
    const planted = new Set(PLANTED.map((planting) => planting.rule));
    expect(config.forbidden.filter((rule) => !planted.has(rule.name))).toEqual([]);
    expect(config.forbidden.filter((rule) => rule.severity !== 'error')).toEqual([]);
  });

  it('passes on the product itself', async () => {
    expect(await checkLayers(REPOSITORY)).toEqual([]);
  });
});
