import { inWorkspace, type Tx } from '@/lib/infra/db';
import { encodeCursor } from '@/lib/kernel/page';
import { findItems, itemKey, type ItemRow } from './items';
import { namesOf } from './repo';
import { Granted } from './schema';

const CHUNK = 500;

/** With these a cell begins that a spreadsheet may run, also in the wide forms of Asian keyboards. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** One item as evidence: who decided what about what, when and why, and what became of it. */
type Evidence = Record<string, string | number | null>;

function evidenceOf(row: ItemRow, names: Map<string, string>): Evidence {
  const { words, actionType } = Granted.parse(row.granted);
  const named = (id: string | null) => (id === null ? null : (names.get(id) ?? id));
  return {
    item: row.id,
    agent: row.agentName,
    agent_id: row.agentId,
    role: row.roleName,
    role_id: row.roleId,
    action_type: actionType?.key ?? null,
    permission_id: row.permissionId,
    granted: words.join('; '),
    reviewer: named(row.reviewerId),
    reviewer_id: row.reviewerId,
    escalation: row.escalation,
    decision: row.decision,
    reason: row.reason,
    decided_by: named(row.decidedBy),
    decided_by_id: row.decidedBy,
    decided_at: row.decidedAt?.toISOString() ?? null,
    effect: row.effect,
    settled_by: named(row.settledBy),
    settled_by_id: row.settledBy,
    settled_at: row.settledAt?.toISOString() ?? null,
    settled_reason: row.settledReason,
  };
}

interface Chunk {
  rows: Evidence[];
  next: string | null;
}

async function chunkOf(tx: Tx, id: string, cursor: string | undefined): Promise<Chunk> {
  const found = await findItems(tx, { id, limit: CHUNK, cursor });
  const shown = found.slice(0, CHUNK);
  const names = await namesOf(
    tx,
    shown.flatMap((row) => [row.reviewerId, row.decidedBy, row.settledBy]),
  );
  const last = shown.at(-1);
  return {
    rows: shown.map((row) => evidenceOf(row, names)),
    next: found.length > CHUNK && last ? encodeCursor(itemKey(last)) : null,
  };
}

export type Format = 'csv' | 'json';

/** RFC 4180 with a header, or one JSON document; read and written as the reader takes it. */
export async function* evidence(
  workspace: string,
  id: string,
  format: Format,
  campaign: object,
): AsyncGenerator<string> {
  let cursor: string | undefined;
  let first = true;
  do {
    const at = cursor;
    const chunk = await inWorkspace(workspace, (tx) => chunkOf(tx, id, at), { readOnly: true });
    if (first && format === 'json') yield `{"campaign":${JSON.stringify(campaign)},"items":[`;
    if (first && format === 'csv') yield line(Object.keys(chunk.rows[0] ?? {}));
    yield format === 'csv'
      ? chunk.rows.map((row) => line(Object.values(row))).join('')
      : `${first ? '' : ','}${chunk.rows.map((row) => JSON.stringify(row)).join(',')}`;
    first = false;
    cursor = chunk.next ?? undefined;
  } while (cursor !== undefined);
  if (format === 'json') yield ']}';
}

function line(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

function cell(value: string | number | null): string {
  const text = String(value ?? '');
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
