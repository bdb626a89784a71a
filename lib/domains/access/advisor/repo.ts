import { Prisma, type Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { decodeCursor } from '@/lib/kernel/page';
import { invalid, notFound } from '@/lib/kernel/problem';
import type { NewFinding } from './ground';
import type { Look } from './schema';

export type LookRow = Prisma.AdvisorLookGetPayload<object>;

const CHUNK = 2_000;

export function latestLook(tx: Tx): Promise<LookRow | null> {
  return tx.advisorLook.findFirst({ orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] });
}

/** The last that ended with findings. */
export function shownLook(tx: Tx): Promise<LookRow | null> {
  return tx.advisorLook.findFirst({
    where: { status: 'done' },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  });
}

export async function beginLook(
  tx: Tx,
  look: { workspaceId: string; days: number; startedBy: string },
): Promise<LookRow> {
  return tx.advisorLook.create({ data: { ...look, id: newId('alk'), createdAt: clock.now() } });
}

/** Moves a look on if it is still under way; false when it was cancelled, or is done already. */
export async function moveLook(
  tx: Tx,
  id: string,
  data: Prisma.AdvisorLookUpdateManyMutationInput,
): Promise<boolean> {
  const { count } = await tx.advisorLook.updateMany({
    where: { id, status: { in: ['queued', 'running'] } },
    data,
  });
  return count === 1;
}

/** Ends whatever is under way; how many that were. */
export async function endLooks(tx: Tx, status: 'cancelled' | 'failed', before?: Date) {
  const { count } = await tx.advisorLook.updateMany({
    where: {
      status: { in: ['queued', 'running'] },
      ...(before ? { createdAt: { lt: before } } : {}),
    },
    data: { status, finishedAt: clock.now() },
  });
  return count;
}

/** Puts a look's findings in the place of those before. */
export async function replaceFindings(
  tx: Tx,
  workspaceId: string,
  lookId: string,
  findings: readonly NewFinding[],
): Promise<void> {
  await tx.advisorFinding.deleteMany({});
  for (let at = 0; at < findings.length; at += CHUNK) {
    const rows = findings.slice(at, at + CHUNK).map(({ key, roleId, agentId, weight, detail }) => ({
      ...{ id: newId('afd'), key, kind: detail.kind, role_id: roleId, agent_id: agentId },
      ...{ weight, detail },
    }));
    // Rows by the ten thousand, which one by one would take minutes.
    await tx.$executeRaw`
      INSERT INTO advisor_findings (id, workspace_id, look_id, key, kind, role_id, agent_id, weight, detail)
      SELECT id, ${workspaceId}, ${lookId}, key, kind, role_id, agent_id, weight, detail
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          AS f(id text, key text, kind text, role_id text, agent_id text, weight int, detail jsonb)`;
  }
}

export interface FindingRow {
  id: string;
  key: string;
  kind: string;
  weight: number;
  detail: unknown;
  role_id: string | null;
  role_name: string | null;
  agent_id: string | null;
  agent_name: string | null;
  reason: string | null;
  until: Date | null;
  dismissed_by: string | null;
  dismissed_at: Date | null;
}

const shownColumns = Prisma.sql`
  SELECT f.id, f.key, f.kind, f.weight, f.detail, f.role_id, r.name AS role_name, f.agent_id,
         a.name AS agent_name, d.reason, d.until, coalesce(m.name, d.dismissed_by) AS dismissed_by,
         d.dismissed_at
    FROM advisor_findings f
    LEFT JOIN roles r ON r.id = f.role_id
    LEFT JOIN agents a ON a.id = f.agent_id`;

/** A dismissal counts until its day. */
function dismissals(now: Date) {
  return Prisma.sql`LEFT JOIN advisor_dismissals d ON d.key = f.key AND d.until > ${now}
    LEFT JOIN members m ON m.id = d.dismissed_by`;
}

/** Its own, and those of the roles that it is in. */
function about(agent: string | undefined) {
  return agent === undefined
    ? Prisma.empty
    : Prisma.sql`AND (f.agent_id = ${agent} OR (f.agent_id IS NULL AND f.role_id IN
        (SELECT role_id FROM agent_roles WHERE agent_id = ${agent})))`;
}

/** Of one look, whose index gives them in their order. */
export function findFindings(
  tx: Tx,
  look: string,
  input: {
    cursor?: string | undefined;
    limit: number;
    kind?: string | undefined;
    agent?: string | undefined;
    dismissed: 'true' | 'false';
  },
): Promise<FindingRow[]> {
  const after = input.cursor === undefined ? undefined : cursorOf(input.cursor);
  return tx.$queryRaw<FindingRow[]>`${shownColumns} ${dismissals(clock.now())}
    WHERE f.look_id = ${look} AND d.key IS ${input.dismissed === 'true' ? Prisma.sql`NOT NULL` : Prisma.sql`NULL`}
      ${input.kind === undefined ? Prisma.empty : Prisma.sql`AND f.kind = ${input.kind}`}
      ${about(input.agent)}
      ${after ? Prisma.sql`AND (f.weight, f.id) < (${after.weight}, ${after.id})` : Prisma.empty}
    ORDER BY f.weight DESC, f.id DESC LIMIT ${input.limit + 1}`;
}

export function findingKey({ weight, id }: FindingRow): [string, string] {
  return [String(weight), id];
}

function cursorOf(cursor: string): { weight: number; id: string } {
  const [weight = '', id = ''] = decodeCursor(cursor, 2);
  if (/^\d{1,6}$/.test(weight)) return { weight: Number(weight), id };
  throw invalid([{ field: 'cursor', message: 'is not a cursor of this list; start without one' }]);
}

export async function loadFinding(tx: Tx, id: string): Promise<FindingRow> {
  const [row] = await tx.$queryRaw<FindingRow[]>`
    ${shownColumns} ${dismissals(clock.now())} WHERE f.id = ${id}`;
  if (!row) throw notFound('finding');
  return row;
}

/** How many there are of each kind, and how many are dismissed. */
export async function countFindings(tx: Tx) {
  return tx.$queryRaw<{ kind: string; open: number; dismissed: number }[]>`
    SELECT f.kind, (count(*) FILTER (WHERE d.key IS NULL))::int AS open, count(d.key)::int AS dismissed
      FROM advisor_findings f ${dismissals(clock.now())} GROUP BY f.kind`;
}

export function viewLook(row: LookRow): Look {
  return {
    id: row.id,
    days: row.days,
    status: row.status as Look['status'],
    ...{ done: row.done, total: row.total, error: row.error },
    since: row.since?.toISOString() ?? null,
    ...{ actions: row.actions, version: row.version },
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
