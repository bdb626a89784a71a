import type { z } from 'zod';
import { Prisma, type Tx } from '@/lib/infra/db';
import { agentsOf } from './repo';
import type { NamedRate, Proposal, Rate, ReadRates, ReviewSettings } from './schema';
import { type Cell, estimate } from './weighted';

/** The verdicts on one stratum of one day that are of one day, agent, action type or permission. */
interface Counted extends Cell {
  unsure: number;
}

const keys = {
  all: Prisma.sql`''::text`,
  day: Prisma.sql`to_char(s.day, 'YYYY-MM-DD')`,
  agent: Prisma.sql`s.agent_id`,
  action_type: Prisma.sql`s.type`,
  permission: Prisma.sql`s.permissions[1]`,
};

/**
 * Only what the daily draw chose: an extra sample, or one that must be looked at, says nothing of
 * the rest. A day without strata is one, as a draw without a minimum is: each action was as likely.
 */
async function ratesBy(
  tx: Tx,
  by: keyof typeof keys,
  {
    days,
    agent,
    action_type: type,
  }: Pick<z.output<typeof ReadRates>, 'days'> & Partial<z.output<typeof ReadRates>>,
): Promise<Map<string, Rate>> {
  const rows = await tx.$queryRaw<(Counted & { key: string | null })[]>`
    WITH given AS (
      SELECT s.day, s.stratum, s.verdict, a.agent_id, a.type, a.permissions
        FROM samples s JOIN actions a ON a.id = s.action_id
       WHERE s.origin = 'daily' AND s.verdict IS NOT NULL AND s.day > current_date - ${days}::int
    ), strata AS (
      SELECT g.day, g.stratum, count(*) FILTER (WHERE g.verdict <> 'unsure') AS reviewed
        FROM given g GROUP BY g.day, g.stratum
    )
    SELECT ${keys[by]} AS key, n.reviewed::int AS reviewed,
           coalesce(t.size, d.population, n.reviewed)::int AS size,
           count(*) FILTER (WHERE s.verdict = 'correct')::int AS correct,
           count(*) FILTER (WHERE s.verdict = 'wrong')::int AS wrong,
           count(*) FILTER (WHERE s.verdict = 'unsure')::int AS unsure
      FROM given s
      JOIN strata n ON n.day = s.day AND n.stratum IS NOT DISTINCT FROM s.stratum
      LEFT JOIN sample_strata t ON t.day = s.day AND t.stratum = s.stratum
      LEFT JOIN sample_days d ON d.day = s.day
     WHERE (${agent ?? null}::text IS NULL OR s.agent_id = ${agent ?? null})
       AND (${type ?? null}::text IS NULL OR s.type = ${type ?? null})
     GROUP BY 1, s.day, s.stratum, n.reviewed, t.size, d.population`;
  const cells = new Map<string, Counted[]>();
  for (const { key, ...row } of rows) {
    // A policy by hand allowed it: it is of no permission.
    if (key === null) continue;
    const known = cells.get(key);
    if (known) known.push(row);
    else cells.set(key, [row]);
  }
  return new Map([...cells].map(([key, of]) => [key, rateOf(of)]));
}

/** Those that nobody is sure of count for neither. */
function rateOf(cells: readonly Counted[]): Rate {
  const sum = (of: 'correct' | 'wrong' | 'unsure') =>
    cells.reduce((total, cell) => total + cell[of], 0);
  const { high, low, population, rate } = estimate(cells);
  const wrong = sum('wrong');
  return {
    rate,
    ...{ reviewed: sum('correct') + wrong, wrong, unsure: sum('unsure') },
    population: Math.round(population),
    low,
    high,
  };
}

type Asked = z.output<typeof ReadRates>;

export async function rateOfAll(tx: Tx, input: Asked): Promise<Rate> {
  return (await ratesBy(tx, 'all', input)).get('') ?? rateOf([]);
}

