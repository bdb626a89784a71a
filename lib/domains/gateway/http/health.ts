import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import type { Pool } from '@/lib/infra/pg';
import type { Gateway } from '../gateway';

export const Alive = z.object({ status: z.literal('ok') });

const Wrong = z.object({
  code: z.string(),
  detail: z.string(),
  workspace: z.string().optional(),
  first_bad: z.number().nullable().optional(),
});
type Wrong = z.output<typeof Wrong>;
export const Readiness = z.object({ ready: z.boolean(), problems: z.array(Wrong) });

/** /healthz (alive), /readyz (can decide and record) and /metrics. */
export function health(gateway: Gateway): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.get('/readyz', async (c) => {
    const problems = await whatIsWrong(gateway);
    return c.json({ ready: problems.length === 0, problems }, problems.length === 0 ? 200 : 503);
  });
  app.get('/metrics', async (c) => {
    const { registry } = gateway.metrics;
    return c.body(await registry.metrics(), 200, { 'content-type': registry.contentType });
  });
  return app;
}

async function whatIsWrong({ snapshots, backlog, pool }: Gateway): Promise<Wrong[]> {
  const problems: Wrong[] = [];
  if (!snapshots.isCurrent()) {
    problems.push({ code: 'not_current', detail: 'Has not heard of changes for 5 seconds.' });
  }
  if (backlog.isBehind) {
    problems.push({
      code: 'trail_behind',
      detail: `${backlog.events} events wait for the trail, the oldest for ${Math.round(backlog.ageMs / 1_000)} s.`,
    });
  }
  await brokenTrails(pool).then(
    (broken) => problems.push(...broken),
    () =>
      problems.push({ code: 'database_unavailable', detail: 'The database cannot be reached.' }),
  );
  return problems;
}

/** Trails that were found not to be as they were signed: what is recorded now cannot be relied on. */
async function brokenTrails(pool: Pool): Promise<Wrong[]> {
  const { rows } = await pool.query<{
    workspace_id: string;
    first_bad: string | null;
    detail: string;
  }>({
    name: 'trail-failures',
    text: 'SELECT workspace_id, first_bad, detail FROM trail_failures() LIMIT 20',
  });
  return rows.map((row) => ({
    code: 'trail_verification_failed',
    detail: row.detail,
    workspace: row.workspace_id,
    first_bad: row.first_bad === null ? null : Number(row.first_bad),
  }));
}
