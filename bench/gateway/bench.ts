/**
 * Governed decisions a second: tier 1, decided by Cedar, recorded durably, run at a tool that
 * answers at once, outcome recorded durably. Beside it a bare node:http server that commits
 * one INSERT a request to the same database. Rounds of both alternate.
 */
import type pg from 'pg';
import type { BenchOptions } from '../options';
import { type Round, round } from './load';
import { onStage } from './stage';

const CONNECTIONS = [1, 16, 64];
/** Requests before anything is measured: by count, so that a busy machine measures compiled code too. */
const WARM_UP = 20_000;

export function run({ seconds, rounds }: BenchOptions): Promise<unknown> {
  return onStage(async ({ owner, workspace, url, token, session, start }) => {
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
