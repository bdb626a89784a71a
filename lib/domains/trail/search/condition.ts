import type { Filters } from '../schema';
import { bothOf, lexeme, pairs, quoted } from './lexemes';
import { textQuery } from './words';

interface Condition {
  sql: string;
  values: unknown[];
}

/** Values of one filter: `hold,deny` is either. */
export const valuesOf = (given: string): string[] => given.split(',');

/** Each filter that is a column: its SQL for a place that holds an array. */
const columns = {
  type: (p: string) => `type = ANY (${p}::text[])`,
  agent: (p: string) => `agent_id = ANY (${p}::text[])`,
  action_type: (p: string) => `action_type = ANY (${p}::text[])`,
  actor: (p: string) => `(actor_id = ANY (${p}::text[]) OR on_behalf_of = ANY (${p}::text[]))`,
  outcome: (p: string) => `outcome = ANY (${p}::text[])`,
  tier: (p: string) => `tier = ANY (${p}::smallint[])`,
  classification: (p: string) => `classification = ANY (${p}::text[])`,
} as const;
type Column = keyof typeof columns;
const names = Object.keys(columns) as Column[];

/**
 * The `where` of a search, as columns and words say it. The workspace is the row-level
 * policy's affair and said once more for the planner.
 */
export function conditionOf(workspace: string, filters: Filters): Condition {
  const parts: string[] = [];
  const values: unknown[] = [];
  const add = (value: unknown, sql: (place: string) => string) => {
    values.push(value);
    parts.push(sql(`$${values.length}`));
  };
  add(workspace, (p) => `workspace_id = ${p}`);
  // Compared first: it costs less than looking into the words.
  for (const name of names) {
    const given = filters[name];
    if (given === undefined) continue;
    const [kinds, exact] = split(name, valuesOf(given));
    if (kinds.length === 0) add(exact, columns[name]);
    else {
      add(exact, (p) => {
        const begin = kinds.map((kind) => {
          values.push(kind.slice(0, -1));
          return `starts_with(type, $${values.length})`;
        });
        return `(${[columns[name](p), ...begin].join(' OR ')})`;
      });
    }
  }
  if (filters.session !== undefined) add(filters.session, (p) => `session_id = ${p}`);
  if (filters.action !== undefined) add(filters.action, (p) => `action_id = ${p}`);
  if (filters.from !== undefined) add(filters.from, (p) => `time >= ${p}::timestamptz`);
  if (filters.to !== undefined) add(filters.to, (p) => `time < ${p}::timestamptz`);
  const words = filters.q === undefined ? undefined : textQuery(filters.q, filters.hashed);
  if (words !== undefined) add(words, (p) => `search @@ ${p}::tsquery`);
  return { sql: parts.join(' AND '), values };
}

/** `action.*` is every type that begins so. */
function split(name: Column, values: string[]): [kinds: string[], exact: string[]] {
  const kinds = name === 'type' ? values.filter((value) => value.endsWith('.*')) : [];
  return [kinds, values.filter((value) => !kinds.includes(value))];
}

export interface Given {
  name: Column;
  values: string[];
}

/** A filter or a pair of them, and as a tsquery over lexemes, in its text form. */
export interface Narrowed {
  given: Given[];
  query: string;
}

/** A pair of more combinations is looked up one filter beside the other. */
const MOST_PAIRS = 6;

export function narrowedBy(filters: Filters): Narrowed[] {
  const paired: Narrowed[] = [];
  let single = names.flatMap((name): Given[] => {
    const given = filters[name];
    return given === undefined ? [] : [{ name, values: valuesOf(given) }];
  });
  for (const pair of pairs) {
    const given = pair.flatMap((name) => single.filter((each) => each.name === name));
    const [one, other] = given;
    if (!one || !other || one.values.length * other.values.length > MOST_PAIRS) continue;
    const both = one.values.flatMap((a) => other.values.map((b) => bothOf(a, b) ?? ''));
    paired.push({ given, query: anyOf(both.map((value) => lexeme('both', value))) });
    single = single.filter((each) => !given.includes(each));
  }
  const alone = single.map((each) => ({
    given: [each],
    query: anyOf(each.values.map((value) => lexeme(each.name, value))),
  }));
  return [...paired, ...alone];
}

export function anyOf(lexemes: readonly string[]): string {
  return `(${lexemes.map(quoted).join(' | ')})`;
}
