import { type Client, inTenant, type Pool } from '@/lib/infra/pg';
import { plainAddress } from '@/lib/kernel/address';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { permissionWords } from '@/lib/domains/access/server';
import { policyOf } from '../cedar/by-hand';
import { Limits, type Only } from '../limits';
import type { Question as Asked } from '../pipeline/decide';
import { currentParts } from '../replay/parts';
import type { Session } from '../sessions';
import { buildSnapshot, type Snapshot } from '../snapshot/snapshot';
import { explain } from './explain';
import { readRecorded, type RecordedRow, versionAt, versionsSince } from './rows';
import { type KeptResult, Question } from './schema';

const KEPT_MS = 86_400_000;

/** Answers one question; what was asked a day ago is forgotten. Safe to run twice. */
export async function runExplanation(pool: Pool, ctx: Context, id: string): Promise<void> {
  const tenant = <T>(work: (client: Client) => Promise<T>) => inTenant(pool, ctx.workspace, work);
  try {
    await tenant(async (client) => {
      const { rows } = await client.query<{ question: unknown }>(
        `SELECT question FROM explanations WHERE id = $1 AND status = 'queued'`,
        [id],
      );
      if (!rows[0]) return;
      const result = await answer(client, Question.parse(rows[0].question));
      await client.query(
        `UPDATE explanations SET status = 'done', result = $2, finished_at = $3
          WHERE id = $1 AND status = 'queued'`,
        [id, JSON.stringify(result), clock.now()],
      );
      const old = new Date(clock.now().getTime() - KEPT_MS);
      await client.query('DELETE FROM explanations WHERE created_at < $1', [old]);
    });
  } catch (error) {
    await tenant((client) =>
      client.query(
        `UPDATE explanations SET status = 'failed', error = $2, finished_at = $3
          WHERE id = $1 AND status = 'queued'`,
        [id, 'It could not be explained. Ask again.', clock.now()],
      ),
    );
    throw error;
  }
}

interface Ground {
  client: Client;
  snapshot: Snapshot;
  roleNames: ReadonlyMap<string, string>;
}

async function answer(client: Client, question: Question): Promise<KeptResult> {
  const parts = await currentParts(client);
  const ground = { client, snapshot: buildSnapshot(parts), roleNames: parts.roleNames };
  return 'action' in question ? ofRecorded(ground, question.action) : madeUp(ground, question);
}

async function ofRecorded(ground: Ground, id: string): Promise<KeptResult> {
  const row = await readRecorded(ground.client, id);
  if (!row) return { recorded: null, now: null, unavailable: gone, same: null, versions: [] };
  const { snapshot, roleNames, client } = ground;
  const agent = snapshot.agents.get(row.agent_id);
  const recorded = {
    ...recordedOf(row, ground),
    version: await versionAt(client, row.created_at),
  };
  const versions = await versionsSince(client, row.created_at, {
    agent: agent?.name ?? '',
    actionType: row.type,
    roles: [...(agent?.roles ?? [])].flatMap((role) => roleNames.get(role) ?? []),
  });
  if (!agent || row.erased) {
    return { recorded, now: null, unavailable: agent ? erased : gone, same: null, versions };
  }
  const at = row.created_at;
  const limits = await limitsOf(client, at, { agent: agent.id, before: { id, at } });
  const now = explained(
    ground,
    {
      ...{ snapshot, agent, limits, user: row.on_behalf_of, address: row.address },
      session: sessionOf(snapshot, agent.id, row.session_id, row.attributes),
      request: requestOf(row.session_id, row.type, row.parameters),
      now: at.getTime(),
    },
    'The session is its own, as it was then.',
  );
  const same = recorded.decision === now.decision && recorded.tier === now.tier;
  return { recorded, now, unavailable: '', same, versions };
}

const gone = 'The action or its agent is not there any more.';
const erased = 'Its parameters are erased, so it cannot be decided anew.';

async function madeUp(
  ground: Ground,
  question: Exclude<Question, { action: string }>,
): Promise<KeptResult> {
  const { snapshot, client } = ground;
  const agent = snapshot.agents.get(question.agent);
  const none = { recorded: null, same: null, versions: [] };
  if (!agent) return { ...none, now: null, unavailable: gone };
  const at = question.at ? new Date(question.at) : clock.now();
  const limits = await limitsOf(client, at, { agent: agent.id, before: { id: '', at } });
  const { parameters = {}, session = {}, actionType, user = null, address } = question;
  const asked: Asked = {
    ...{ snapshot, agent, limits, user, now: at.getTime() },
    address: address === undefined ? null : plainAddress(address),
    session: sessionOf(snapshot, agent.id, '', session),
    request: requestOf('', actionType, parameters),
  };
  const words = 'A session of its own with the attributes given is taken to be there.';
  return { ...none, now: explained(ground, asked, words), unavailable: '' };
}

function explained(
  { roleNames }: Ground,
  asked: Asked,
  session: string,
): NonNullable<KeptResult['now']> {
  return explain(asked, roleNames, session);
}

/** What had been counted against the agent's limits by then. */
async function limitsOf(client: Client, at: Date, only: Only): Promise<Limits> {
  const limits = new Limits();
  await limits.hydrate(client, at.getTime(), only);
  return limits;
}

function sessionOf(
  { workspace }: Snapshot,
  agentId: string,
  id: string,
  attributes: Record<string, unknown>,
): Session {
  return {
    ...{ id, workspace, agentId, attributes, initiator: {}, canary: '', ended: false },
    expiresAt: Number.POSITIVE_INFINITY,
  };
}

function requestOf(session: string, action: string, parameters: Record<string, unknown>) {
  return { session, action, parameters, summary: '', why: '', evidence: [], untrusted: [] };
}

function recordedOf(
  row: RecordedRow,
  { snapshot, roleNames }: Ground,
): Omit<NonNullable<KeptResult['recorded']>, 'version'> {
  return {
    ...{ action: row.id, decision: row.decision, tier: row.tier, status: row.status },
    reasons: row.reasons,
    permissions: row.permissions.map((id) => {
      const permission = snapshot.permissions.get(id);
      const policy = policyOf(id);
      if (policy !== undefined) return { id, role: null, words: `the Cedar policy ${policy}` };
      if (!permission) return { id, role: null, words: null };
      const role = permission.role_id;
      const words = permissionWords({ ...permission, action: row.type });
      return { id, role: { id: role, name: roleNames.get(role) ?? role }, words };
    }),
    policyVersion: row.policy_version,
    at: row.created_at.toISOString(),
  };
}
