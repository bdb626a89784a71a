/**
 * Fills the trail database with a year of events, straight into tables whose indexes are made
 * afterwards. Text is as it is in life: some words stand in a quarter of all events, many in
 * one of a hundred (most of those only with one action type), the rest in few.
 */
import pg from 'pg';
import { ownerUrl } from '@/lib/infra/db-roles';

export interface Seeded {
  workspace: string;
  /** Words by how often they occur. */
  words: Record<'rare' | 'medium' | 'common', string[]>;
  agents: string[];
  members: string[];
  actionTypes: string[];
}

const WORKSPACES = 5;
/** One event of this many is another workspace's. */
const OTHERS = 11;
const PER_CLASS = 40;
const RARE_EVENTS = 20;
const SENTENCES = 4_000;
const MONTHS = 12;
/** Rows that are made at once, which fit into memory to be sorted. */
const SORTED = 100_000;
/** Connections that fill months at once. */
const FILLERS = 2;

const id = (prefix: string, n: number) =>
  `${prefix}_0190c3a0-${String(n).padStart(4, '0')}-7000-8000-${(n * 7_919_000_001).toString(16).padStart(12, '0').slice(-12)}`;

const actionTypes = ['refunds.create', 'orders.read', 'orders.update', 'mail.send'].concat([
  'invoices.create',
  'customers.read',
  'accounts.close',
  'shipments.trace',
]);

const numbered = (word: string, count: number, step = 1) =>
  Array.from({ length: count }, (_, at) => `${word}${at * step}`);

export async function seedSearch(events: number, until: Date): Promise<Seeded> {
  const workspaces = Array.from({ length: WORKSPACES }, (_, n) => id('ws', n + 1));
  const agents = Array.from({ length: 12 }, (_, n) => id('agt', n + 101));
  const members = Array.from({ length: 20 }, (_, n) => id('mbr', n + 201));
  const total = Math.floor((events * OTHERS) / (OTHERS - 1));
  const months = monthsUntil(until);
  await asOwner(async (client) => {
    for (const { name } of months) await client.query(`DROP TABLE IF EXISTS ${name}`);
  });
  // Each fills the months that are left, one after the other.
  const left = months.map((month, at) => ({ ...month, share: shareOf(total, at) }));
  await Promise.all(
    Array.from({ length: FILLERS }, () =>
      asOwner(async (client) => {
        await pools(client, { workspaces, agents, members });
        for (let month = left.shift(); month; month = left.shift()) {
          await fillMonth(client, month, Math.floor(total / (PER_CLASS * RARE_EVENTS)));
          await countMonth(client, month.name);
          await client.query(`VACUUM ANALYZE ${month.name}`);
        }
      }),
    ),
  );
  await asOwner(async (client) => {
    await client.query(DAYS);
    await client.query('ANALYZE event_counts');
    await client.query('ANALYZE events');
    await client.query('CHECKPOINT');
  });
  return {
    workspace: workspaces[0] ?? '',
    words: {
      rare: numbered('rare', PER_CLASS),
      medium: numbered('medium', PER_CLASS, 10),
      common: numbered('common', PER_CLASS),
    },
    agents,
    members,
    actionTypes,
  };
}

async function asOwner(work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl('trail') });
  await client.connect();
  try {
    await client.query(
      `SET maintenance_work_mem = 600000; SET work_mem = 200000; SET synchronous_commit = off;
       SET max_parallel_maintenance_workers = 0; SET timezone = UTC`,
    );
    await work(client);
  } finally {
    await client.end();
  }
}

interface Month {
  /** Of its partition. */
  name: string;
  first: Date;
  next: Date;
  /** The month's own, but for the current one, which ends now. */
  end: Date;
}

function monthsUntil(last: Date): Month[] {
  const monthAt = (ahead: number) =>
    new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth() + ahead, 1));
  return Array.from({ length: MONTHS }, (_, at) => {
    const back = at - MONTHS + 1;
    const [first, next] = [monthAt(back), monthAt(back + 1)];
    const name = `events_${first.toISOString().slice(0, 7).replace('-', '')}`;
    return { name, first, next, end: back === 0 ? last : next };
  });
}

/** Which of the events are in the month at this place; each has as many. */
function shareOf(total: number, at: number): { from: number; to: number } {
  const [from = 0, to = 0] = [at, at + 1].map((each) => Math.floor((each * total) / MONTHS));
  return { from, to };
}

interface Lists {
  workspaces: string[];
  agents: string[];
  members: string[];
}

