import { type ClientBase, connectAs, type PoolClient } from '@/lib/infra/trail-db';
import type { Filters } from '../schema';
import { reading } from '../repo';
import { valuesOf } from '../search/condition';
import { textQuery } from '../search/words';
import { retentionClasses, type RetentionClass } from './classes';

/** A legal hold as the trail database keeps it. */
export interface HoldRow {
  id: string;
  reason: string;
  owner: string;
  filters: Record<string, string>;
  placed_by: string;
  placed_at: Date;
  lifted_by: string | null;
  lifted_at: Date | null;
  lift_reason: string | null;
}

/** One transaction of the role that alone may place and lift holds and remove events. */
async function asRetention<T>(
  workspace: string,
  work: (client: ClientBase) => Promise<T>,
): Promise<T> {
  const { client } = await connectAs('countersign_trail_retention');
  try {
    await client.query('BEGIN');
    await client.query(`SELECT set_config('countersign.workspace', $1, true)`, [workspace]);
    const done = await work(client);
    await client.query('COMMIT');
    return done;
  } finally {
    await client.end().catch(() => undefined);
  }
}

export interface NewHold {
  id: string;
  workspace: string;
  reason: string;
  owner: string;
  filters: Filters;
  placedBy: string;
  placedAt: Date;
}

/** The columns that the database compares events with. */
function conditionOf(filters: Filters) {
  const list = (given: string | undefined) => (given === undefined ? null : valuesOf(given));
  const types = list(filters.type);
  return {
    types: types?.filter((type) => !type.endsWith('.*')) ?? null,
    kinds: types?.filter((type) => type.endsWith('.*')).map((type) => type.slice(0, -1)) ?? null,
    agents: list(filters.agent),
    action_types: list(filters.action_type),
    actors: list(filters.actor),
    outcomes: list(filters.outcome),
    tiers: list(filters.tier)?.map(Number) ?? null,
    classifications: list(filters.classification),
    session_id: filters.session ?? null,
    action_id: filters.action ?? null,
    time_from: filters.from ?? null,
    time_to: filters.to ?? null,
    words: filters.q === undefined ? null : (textQuery(filters.q) ?? null),
  };
}

/** Returns once no removal can miss it: one that is under way is waited for. */
export async function insertHold(hold: NewHold): Promise<void> {
  await asRetention(hold.workspace, (client) =>
    client.query('SELECT place_legal_hold($1::jsonb)', [
      JSON.stringify({
        id: hold.id,
        workspace_id: hold.workspace,
        reason: hold.reason,
        owner: hold.owner,
        filters: hold.filters,
        placed_by: hold.placedBy,
        placed_at: hold.placedAt.toISOString(),
        ...conditionOf(hold.filters),
      }),
    ]),
  );
}

/** False when it was lifted already. */
export async function endHold(
  workspace: string,
  hold: { id: string; by: string; reason: string; at: Date },
): Promise<boolean> {
  return asRetention(workspace, async (client) => {
    const { rows } = await client.query<{ lifted: boolean }>(
      'SELECT lift_legal_hold($1, $2, $3, $4) AS lifted',
      [hold.id, hold.by, hold.reason, hold.at.toISOString()],
    );
    return rows[0]?.lifted ?? false;
  });
}

const HOLD = `id, reason, owner, filters, placed_by, placed_at, lifted_by, lifted_at, lift_reason`;

export async function findHolds(workspace: string): Promise<HoldRow[]> {
  return reading(workspace, async (client) => {
    const { rows } = await client.query<HoldRow>(
      `(SELECT ${HOLD} FROM legal_holds WHERE workspace_id = $1 AND lifted_at IS NULL ORDER BY placed_at DESC, id DESC)
       UNION ALL
       (SELECT ${HOLD} FROM legal_holds WHERE workspace_id = $1 AND lifted_at IS NOT NULL
         ORDER BY lifted_at DESC, id DESC LIMIT 100)`,
      [workspace],
    );
    return rows;
  });
}

export async function findHold(workspace: string, id: string): Promise<HoldRow | undefined> {
  return reading(workspace, async (client) => {
    const text = `SELECT ${HOLD} FROM legal_holds WHERE workspace_id = $1 AND id = $2`;
    return (await client.query<HoldRow>(text, [workspace, id])).rows[0];
  });
}

/**
 * Ids of the active holds that may cover an event of this time and classification. Whoever
 * destroys what such events need asks this; a hold by anything else counts as well.
 */
export async function holdsCovering(
  workspace: string,
  what: { from: Date; to: Date; classification: string },
): Promise<string[]> {
  return reading(workspace, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `SELECT id FROM legal_holds
        WHERE workspace_id = $1 AND lifted_at IS NULL
          AND (time_from IS NULL OR time_from < $3) AND (time_to IS NULL OR time_to > $2)
          AND (classifications IS NULL OR $4 = ANY (classifications)) ORDER BY id`,
      [workspace, what.from.toISOString(), what.to.toISOString(), what.classification],
    );
    return rows.map(({ id }) => id);
  });
}

