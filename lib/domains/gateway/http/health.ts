import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { Gateway } from '../gateway';

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

async function whatIsWrong({
  snapshots,
  backlog,
  pool,
}: Gateway): Promise<{ code: string; detail: string }[]> {
  const problems: { code: string; detail: string }[] = [];
  if (!snapshots.isCurrent()) {
    problems.push({ code: 'not_current', detail: 'Has not heard of changes for 5 seconds.' });
  }
  if (backlog.isBehind) {
    problems.push({
      code: 'trail_behind',
      detail: `${backlog.events} events wait for the trail, the oldest for ${Math.round(backlog.ageMs / 1_000)} s.`,
    });
  }
  await pool.query('SELECT 1').catch(() => {
    problems.push({ code: 'database_unavailable', detail: 'The database cannot be reached.' });
  });
  return problems;
}
