import type { Client } from '@/lib/infra/pg';
import { scaled, scaledThreshold } from '@/lib/domains/access/server';
import type { Limits as LimitSettings } from './snapshot/rows';

const windows = [
  { name: 'minute', limit: 'perMinute', ms: 60_000 },
  { name: 'hour', limit: 'perHour', ms: 3_600_000 },
  { name: 'day', limit: 'perDay', ms: 86_400_000 },
] as const;
const DAY_MS = 86_400_000;
const CLOCK_STEP_MS = 60_000;

type WindowName = (typeof windows)[number]['name'];

interface Counter {
  /** Start of each window and what was counted in it. */
  minute: [start: number, count: number];
  hour: [start: number, count: number];
  day: [start: number, count: number];
  /** Sum of the day's amounts, in ten-thousandths. */
  amount: [start: number, sum: number];
}

/** What was counted for one decision, so that it can be taken back. */
export interface Charge {
  key: string;
  at: number;
  amount: number;
}

/** What of a day is counted: one agent's, and of that what was before one action. */
export interface Only {
  agent: string;
  before?: { id: string; at: Date };
}

export type Take =
  | { charge: Charge }
  | { over: 'rate'; window: WindowName; limit: number; retryAfter: number }
  | { over: 'amount'; parameter: string; max: number; left: number }
  | { over: 'missing'; parameter: string };

/**
 * Rates and daily amounts, for each agent and permission, in fixed UTC windows and in this
 * process. Whatever was allowed or held counts, whatever came of it. A workspace's counters
 * are filled from its actions when it is loaded, so that a restart forgives nothing.
 */
export class Limits {
  readonly #counters = new Map<string, Counter>();
  #day = 0;
  #latest = 0;

  /** Counts one action if every limit has room for it; looks and counts without a pause between. */
  take(
    agent: string,
    permission: string,
    limits: LimitSettings,
    parameters: Record<string, unknown>,
    now: number,
  ): Take {
    const key = keyOf(agent, permission);
    const counter = this.#counter(key, now);
    for (const { name, limit, ms } of windows) {
      const most = limits[limit];
      if (most === undefined || counter[name][1] < most) continue;
      const retryAfter = Math.max(1, Math.ceil((counter[name][0] + ms - now) / 1000));
      return { over: 'rate', window: name, limit: most, retryAfter };
    }
    let amount = 0;
    if (limits.amountPerDay) {
      const { parameter, max } = limits.amountPerDay;
      const value = parameters[parameter];
      const wanted = typeof value === 'number' ? scaled(value) : undefined;
      if (wanted === undefined || wanted < 0) return { over: 'missing', parameter };
      const left = scaledThreshold(max) - counter.amount[1];
      if (wanted > left)
        return { over: 'amount', parameter, max, left: Math.max(0, left) / 10_000 };
      amount = wanted;
    }
    for (const { name } of windows) counter[name][1] += 1;
    counter.amount[1] += amount;
    return { charge: { key, at: now, amount } };
  }

  /** Takes a charge back, as far as its windows still run. */
  release({ key, at, amount }: Charge): void {
    const counter = this.#counters.get(key);
    if (!counter) return;
    for (const { name } of windows) {
      if (at >= counter[name][0]) counter[name][1] = Math.max(0, counter[name][1] - 1);
    }
    if (at >= counter.amount[0]) counter.amount[1] = Math.max(0, counter.amount[1] - amount);
  }

  /** Counts what a workspace's agents have done today; what this process has counted stays. */
  async hydrate(client: Client, now: number, only?: Only): Promise<void> {
    const starts = windows.map(({ ms }) => new Date(now - (now % ms)));
    const { rows } = await client.query<{
      agent_id: string;
      permission: string;
      counts: number[];
      amount: string | null;
    }>({
      name: 'limits-hydrate',
      text: `SELECT agent_id, permissions[1] AS permission, sum(round(amount::numeric * 10000)) AS amount,
               ARRAY[count(*) FILTER (WHERE created_at >= $1), count(*) FILTER (WHERE created_at >= $2), count(*)]::int[] AS counts
             FROM actions
             WHERE created_at >= $3 AND ($4::text IS NULL OR agent_id = $4)
               AND ($5::text IS NULL OR (created_at, id) < ($6, $5)) AND decision IN ('allow', 'hold') AND cardinality(permissions) > 0
             GROUP BY 1, 2`,
      values: [...starts, only?.agent ?? null, only?.before?.id ?? null, only?.before?.at ?? null],
    });
    for (const row of rows) {
      const counter = this.#counter(keyOf(row.agent_id, row.permission), now);
      // A window may have ended while they were read.
      const still = (at: number, name: keyof Counter) => counter[name][0] === starts[at]?.getTime();
      for (const [index, { name }] of windows.entries()) {
        if (still(index, name))
          counter[name][1] = Math.max(counter[name][1], row.counts[index] ?? 0);
      }
      if (still(windows.length - 1, 'amount'))
        counter.amount[1] = Math.max(counter.amount[1], Number(row.amount ?? 0));
    }
  }

  #counter(key: string, at: number): Counter {
    // A clock that is set back by a little forgives nothing; by more, it was wrong before.
    const back = this.#latest - at;
    const now = back > 0 && back <= CLOCK_STEP_MS ? this.#latest : at;
    this.#latest = now;
    const day = now - (now % DAY_MS);
    // Yesterday's counters are of no more use to anyone.
    if (day !== this.#day) {
      this.#counters.clear();
      this.#day = day;
    }
    let counter = this.#counters.get(key);
    if (!counter) {
      counter = { minute: [0, 0], hour: [0, 0], day: [day, 0], amount: [day, 0] };
      this.#counters.set(key, counter);
    }
    for (const { name, ms } of windows) {
      const start = now - (now % ms);
      if (counter[name][0] !== start) counter[name] = [start, 0];
    }
    return counter;
  }
}

function keyOf(agent: string, permission: string): string {
  return `${agent}|${permission}`;
}
