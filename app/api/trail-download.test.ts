import { createHash } from 'node:crypto';
import { NextRequest } from 'next/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { trailApi, trailJobs } from '@/lib/domains/trail/server';
import { createToken } from '@/lib/domains/workspaces/server';
import { serve } from '@/app/api/serve';
import { closeDb } from '@/lib/infra/db';
import { closeQueue } from '@/lib/infra/queue';
import { mintWorld } from '@/lib/infra/testing/world';
import { closeTrailDb } from '@/lib/infra/trail-db';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';

let token: string;
let workspace: string;

beforeAll(async () => {
  const world = await mintWorld();
  workspace = world.workspace;
  const ctx: Context = {
    workspace,
    requestId: newId('req'),
    actor: {
      type: 'member',
      id: world.auditor,
      name: 'The auditor',
      roles: ['auditor'],
      abilities: [],
      method: 'password',
      authenticatedAt: Date.now(),
      sessionId: newId('mss'),
    },
  };
  ({ token } = await createToken(ctx, { name: 'Downloads', scopes: ['read', 'write'] }));
});

afterAll(async () => {
  await closeTrailDb();
  await closeQueue();
  await closeDb();
});

/** A request to the console's own handler, as a script sends it. */
function ask(method: 'GET' | 'POST', path: string, headers = {}, body?: object) {
  const request = new NextRequest(`http://127.0.0.1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return serve(trailApi)[method](request);
}

it('a script has a file made, and fetches it piece by piece', async () => {
  const created = await ask('POST', '/api/trail/exports', {}, { format: 'csv' });
  expect(created.status).toBe(201);
  const { id } = (await created.json()) as { id: string };
  await trailJobs.find(({ name }) => name === 'trail.export')?.perform(workspace, { id });
  const view = await (await ask('GET', `/api/trail/exports/${id}`)).json();
  expect(view).toMatchObject({ state: 'ready', can: { download: { allowed: true } } });
  const { bytes, sha256 } = view as { bytes: number; sha256: string };
  const file = `/api/trail/exports/${id}/file`;
  const half = Math.floor(bytes / 2);
  const pieces: Buffer[] = [];
  for (const range of [`bytes=0-${half - 1}`, `bytes=${half}-`]) {
    const response = await ask('GET', file, { range, 'if-range': `"${sha256}"` });
    expect(response.status).toBe(206);
    pieces.push(Buffer.from(await response.arrayBuffer()));
  }
  expect(createHash('sha256').update(Buffer.concat(pieces)).digest('hex')).toBe(sha256);
  const outside = await ask('GET', file, { range: `bytes=${bytes}-` });
  expect([outside.status, outside.headers.get('content-range')]).toEqual([416, `bytes */${bytes}`]);
});