/** Sentences to draw from, with their vectors, a few thousand for each action type. */
async function pools(client: pg.Client, lists: Lists): Promise<void> {
  await client.query(
    `SELECT setseed(0.42);
     CREATE TEMP TABLE lists (name text PRIMARY KEY, words text[]);
     CREATE TEMP TABLE sentences (kind int, n int, text text, v tsvector, PRIMARY KEY (kind, n))`,
  );
  for (const [name, words] of Object.entries({ ...lists, actionTypes })) {
    await client.query('INSERT INTO lists VALUES ($1, $2)', [name, words]);
  }
  // Ten common words, and four medium ones: three of its action type's own fifty, one of all.
  await client.query(
    `INSERT INTO sentences
     SELECT kind, n, text, to_tsvector('simple', text)
       FROM generate_series(0, 7) AS kind, generate_series(0, ${SENTENCES - 1}) AS n,
            LATERAL (
              SELECT string_agg(word, ' ' ORDER BY random()) AS text FROM (
                SELECT 'common' || floor(random() * 40)::int + 0 * n AS word
                  FROM generate_series(1, 10 + 0 * n)
                UNION ALL
                SELECT 'medium' || kind * 50 + floor(random() * 50)::int + 0 * n
                  FROM generate_series(1, 3 + 0 * n)
                UNION ALL
                SELECT 'medium' || floor(random() * 400)::int + 0 * n
              ) AS drawn) AS made`,
  );
  await client.query('ANALYZE sentences');
}

async function fillMonth(
  client: pg.Client,
  { name, first, next, end, share }: Month & { share: { from: number; to: number } },
  rareEvery: number,
): Promise<void> {
  await client.query('BEGIN');
  await client.query(
    `CREATE TABLE ${name} (LIKE events INCLUDING ALL EXCLUDING INDEXES);
     ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY;
     ALTER TABLE ${name} ALTER COLUMN search SET STATISTICS 0`,
  );
  const rest = [
    share.from,
    share.to,
    first.toISOString(),
    end.getTime() - first.getTime(),
    Math.max(1, rareEvery),
  ];
  for (let at = share.from; at < share.to; at += SORTED) {
    await client.query(INSERT(name), [...rest, at, Math.min(at + SORTED, share.to)]);
  }
  const { rows } = await client.query<{ definition: string; constraint: string | null }>(
    `SELECT pg_get_indexdef(i.indexrelid) AS definition, pg_get_constraintdef(c.oid) AS constraint
       FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid
      WHERE i.indrelid = 'events'::regclass`,
  );
  for (const { definition, constraint } of rows) {
    if (constraint !== null) await client.query(`ALTER TABLE ${name} ADD ${constraint}`);
    else
      await client.query(
        definition.replace(/INDEX \w+ ON (ONLY )?public\.events/, `INDEX ON ${name}`),
      );
  }
  await client.query(
    `ALTER TABLE events ATTACH PARTITION ${name}
       FOR VALUES FROM ('${first.toISOString()}') TO ('${next.toISOString()}')`,
  );
  await client.query('COMMIT');
}