export async function ratesByDay(tx: Tx, input: Asked) {
  const rates = [...(await ratesBy(tx, 'day', input))];
  return rates
    .map(([day, rate]) => ({ day, ...rate }))
    .toSorted((a, b) => (a.day < b.day ? -1 : 1));
}

const SHOWN = 200;

/** Where most is wrong comes first. */
function worstFirst(rates: NamedRate[]): NamedRate[] {
  return rates
    .toSorted((a, b) => (b.rate ?? -1) - (a.rate ?? -1) || (a.name < b.name ? -1 : 1))
    .slice(0, SHOWN);
}

export async function ratesByAgent(tx: Tx, input: Asked): Promise<NamedRate[]> {
  const rates = await ratesBy(tx, 'agent', input);
  const agents = await agentsOf(tx, [...rates.keys()]);
  return worstFirst(
    [...rates].map(([key, rate]) => ({ key, name: agents.get(key)?.name ?? key, ...rate })),
  );
}

export async function ratesByActionType(tx: Tx, input: Asked): Promise<NamedRate[]> {
  const rates = await ratesBy(tx, 'action_type', input);
  return worstFirst([...rates].map(([key, rate]) => ({ key, name: key, ...rate })));
}

/** Over this long the evidence for another tier is gathered. */
const EVIDENCE_DAYS = 90;

/**
 * Permissions whose verdicts are strong enough evidence for another tier: surely more wrong than
 * one limit, or surely less than the other. Nothing is moved by that; a person may draft it.
 */
export async function findProposals(tx: Tx, settings: ReviewSettings): Promise<Proposal[]> {
  const rates = await ratesBy(tx, 'permission', { days: EVIDENCE_DAYS });
  const rows = await tx.$queryRaw<{ permission: string; role: string; action_type: string }[]>`
    SELECT p.id AS permission, r.name AS role, t.key AS action_type
      FROM permissions p
      JOIN roles r ON r.id = p.role_id AND r.state = 'active'
      JOIN action_types t ON t.id = p.action_type_id AND t.state = 'active'
     WHERE p.id = ANY (${[...rates.keys()]}::text[])
       AND (p.tier = 2 OR (p.ladder IS NOT NULL AND p.ladder <> 'null'::jsonb
                           AND (p.ladder ->> 'supervised')::float8 > (p.ladder ->> 'autonomous')::float8))
     ORDER BY p.id`;
  const found = rows.flatMap((about) => {
    const rate = rates.get(about.permission);
    const move = rate && moveFor(rate, settings);
    return move ? [{ ...about, ...rate, move, why: whyOf(rate, move, settings) }] : [];
  });
  return found.toSorted((a, b) => b.wrong - a.wrong);
}

/** By the interval of the weighted rate, so that what is looked at most does not decide it. */
export function moveFor(
  rate: Pick<Rate, 'high' | 'low' | 'reviewed'>,
  settings: Pick<ReviewSettings, 'enough' | 'lowerBelow' | 'raiseAbove'>,
): Proposal['move'] | undefined {
  if (rate.low > settings.raiseAbove) return 'raise';
  if (rate.reviewed >= settings.enough && rate.high < settings.lowerBelow) return 'lower';
  return undefined;
}

function whyOf(
  { high, low, population, reviewed: of, wrong }: Rate,
  move: Proposal['move'],
  set: ReviewSettings,
) {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const stand =
    population > of ? `, which stand for ${population.toLocaleString('en-US')} that ran` : '';
  const seen = `${wrong} of ${of} reviewed actions were wrong in ${EVIDENCE_DAYS} days${stand}`;
  return move === 'raise'
    ? `${seen}; with 95 % confidence at least ${percent(low)} are, above ${percent(set.raiseAbove)}.`
    : `${seen}; with 95 % confidence at most ${percent(high)} are, below ${percent(set.lowerBelow)}.`;
}
