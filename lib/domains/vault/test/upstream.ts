/** The demo's order service on a real port, watched: what the rotation asks it, and when. */
import { serve } from '@hono/node-server';
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { env } from '@/lib/infra/env';
import { orderService } from '@/workers/demo/order-service/app';
import { openPool, prepareDatabase } from '@/workers/demo/order-service/database';
import { bootstrapKey } from '@/workers/demo/order-service/keys';

type Phase = 'before' | 'after';
type Watcher = (call: string, phase: Phase) => Promise<Response | undefined | void>;

export interface Upstream {
  baseUrl: string;
  /** Called around each request the service answers; an answer from it replaces the service's. */
  watch: (watcher: Watcher | undefined) => void;
  makeKey: () => Promise<string>;
  /** Status of GET /whoami with a key, past the watcher. */
  ask: (key: string) => Promise<number>;
  liveKeys: () => Promise<string[]>;
  close: () => Promise<void>;
}

export async function startUpstream(): Promise<Upstream> {
  const bootstrap = `bootstrap-${randomUUID()}`;
  const url = new URL(env().DATABASE_URL ?? '');
  url.pathname = `/orders_${randomUUID().replaceAll('-', '')}`;
  await prepareDatabase(url.href);
  const pool = openPool(url.href);
  await bootstrapKey(pool, bootstrap);
  const app = orderService(pool);
  let watcher: Watcher | undefined;
  const server = serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: async (request) => {
      const call = `${request.method} ${new URL(request.url).pathname.split('/')[1] ?? ''}`;
      const instead = await watcher?.(call, 'before');
      if (instead) return instead;
      const answer = await app.fetch(request);
      await watcher?.(call, 'after');
      return answer;
    },
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const as = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    watch: (next) => {
      watcher = next;
    },
    makeKey: async () => {
      const answer = await app.request('/api-keys', { method: 'POST', ...as(bootstrap) });
      return ((await answer.json()) as { key: string }).key;
    },
    ask: async (key) => (await app.request('/whoami', as(key))).status,
    liveKeys: async () => {
      const answer = await app.request('/api-keys', as(bootstrap));
      return ((await answer.json()) as { items: { id: string }[] }).items.map((item) => item.id);
    },
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
      await pool.end();
    },
  };
}
