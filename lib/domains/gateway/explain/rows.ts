import type { ChangeView } from '@/lib/domains/access/server';
import type { Client } from '@/lib/infra/pg';
import type { ActionRow } from '../action';

export type RecordedRow = Pick<
  ActionRow,
  | 'id'
  | 'agent_id'
  | 'session_id'
  | 'on_behalf_of'
  | 'type'
  | 'parameters'
  | 'summary'
  | 'decision'
  | 'tier'
  | 'status'
  | 'reasons'
  | 'permissions'
  | 'policy_version'
  | 'address'
  | 'created_at'
> & { attributes: Record<string, unknown>; erased: boolean };

/** What waits among the held is explained like them, planted or not. */
export async function readRecorded(client: Client, id: string): Promise<RecordedRow | undefined> {
  await client.query(`SELECT set_config('countersign.planted', 'on', true)`);
  const { rows } = await client.query<RecordedRow>(
    `SELECT a.id, a.agent_id, a.session_id, a.on_behalf_of, a.type, a.parameters, a.summary, a.decision,
            a.tier, a.status, a.reasons, a.permissions, a.policy_version, a.address, a.created_at,
            s.attributes, a.parameters::text = '{"erased":true}' AS erased
       FROM actions a JOIN sessions s ON s.id = a.session_id WHERE a.id = $1`,
    [id],
  );
  await client.query(`SELECT set_config('countersign.planted', '', true)`);
  return rows[0];
}

interface VersionRow {
  id: string;
  number: number;
  created_at: Date;
  changes: ChangeView[];
}

const MOST_VERSIONS = 500;

/**
 * The version of the policies that was the last one at a moment; none where there was none yet.
 * A decision of the same few milliseconds may rest on the one before: `policy_version` of the
 * action is what it did rest on.
 */
export async function versionAt(
  client: Client,
  at: Date,
): Promise<{ id: string; number: number } | null> {
  const { rows } = await client.query<{ id: string; number: number }>(
    `SELECT id, number FROM policy_versions WHERE created_at <= $1 ORDER BY number DESC LIMIT 1`,
    [at],
  );
  return rows[0] ?? null;
}

/** Versions since a moment, with those of their changes that speak of an agent and an action type. */
export async function versionsSince(
  client: Client,
  since: Date,
  of: { agent: string; actionType: string; roles: readonly string[] },
) {
  const { rows } = await client.query<VersionRow>(
    `SELECT id, number, created_at, changes FROM policy_versions WHERE created_at > $1
      ORDER BY number LIMIT $2`,
    [since, MOST_VERSIONS],
  );
  const concerns = ({ path }: ChangeView) => {
    const [kind, name = '', part] = path.split('/');
    if (kind === 'floors') return true;
    if (kind === 'action types') return name === of.actionType;
    if (kind === 'agents') return name === of.agent;
    return (
      kind === 'roles' && (part === undefined ? of.roles.includes(name) : part === of.actionType)
    );
  };
  return rows.flatMap(({ id, number, created_at: at, changes }) => {
    const told = changes.filter(concerns).map(({ words }) => words);
    return told.length === 0 ? [] : [{ id, number, at: at.toISOString(), changes: told }];
  });
}