/** The first instant from this one on of which an active hold may cover an event, whatever else it narrows by. */
export async function heldFrom(workspace: string, since: Date): Promise<Date | undefined> {
  return reading(workspace, async (client) => {
    const { rows } = await client.query<{ at: Date | null }>(
      `SELECT min(greatest(time_from, $2::timestamptz)) AS at FROM legal_holds
        WHERE workspace_id = $1 AND lifted_at IS NULL AND (time_to IS NULL OR time_to > $2::timestamptz)`,
      [workspace, since.toISOString()],
    );
    return rows[0]?.at ?? undefined;
  });
}

/** What a removal removed. */
export interface Removed {
  events: number;
  ranges: number;
  /** Hex. */
  digest: string;
  checkpoint: { size: number; root: string } | null;
  dropped: boolean;
}

/**
 * Removes a month's events of these classes that no hold covers. The same id again changes
 * nothing and says the same. Undefined, and nothing is removed, where the log itself does not say
 * that the period is past.
 */
export async function expireEvents(
  workspace: string,
  expiry: { id: string; month: string; classes: readonly string[] },
): Promise<Removed | undefined> {
  return removeEvents(workspace, expiry).catch((error: { code?: string }) => {
    if (error.code === WITHIN_RETENTION) return undefined;
    throw error;
  });
}

/** As expire_events says it. */
const WITHIN_RETENTION = 'CS001';

async function removeEvents(
  workspace: string,
  expiry: { id: string; month: string; classes: readonly string[] },
): Promise<Removed> {
  return asRetention(workspace, async (client) => {
    const { rows } = await client.query<{
      events: string;
      ranges: string;
      digest: Buffer;
      size: string | null;
      root: Buffer | null;
      dropped: boolean;
    }>('SELECT * FROM expire_events($1, $2::date, $3::text[])', [
      expiry.id,
      `${expiry.month}-01`,
      expiry.classes,
    ]);
    const [row] = rows;
    if (!row) throw new Error('a removal said nothing');
    const { root, size } = row;
    return {
      events: Number(row.events),
      ranges: Number(row.ranges),
      digest: row.digest.toString('hex'),
      checkpoint: size && root ? { size: Number(size), root: root.toString('base64') } : null,
      dropped: row.dropped,
    };
  });
}

/** The index ranges of a removal, at most `limit` of them. */
export async function rangesOf(
  workspace: string,
  expiry: string,
  limit: number,
): Promise<[number, number][]> {
  return reading(workspace, async (client) => {
    const { rows } = await client.query<{ first: string; last: string }>(
      `SELECT first, last FROM expired_ranges WHERE workspace_id = $1 AND expiry = $2 ORDER BY first LIMIT $3`,
      [workspace, expiry, limit],
    );
    return rows.map(({ first, last }) => [Number(first), Number(last)]);
  });
}

/** Events that are kept, by month and class. */
export interface Stored {
  month: string;
  class: RetentionClass;
  events: number;
}

export async function storedByMonth(workspace: string): Promise<Stored[]> {
  return reading(workspace, (client) => counted(client, workspace, '-infinity'));
}

async function counted(client: PoolClient, workspace: string, since: string): Promise<Stored[]> {
  const { rows } = await client.query<{ month: string; class: RetentionClass; events: string }>(
    `SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, retention_class(value) AS class, sum(n) AS events
       FROM event_counts
      WHERE workspace_id = $1 AND span = 24 AND dim = 'type' AND at >= $2::timestamptz
      GROUP BY 1, 2 ORDER BY 1, 2`,
    [workspace, since],
  );
  return rows.map((row) => ({ ...row, events: Number(row.events) }));
}

/** What an event takes where nothing has been measured. */
const USUAL_BYTES = 2_500;

/** The measure of a forecast: what is kept, what came in the last 30 days, and an event's bytes. */
export async function readUsage(workspace: string, since: Date) {
  return reading(workspace, async (client) => {
    const { rows } = await client.query<{ bytes: number | null }>(
      'SELECT trail_event_bytes() AS bytes',
    );
    const recent = await counted(client, workspace, since.toISOString());
    const sum = (stored: readonly Stored[], name: string) =>
      stored.reduce((total, one) => (one.class === name ? total + one.events : total), 0);
    return {
      eventBytes: Math.round(rows[0]?.bytes ?? USUAL_BYTES),
      stored: await counted(client, workspace, '-infinity'),
      recent: new Map(retentionClasses.map((name) => [name, sum(recent, name)])),
    };
  });
}
