/**
 * Governed decisions a second: tier 1, decided by Cedar, recorded durably, run at a tool that
 * answers at once, outcome recorded durably. Beside it a bare node:http server that commits
 * one INSERT a request to the same database, in each of the ways to write one (./bare.ts).
 * Rounds of all of them alternate.
 */
import type pg from 'pg';
import type { BenchOptions } from '../options';
import type { Way } from './bare';
import { type Load, type Round, round } from './load';
import { onStage } from './stage';

const CONNECTIONS = [1, 16, 64];
/** Requests before anything is measured: by count, so that a busy machine measures compiled code too. */
const WARM_UP = 20_000;
const WAYS: readonly Way[] = ['transaction', 'statement', 'tuned'];
const TARGETS = [...WAYS, 'gateway'] as const;
type Target = (typeof TARGETS)[number];

export function run({ seconds, rounds }: BenchOptions): Promise<unknown> {
  return onStage(async ({ owner, workspace, url, token, session, start }) => {
    const urls = new Map<Target, string>([['gateway', `${url}/v1/actions`]]);
    for (const way of WAYS) urls.set(way, await start('bare.ts', way));
    const measure = (target: Target, load: Omit<Load, 'token' | 'session'>) =>
      round(urls.get(target) ?? '', { ...load, token, session });

    for (const target of TARGETS) await measure(target, { connections: 64, amount: WARM_UP });
    const results = [];
    for (const connections of CONNECTIONS) {
      const measured = new Map<Target, Round[]>(TARGETS.map((target) => [target, []]));
      for (let i = 0; i < rounds; i++) {
        for (const target of TARGETS) {
          await owner.query('TRUNCATE outbox, bench_baseline');
          await owner.query('CHECKPOINT');
          measured.get(target)?.push(await measure(target, { connections, duration: seconds }));
        }
      }
      results.push(report(connections, (target) => mean(measured.get(target) ?? [])));
    }
    const recorded = await settled(owner, workspace);
    console.log(`${recorded.succeeded} of ${recorded.actions} recorded actions succeeded`);
    return { seconds, rounds, results, recorded };
  });
}

/** What was recorded, once the requests that the load generator broke off have ended too. */
export async function settled(owner: pg.Pool, workspace: string) {
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

function mean(rounds: readonly Round[]): Round {
  const of = (pick: (round: Round) => number) =>
    Math.round((rounds.reduce((sum, one) => sum + pick(one), 0) / rounds.length) * 100) / 100;
  return {
    perSecond: of((r) => r.perSecond),
    p50: of((r) => r.p50),
    p99: of((r) => r.p99),
    answers: of((r) => r.answers),
  };
}

/** Prints them, with the gateway's figures as multiples of each bare server's. */
function report(connections: number, of: (target: Target) => Round) {
  const times = (a: number, b: number) => (b === 0 ? null : Math.round((a / b) * 100) / 100);
  const gateway = of('gateway');
  const line = (name: string, r: Round) =>
    `  ${name.padEnd(18)} ${String(Math.round(r.perSecond)).padStart(7)}/s   p50 ${r.p50} ms   p99 ${r.p99} ms`;
  console.log(`${connections} connections\n${line('gateway', gateway)}`);
  const bare = WAYS.map((way) => {
    const measured = of(way);
    const throughput = times(gateway.perSecond, measured.perSecond);
    const p99 = times(gateway.p99, measured.p99);
    console.log(
      `${line(`bare, ${way}`, measured)}   the gateway: ${throughput} times, p99 ${p99} times`,
    );
    return { way, ...measured, gateway: { throughput, p99 } };
  });
  return { connections, gateway, bare };
}
