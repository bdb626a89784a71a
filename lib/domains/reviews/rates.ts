import type { z } from 'zod';
import { Prisma, type Tx } from '@/lib/infra/db';
import type { NamedRate, Proposal, Rate, ReadRates, ReviewSettings } from './schema';
import { wilson } from './wilson';

interface Counts {
  correct: number;
  wrong: number;
  unsure: number;
}

/** Those that nobody is sure of count for neither. */
export function rateOf({ correct, wrong, unsure }: Counts): Rate {
  const reviewed = correct + wrong;
  return { reviewed, wrong, unsure, ...wilson(wrong, reviewed) };
}

const counts = Prisma.sql`
  count(*) FILTER (WHERE s.verdict = 'correct')::int AS correct,
  count(*) FILTER (WHERE s.verdict = 'wrong')::int AS wrong,
  count(*) FILTER (WHERE s.verdict = 'unsure')::int AS unsure`;

/** Only what the daily draw chose: an extra sample, or one that must be looked at, says nothing of the rest. */
function reviewed({ days, agent, action_type: type }: z.output<typeof ReadRates>) {
  return Prisma.sql`
    FROM samples s JOIN actions a ON a.id = s.action_id
   WHERE s.origin = 'daily' AND s.verdict IS NOT NULL AND s.day > current_date - ${days}::int
     AND (${agent ?? null}::text IS NULL OR a.agent_id = ${agent ?? null})
     AND (${type ?? null}::text IS NULL OR a.type = ${type ?? null})`;
}

export async function ratesByDay(tx: Tx, input: z.output<typeof ReadRates>) {
  const rows = await tx.$queryRaw<(Counts & { day: string })[]>`
    SELECT to_char(s.day, 'YYYY-MM-DD') AS day, ${counts} ${reviewed(input)}
     GROUP BY s.day ORDER BY s.day`;
  return rows.map((row) => ({ day: row.day, ...rateOf(row) }));
}

export async function ratesByAgent(
  tx: Tx,
  input: z.output<typeof ReadRates>,
): Promise<NamedRate[]> {
  const rows = await tx.$queryRaw<(Counts & { key: string; name: string | null })[]>`
    SELECT r.*, g.name FROM (SELECT a.agent_id AS key, ${counts} ${reviewed(input)} GROUP BY a.agent_id) r
      LEFT JOIN agents g ON g.id = r.key ORDER BY r.wrong DESC, g.name LIMIT 200`;
  return rows.map((row) => ({ key: row.key, name: row.name ?? row.key, ...rateOf(row) }));
}

export async function ratesByActionType(
  tx: Tx,
  input: z.output<typeof ReadRates>,
): Promise<NamedRate[]> {
  const rows = await tx.$queryRaw<(Counts & { key: string })[]>`
    SELECT a.type AS key, ${counts} ${reviewed(input)} GROUP BY a.type ORDER BY wrong DESC, a.type LIMIT 200`;
  return rows.map((row) => ({ key: row.key, name: row.key, ...rateOf(row) }));
}

/** Over this long the evidence for another tier is gathered. */
const EVIDENCE_DAYS = 90;

/**
 * Permissions whose verdicts are strong enough evidence for another tier: surely more wrong than
 * one limit, or surely less than the other. Nothing is moved by that; a person may draft it.
 */
export async function findProposals(tx: Tx, settings: ReviewSettings): Promise<Proposal[]> {
  const rows = await tx.$queryRaw<
    (Counts & { permission: string; role: string; action_type: string })[]
  >`
    SELECT p.id AS permission, r.name AS role, t.key AS action_type, e.correct, e.wrong, e.unsure
      FROM (SELECT a.permissions[1] AS id, ${counts} ${reviewed({ days: EVIDENCE_DAYS })} GROUP BY a.permissions[1]) e
      JOIN permissions p ON p.id = e.id
      JOIN roles r ON r.id = p.role_id AND r.state = 'active'
      JOIN action_types t ON t.id = p.action_type_id AND t.state = 'active'
     WHERE p.tier = 2 OR (p.ladder IS NOT NULL AND p.ladder <> 'null'::jsonb
                          AND (p.ladder ->> 'supervised')::float8 > (p.ladder ->> 'autonomous')::float8)
     ORDER BY e.wrong DESC, p.id`;
  return rows.flatMap(({ permission, role, action_type, ...row }) => {
    const rate = rateOf(row);
    const move = moveFor(rate, settings);
    const about = { permission, role, action_type };
    return move ? [{ ...about, ...rate, move, why: whyOf(rate, move, settings) }] : [];
  });
}

export function moveFor(rate: Rate, settings: ReviewSettings): Proposal['move'] | undefined {
  if (rate.low > settings.raiseAbove) return 'raise';
  if (rate.reviewed >= settings.enough && rate.high < settings.lowerBelow) return 'lower';
  return undefined;
}

function whyOf(
  { high, low, reviewed: of, wrong }: Rate,
  move: Proposal['move'],
  set: ReviewSettings,
) {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const seen = `${wrong} of ${of} reviewed actions were wrong in ${EVIDENCE_DAYS} days`;
  return move === 'raise'
    ? `${seen}; with 95 % confidence at least ${percent(low)} are, above ${percent(set.raiseAbove)}.`
    : `${seen}; with 95 % confidence at most ${percent(high)} are, below ${percent(set.lowerBelow)}.`;
}
