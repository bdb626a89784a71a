/**
 * Governed decisions a second: tier 1, decided by Cedar, recorded durably, run at a tool that
 * answers at once, outcome recorded durably. Beside it a bare node:http server that commits
 * one INSERT a request to the same database. Rounds of both alternate.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import autocannon from 'autocannon';
import pg from 'pg';
import { startPostgres } from '@/lib/infra/embedded/postgres';
import { freePort } from '@/lib/infra/embedded/ports';
import { setEnv } from '@/lib/infra/env';
import { migrateAll } from '@/lib/infra/migrate/all';
import type { BenchOptions } from '../options';
import { seed } from './seed';

const CONNECTIONS = [1, 16, 64];
/** Requests before anything is measured: by count, so that a busy machine measures compiled code too. */
const WARM_UP = 5_000;
/** As the supervisor starts the gateway (workers/start/services.ts). */
const nodeArgs = ['--no-turbo-inline-js-wasm-calls', '--max-semi-space-size=32'];

interface Round {
  perSecond: number;
  p50: number;
  p99: number;
}

export async function run({ seconds, rounds }: BenchOptions): Promise<unknown> {
  const dataDir = mkdtempSync(path.join(realpathSync(tmpdir()), 'countersign-bench-'));
  const server = await startPostgres({ dataDir, temporary: true });
  const gatewayPort = await freePort();
  const url = `http://127.0.0.1:${gatewayPort}`;
  setEnv({
    COUNTERSIGN_DATA_DIR: dataDir,
    COUNTERSIGN_MASTER_KEY: randomBytes(32).toString('base64'),
    DATABASE_URL: server.url('countersign'),
    TRAIL_DATABASE_URL: server.url('countersign_trail'),
    GATEWAY_PORT: String(gatewayPort),
    GATEWAY_URL: url,
    // No sequencer runs beside it; what one would take away is taken away between rounds.
    OUTBOX_LIMIT: '10000000',
    LOG_LEVEL: 'error',
    NODE_ENV: 'production',
  });
  const children: ChildProcess[] = [];
  const start = async (file: string): Promise<string> => {
    const child = fork(path.join(import.meta.dirname, file), {
      execArgv: [...nodeArgs, '--import', 'tsx'],
    });
    children.push(child);
    const { port } = await new Promise<{ port: number }>((resolve, reject) => {
      child.once('message', (message) => resolve(message as { port: number }));
      child.once('exit', (code) => reject(new Error(`${file} ended with code ${code}`)));
    });
    return `http://127.0.0.1:${port}`;
  };
  try {
    await migrateAll();
    const owner = new pg.Pool({ connectionString: server.url('countersign'), max: 2 });
    const { workspace, token } = await seed(owner, await start('tool.ts'), url);
    await start('worker.ts');
    const session = await startSession(url, token);
    const targets = {
      baseline: await start('baseline.ts'),
      gateway: `${url}/v1/actions`,
    };
    const measure = (target: keyof typeof targets, connections: number, duration: number) =>
      round(targets[target], { connections, duration, token, session });

    for (const target of ['baseline', 'gateway'] as const) {
      await round(targets[target], { connections: 64, amount: WARM_UP, token, session });
    }
    const results = [];
    for (const connections of CONNECTIONS) {
      const measured: Record<keyof typeof targets, Round[]> = { baseline: [], gateway: [] };
      for (let i = 0; i < rounds; i++) {
        for (const target of ['baseline', 'gateway'] as const) {
          await owner.query('TRUNCATE outbox, bench_baseline');
          await owner.query('CHECKPOINT');
          measured[target].push(await measure(target, connections, seconds));
        }
      }
      results.push(report(connections, mean(measured.baseline), mean(measured.gateway)));
    }
    const recorded = await settled(owner, workspace);
    console.log(`${recorded.succeeded} of ${recorded.actions} recorded actions succeeded`);
    await owner.end();
    return { seconds, rounds, results, recorded };
  } finally {
    for (const child of children) child.disconnect();
    await Promise.all(
      children.map((child) => new Promise((resolve) => child.once('exit', resolve))),
    );
    await server.stop();
  }
}

async function startSession(url: string, token: string): Promise<string> {
  const response = await fetch(`${url}/v1/sessions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ initiator: { type: 'bench' }, auth_context: {} }),
  });
  const { id } = (await response.json()) as { id: string };
  return id;
}

/** What was recorded, once the requests that the load generator broke off have ended too. */
async function settled(owner: pg.Pool, workspace: string) {
  for (;;) {
    const { rows } = await owner.query<{ actions: number; succeeded: number; running: number }>(
      `SELECT count(*)::int AS actions, count(*) FILTER (WHERE status = 'succeeded')::int AS succeeded,
              count(*) FILTER (WHERE status = 'running')::int AS running
       FROM actions WHERE workspace_id = $1`,
      [workspace],
    );
    const [counted] = rows;
    if (counted?.running === 0) return counted;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

let keys = 0;

async function round(
  url: string,
  load: {
    connections: number;
    duration?: number;
    amount?: number;
    token: string;
    session: string;
  },
): Promise<Round> {
  const body = JSON.stringify({
    session: load.session,
    action: 'refunds.create',
    parameters: { order_id: '4821', amount: 75, currency: 'USD' },
    summary: 'Process refund of $75 for order #4821',
    why: 'The customer reported a defective item and the order is within the 30-day return window',
    evidence: [
      { title: 'Order 4821', source: 'orders.read', ref: 'act_1', content: { total: 75 } },
    ],
  });
  const headers = { authorization: `Bearer ${load.token}`, 'content-type': 'application/json' };
  const result = await autocannon({
    url,
    connections: load.connections,
    ...(load.amount === undefined ? {} : { amount: load.amount }),
    ...(load.duration === undefined ? {} : { duration: load.duration }),
    requests: [
      {
        method: 'POST',
        body,
        headers,
        setupRequest: (request) => ({
          ...request,
          headers: { ...headers, 'idempotency-key': `key-${process.pid}-${(keys += 1)}` },
        }),
      },
    ],
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} answers other than 2xx, ${result.errors} errors`);
  }
  return {
    perSecond: result['2xx'] / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
}

function mean(rounds: readonly Round[]): Round {
  const of = (pick: (round: Round) => number) =>
    Math.round((rounds.reduce((sum, one) => sum + pick(one), 0) / rounds.length) * 100) / 100;
  return { perSecond: of((r) => r.perSecond), p50: of((r) => r.p50), p99: of((r) => r.p99) };
}

function report(connections: number, baseline: Round, gateway: Round) {
  const ratio = (a: number, b: number) => (b === 0 ? null : Math.round((a / b) * 100) / 100);
  const throughput = ratio(gateway.perSecond, baseline.perSecond);
  const p99 = ratio(gateway.p99, baseline.p99);
  const line = (name: string, r: Round) =>
    `  ${name.padEnd(9)} ${String(Math.round(r.perSecond)).padStart(7)}/s   p50 ${r.p50} ms   p99 ${r.p99} ms`;
  console.log(
    [
      `${connections} connections`,
      line('baseline', baseline),
      line('gateway', gateway),
      `  ratio     ${throughput} of the baseline's throughput, ${p99} of its p99`,
    ].join('\n'),
  );
  return { connections, baseline, gateway, ratio: { throughput, p99 } };
}
