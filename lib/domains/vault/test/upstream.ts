/** The demo's order service, a process of its own, behind a door that sees and can stop each call. */
import { serve } from '@hono/node-server';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { childEnv, env } from '@/lib/infra/env';

type Phase = 'before' | 'after';
type Watcher = (call: string, phase: Phase) => Promise<Response | undefined | void>;

export interface Upstream {
  baseUrl: string;
  /** Called around each request; an answer from it replaces the service's. */
  watch: (watcher: Watcher | undefined) => void;
  makeKey: () => Promise<string>;
  /** Status of GET /whoami with a key, past the watcher. */
  ask: (key: string) => Promise<number>;
  liveKeys: () => Promise<string[]>;
  close: () => Promise<void>;
}

export async function startUpstream(): Promise<Upstream> {
  const bootstrap = `bootstrap-${randomUUID()}`;
  const service = await startService(bootstrap);
  const forward = (path: string, key: string, method = 'GET', headers: object = {}) =>
    fetch(`${service.url}${path}`, {
      method,
      headers: { ...headers, authorization: `Bearer ${key}` },
    });
  let watcher: Watcher | undefined;
  const door = serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      const call = `${request.method} ${pathname.split('/')[1] ?? ''}`;
      const instead = await watcher?.(call, 'before');
      if (instead) return instead;
      const key = (request.headers.get('authorization') ?? '').replace('Bearer ', '');
      const once = request.headers.get('idempotency-key');
      const headers = once ? { 'idempotency-key': once } : {};
      const answer = await forward(pathname, key, request.method, headers);
      const body = await answer.text();
      const after = await watcher?.(call, 'after');
      return after ?? new Response(body, { status: answer.status });
    },
  });
  await new Promise((resolve) => door.once('listening', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    watch: (next) => {
      watcher = next;
    },
    makeKey: async () => {
      const answer = await forward('/api-keys', bootstrap, 'POST');
      return ((await answer.json()) as { key: string }).key;
    },
    ask: async (key) => (await forward('/whoami', key)).status,
    liveKeys: async () => {
      const answer = await forward('/api-keys', bootstrap);
      return ((await answer.json()) as { items: { id: string }[] }).items.map((item) => item.id);
    },
    close: async () => {
      await new Promise((resolve) => door.close(resolve));
      await service.stop();
    },
  };
}

async function startService(
  bootstrap: string,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const database = new URL(env().DATABASE_URL ?? '');
  database.pathname = `/orders_${randomUUID().replaceAll('-', '')}`;
  const child = spawn(process.execPath, ['--import', 'tsx', 'workers/demo/order-service.ts'], {
    env: childEnv({
      ORDER_DATABASE_URL: database.href,
      ORDER_SERVICE_PORT: '0',
      ORDER_SERVICE_BOOTSTRAP_KEY: bootstrap,
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const found = /order service on (http:\S+)/.exec(said)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => reject(new Error(`the order service ended: ${said}`)));
  });
  return {
    url,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
