/**
 * What an event can be narrowed by, as lexemes beside its words: `=outcome=hold`. Words are
 * letters and digits only, so none can be mistaken for one of these, nor be the beginning of
 * one. With them a word and any filters are one intersection in one index. Hours and days are
 * among them, so that the index reads only the stretch of time that is asked for.
 *
 * A lexeme may stand for several values (long ids are cut); whoever looks one up compares
 * the columns too.
 */

export interface Narrowing {
  workspace: string;
  /** ISO 8601, UTC. */
  time: string;
  type: string;
  actorId: string;
  onBehalfOf: string | null;
  agent: string | null;
  actionType: string | null;
  outcome: string | null;
  tier: number | null;
  classification: string | null;
}

export function lexemesOf(event: Narrowing): string[] {
  const given: [string, string | number | null][] = [
    ['workspace', event.workspace],
    ['hour', hourOf(event.time)],
    ['day', dayOf(event.time)],
    ['type', event.type],
    ...kindsOf(event.type).map((kind): [string, string] => ['type', kind]),
    ['actor', event.actorId],
    ['actor', event.onBehalfOf],
    ['agent', event.agent],
    ['action_type', event.actionType],
    ['outcome', event.outcome],
    ['tier', event.tier],
    ['classification', event.classification],
    ['both', bothOf(event.agent, event.actionType)],
    ['both', bothOf(event.outcome, event.tier)],
  ];
  return [
    ...new Set(
      given.flatMap(([name, value]) => (value === null ? [] : [lexeme(name, String(value))])),
    ),
  ];
}

/** Of any four filters that many events have each, two are a pair: an agent and an action type, or an outcome and a tier. */
export const pairs = [
  ['agent', 'action_type'],
  ['outcome', 'tier'],
] as const;

const HALF = 8;

/** One lexeme of two filters, whose list is as short as their intersection. */
export function bothOf(one: string | null, other: string | number | null): string | null {
  if (one === null || other === null) return null;
  return `${[...one].slice(-HALF).join('')}+${other}`;
}

/** Ids end in what is random in them; the rest of a long one would only make the index larger. */
const LONGEST_ID = 24;
const KEPT = 16;
const cut = new Set(['workspace', 'actor', 'agent']);

export function lexeme(name: string, value: string): string {
  const letters = cut.has(name) ? [...value] : [];
  return `=${name}=${letters.length > LONGEST_ID ? letters.slice(-KEPT).join('') : value}`;
}

/** `2026112408`, of an instant in UTC. */
export function hourOf(time: string): string {
  return time.slice(0, 13).replaceAll(/\D/g, '');
}

export function dayOf(time: string): string {
  return hourOf(time).slice(0, 8);
}

/** `a.b.c` is one of `a.*` and of `a.b.*`. */
function kindsOf(type: string): string[] {
  const parts = type.split('.');
  return parts.slice(1).map((_, at) => `${parts.slice(0, at + 1).join('.')}.*`);
}

/** In the text form of a tsvector or tsquery. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