/** As the writer would have made them: the same columns, the same lexemes. */
const INSERT = (table: string) => `
  WITH l AS MATERIALIZED (
    SELECT (SELECT words FROM lists WHERE name = 'workspaces') AS workspaces, (SELECT words FROM lists WHERE name = 'agents') AS agents,
           (SELECT words FROM lists WHERE name = 'members') AS members, (SELECT words FROM lists WHERE name = 'actionTypes') AS kinds),
  base AS (
    SELECT i, hashint8(i) & 2147483647 AS h, hashint8(i + 1000000000) & 2147483647 AS g,
           date_trunc('milliseconds', $3::timestamptz + (i - $1::bigint)::float8 / greatest(1, $2::bigint - $1::bigint) * $4::float8 * interval '1 millisecond') AS time
      FROM generate_series($6::bigint, $7::bigint - 1) AS i),
  kinds AS (
    SELECT *, CASE WHEN i % ${OTHERS} = 0 THEN 2 + (i / ${OTHERS}) % ${WORKSPACES - 1} ELSE 1 END AS w,
           (ARRAY[0,0,0,1,1,1,1,2,2,3,3,4,5,5,6,7])[1 + h % 16] AS kind,
           (ARRAY['action.decided','action.decided','action.decided','action.decided','action.succeeded','action.succeeded','action.succeeded',
                  'model.called','model.called','session.started','action.failed','approval.approved','credential.rotated'])[1 + g % 13] AS type
      FROM base),
  given AS (
    SELECT i, h, g, time, w, kind, type,
           CASE WHEN type = 'action.decided' THEN (ARRAY['allow','allow','allow','allow','allow','allow','allow','allow','hold','deny'])[1 + (h / 16) % 10]
                WHEN type LIKE 'action.%' THEN split_part(type, '.', 2) WHEN type = 'approval.approved' THEN 'approved' END AS outcome,
           CASE WHEN type LIKE 'action.%' THEN (ARRAY[1,1,1,1,1,1,2,2,2,3])[1 + (h / 16) % 10] END AS tier,
           CASE WHEN type LIKE 'action.%' THEN (ARRAY['Public','Public','Internal','Internal','Internal','Internal','Confidential','Confidential','Confidential','Restricted'])[1 + (g / 13) % 10] END AS classification,
           type IN ('approval.approved', 'credential.rotated') AS person
      FROM kinds),
  named AS (
    SELECT g.*, workspaces[w] AS workspace, CASE WHEN type <> 'credential.rotated' THEN agents[1 + (h / 512) % 12] END AS agent,
           CASE WHEN person THEN members[1 + (h / 512) % 20] ELSE agents[1 + (h / 512) % 12] END AS actor,
           CASE WHEN type LIKE 'action.%' OR type = 'approval.approved' THEN kinds[1 + g.kind] END AS action_type,
           s.text, s.v, 'tail' || h % 20000 AS t1, 'tail' || g % 20000 AS t2,
           CASE WHEN i % $5::bigint = 1 THEN 'rare' || (i / $5::bigint) % ${PER_CLASS} END AS t3
      FROM given g CROSS JOIN l JOIN sentences s ON s.kind = g.kind AND s.n = g.h % ${SENTENCES}),
  told AS (
    SELECT *, 'evt_' || gen_random_uuid() AS id, 'ses_0190c3a0-0000-7000-8000-' || lpad(to_hex(i / 12), 12, '0') AS session,
           'act_0190c3a0-0000-7000-8000-' || lpad(to_hex(i / 3), 12, '0') AS action, 'order ' || (10000 + g % 900000) || ' amount ' || h % 900 AS facts
      FROM named)
  INSERT INTO ${table} (workspace_id, idx, id, time, type, actor_type, actor_id, agent_id, session_id, action_id, action_type, object_type, object_id,
                      outcome, tier, classification, summary, leaf_hash, body, search)
  SELECT workspace, i, id, time, type, CASE WHEN person THEN 'member' ELSE 'agent' END, actor, agent, session, CASE WHEN action_type IS NOT NULL THEN action END,
         action_type, CASE WHEN action_type IS NOT NULL THEN 'action_type' END, action_type, outcome, tier, classification,
         facts || ' ' || left(text, 60), sha256(id::bytea),
         json_build_object('id', id, 'time', to_char(time, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'workspace', workspace, 'type', type,
           'actor', json_build_object('type', CASE WHEN person THEN 'member' ELSE 'agent' END, 'id', actor), 'session', session, 'action', action,
           'outcome', outcome, 'tier', tier, 'classification', classification, 'digest', 'sha256:' || md5(id) || md5(id),
           'data', json_build_object('summary', facts, 'why', concat_ws(' ', text, t1, t2, t3), 'parameters', json_build_object('order_id', g % 900000, 'amount', h % 900)))::text,
         v || to_tsvector('simple', facts) || array_to_tsvector(array_remove(ARRAY[t1, t2, t3, split_part(action_type, '.', 1), split_part(action_type, '.', 2),
           '=workspace=' || right(workspace, 16), '=hour=' || to_char(time, 'YYYYMMDDHH24'), '=day=' || to_char(time, 'YYYYMMDD'), '=type=' || type, '=type=' || split_part(type, '.', 1) || '.*',
           '=actor=' || right(actor, 16), '=agent=' || right(agent, 16), '=action_type=' || action_type, '=outcome=' || outcome, '=tier=' || tier,
           '=classification=' || classification, '=both=' || right(agent, 8) || '+' || action_type, '=both=' || outcome || '+' || tier], NULL))
    FROM told ORDER BY i`;

/** The roll-ups of its hours, as the writer would have counted them. */
async function countMonth(client: pg.Client, table: string): Promise<void> {
  await client.query(
    `INSERT INTO event_counts (workspace_id, span, at, dim, value, outcome, n)
     SELECT workspace_id, 1, at, dim, coalesce(type, agent_id, actor_id, action_type, tier::text, classification, ''), coalesce(outcome, ''), n
       FROM (SELECT workspace_id, date_trunc('hour', time) AS at, type, agent_id, actor_id, action_type, tier, classification, outcome, count(*) AS n,
                    CASE grouping(type, agent_id, actor_id, action_type, tier, classification)
                      WHEN 63 THEN 'all' WHEN 31 THEN 'type' WHEN 47 THEN 'agent' WHEN 55 THEN 'actor' WHEN 59 THEN 'action_type' WHEN 61 THEN 'tier' ELSE 'classification' END AS dim
               FROM ${table}
              GROUP BY workspace_id, date_trunc('hour', time), outcome,
                       GROUPING SETS ((), (type), (agent_id), (actor_id), (action_type), (tier), (classification))) AS cube
      WHERE dim = 'all' OR coalesce(type, agent_id, actor_id, action_type, tier::text, classification) IS NOT NULL`,
  );
}

const DAYS = `INSERT INTO event_counts
  SELECT workspace_id, 24, date_trunc('day', at), dim, value, outcome, sum(n) FROM event_counts WHERE span = 1 GROUP BY 1, 3, 4, 5, 6`;
