/** What was recorded of the use of permissions, counted by set queries over the actions. */
import type { Classification } from '@/lib/domains/classification';
import type { Client } from '@/lib/infra/pg';
import type { UseFact } from './ground';
import type { Climbed, Rates } from './propose';

export interface Window {
  from: Date;
  to: Date;
}

type Use = Omit<UseFact, 'classificationNow'>;

/** When the first action of the window was, and how many there are; counted by index alone. */
export async function recorded(client: Client, { from, to }: Window) {
  const { rows } = await client.query<{ first: Date | null; actions: number; earlier: boolean }>(
    `SELECT min(created_at) AS first, count(*)::int AS actions,
            EXISTS (SELECT FROM actions WHERE created_at < $1) AS earlier
       FROM actions WHERE created_at >= $1 AND created_at < $2`,
    [from, to],
  );
  return rows[0] ?? { first: null, actions: 0, earlier: false };
}

/** Allowed and held actions, alike ones together. */
export async function readUses(client: Client, { from, to }: Window): Promise<Use[]> {
  const { rows } = await client.query<{
    agent_id: string;
    type: string;
    classification: Classification | null;
    permissions: string[];
    count: number;
    first: Date;
  }>(
    `SELECT agent_id, type, classification, permissions, count(*)::int AS count, min(created_at) AS first
       FROM actions
      WHERE created_at >= $1 AND created_at < $2 AND decision IN ('allow', 'hold')
      GROUP BY agent_id, type, classification, permissions`,
    [from, to],
  );
  return rows.map(({ agent_id: agentId, classification, ...use }) => ({
    ...{ ...use, agentId },
    classification: classification ?? 'Public',
  }));
}

/** The parameter's value; of an action whose payload is erased, what was counted of it. */
const VALUE = `CASE WHEN json_typeof(a.parameters -> p.parameter) = 'number'
  THEN (a.parameters ->> p.parameter)::numeric ELSE a.amount::numeric END`;

/** An action once for each permission that satisfied it. */
const SATISFIED = `SELECT unnest(permissions) AS id, agent_id, created_at, parameters, amount FROM actions
  WHERE created_at >= $1 AND created_at < $2 AND decision IN ('allow', 'hold')`;

/**
 * The planner knows little of how many permissions have a ladder or limits, and would compare each
 * action with each of them; and with the memory of a small statement it would sort on disk. (It
 * would also read the JSON again for each use of a value, so values are materialized.)
 */
export async function prepareToCount(client: Client): Promise<void> {
  await client.query('SET LOCAL enable_nestloop = off');
  await client.query("SET LOCAL work_mem = '64MB'");
}

/** For each ladder, the amounts by which it was climbed. */
export async function readClimbed(client: Client, { from, to }: Window) {
  const { rows } = await client.query<{
    id: string;
    uses: number;
    max: number;
    p99: number;
    autonomous: number | null;
    supervised: number | null;
    gated: number | null;
  }>(
    `WITH p AS (
       SELECT id, ladder ->> 'parameter' AS parameter, (ladder ->> 'autonomous')::numeric AS autonomous,
              (ladder ->> 'supervised')::numeric AS supervised, (ladder ->> 'gated')::numeric AS gated
         FROM permissions WHERE jsonb_typeof(ladder) = 'object'),
     a AS (${SATISFIED}),
     used AS MATERIALIZED (SELECT p.*, ${VALUE} AS value FROM a JOIN p USING (id))
     SELECT id, count(value)::int AS uses, max(value)::float8 AS max,
            (percentile_disc(0.99) WITHIN GROUP (ORDER BY value))::float8 AS p99,
            (max(value) FILTER (WHERE value <= autonomous))::float8 AS autonomous,
            (max(value) FILTER (WHERE value <= supervised))::float8 AS supervised,
            (max(value) FILTER (WHERE value <= gated))::float8 AS gated
       FROM used WHERE value IS NOT NULL GROUP BY id`,
    [from, to],
  );
  return new Map(
    rows.map(({ id, uses, max, p99, ...upTo }): [string, Climbed] => [
      id,
      { uses, max, p99, upTo },
    ]),
  );
}

/** For each permission with limits, the most and the p99 of the windows in which an agent used it. */
export async function readRates(client: Client, { from, to }: Window) {
  const { rows } = await client.query<{ id: string; rate: keyof Rates; max: number; p99: number }>(
    `WITH p AS (
       SELECT id, limits -> 'amountPerDay' ->> 'parameter' AS parameter
         FROM permissions WHERE limits <> '{}'::jsonb),
     a AS (${SATISFIED}),
     used AS MATERIALIZED (
       SELECT p.id, a.agent_id, a.created_at AT TIME ZONE 'UTC' AS at, p.parameter IS NOT NULL AS sums,
              ${VALUE} AS value FROM a JOIN p USING (id)),
     m AS (SELECT id, agent_id, sums, date_trunc('minute', at) AS at, count(*) AS n, sum(value) AS s
             FROM used GROUP BY 1, 2, 3, 4),
     h AS (SELECT id, agent_id, sums, date_trunc('hour', at) AS at, sum(n) AS n, sum(s) AS s
             FROM m GROUP BY 1, 2, 3, 4),
     d AS (SELECT id, agent_id, sums, date_trunc('day', at) AS at, sum(n) AS n, sum(s) AS s
             FROM h GROUP BY 1, 2, 3, 4),
     w AS (SELECT id, 'perMinute' AS rate, n::numeric AS n FROM m
           UNION ALL SELECT id, 'perHour', n FROM h
           UNION ALL SELECT id, 'perDay', n FROM d
           UNION ALL SELECT id, 'amountPerDay', s FROM d WHERE sums AND s IS NOT NULL)
     SELECT id, rate, max(n)::float8 AS max,
            (percentile_disc(0.99) WITHIN GROUP (ORDER BY n))::float8 AS p99
       FROM w GROUP BY id, rate`,
    [from, to],
  );
  const rates = new Map<string, Rates>();
  for (const { id, rate, max, p99 } of rows) {
    rates.set(id, { ...rates.get(id), [rate]: { max, p99 } });
  }
  return rates;
}
