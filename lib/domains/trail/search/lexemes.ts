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
  const found: string[] = [];
  add(found, 'workspace', event.workspace);
  add(found, 'hour', hourOf(event.time));
  add(found, 'day', dayOf(event.time));
  add(found, 'type', event.type);
  for (const kind of kindsOf(event.type)) add(found, 'type', kind);
  add(found, 'actor', event.actorId);
  add(found, 'actor', event.onBehalfOf);
  add(found, 'agent', event.agent);
  add(found, 'action_type', event.actionType);
  add(found, 'outcome', event.outcome);
  add(found, 'tier', event.tier);
  add(found, 'classification', event.classification);
  add(found, 'both', bothOf(event.agent, event.actionType));
  add(found, 'both', bothOf(event.outcome, event.tier));
  return found;
}

/** Each once. */
function add(found: string[], name: string, value: string | number | null): void {
  if (value === null) return;
  const one = lexeme(name, String(value));
  if (!found.includes(one)) found.push(one);
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
  return `${lastOf(one, HALF)}+${other}`;
}

/** Ids end in what is random in them; the rest of a long one would only make the index larger. */
const LONGEST_ID = 24;
const KEPT = 16;
const cut = new Set(['workspace', 'actor', 'agent']);

export function lexeme(name: string, value: string): string {
  return `=${name}=${cut.has(name) ? endOf(value) : value}`;
}

function endOf(value: string): string {
  return value.length > LONGEST_ID && lengthOf(value) > LONGEST_ID ? lastOf(value, KEPT) : value;
}

/** Characters and not halves of them, as PostgreSQL counts; ids have none that are in two halves. */
const HALVES = /[\ud800-\udfff]/;
const lengthOf = (text: string) => (HALVES.test(text) ? [...text].length : text.length);
const lastOf = (text: string, count: number) =>
  HALVES.test(text) ? [...text].slice(-count).join('') : text.slice(-count);

/** `2026112408`, of an instant in UTC. */
export function hourOf(time: string): string {
  return time.slice(0, 4) + time.slice(5, 7) + time.slice(8, 10) + time.slice(11, 13);
}

export function dayOf(time: string): string {
  return hourOf(time).slice(0, 8);
}

/** `a.b.c` is one of `a.*` and of `a.b.*`. */
function kindsOf(type: string): string[] {
  const kinds: string[] = [];
  for (let at = type.indexOf('.'); at >= 0; at = type.indexOf('.', at + 1)) {
    kinds.push(`${type.slice(0, at)}.*`);
  }
  return kinds;
}

/** In the text form of a tsvector or tsquery. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
