import type { Part } from '@/lib/infra/clickhouse';
import type { Filters } from '../../schema';
import { valuesOf } from '../condition';
import type { Edge } from '../engine';
import { type Term, termsOf } from '../words';

/** Places of values, each of a type: `{p0:String}`. */
class Values {
  readonly all: Record<string, unknown> = {};
  #count = 0;

  add(type: string, value: unknown): string {
    const name = `p${this.#count}`;
    this.#count += 1;
    this.all[name] = value;
    return `{${name}:${type}}`;
  }

  instant(iso: string): string {
    return `fromUnixTimestamp64Milli(${this.add('Int64', Date.parse(iso))}, 'UTC')`;
  }
}

const exactly = ['agent', 'action_type', 'outcome', 'classification'] as const;
const columnOf = {
  agent: 'agent_id',
  action_type: 'action_type',
  outcome: 'outcome',
  classification: 'classification',
} as const;

/**
 * What a search asks of the rows before `position`, which are all there; the workspace is
 * added by whoever asks ClickHouse. Means the same as conditionOf of ../condition.ts.
 */
export function copyCondition(filters: Filters, position: number, edge?: Edge): Part {
  const values = new Values();
  const parts = [`idx < ${values.add('UInt64', position)}`];
  const any = (column: string, given: string[]) =>
    `has(${values.add('Array(String)', given)}, ${column})`;
  for (const name of exactly) {
    const given = filters[name];
    if (given !== undefined) parts.push(any(`toString(${columnOf[name]})`, valuesOf(given)));
  }
  if (filters.type !== undefined) {
    const given = valuesOf(filters.type);
    const kinds = given.filter((type) => type.endsWith('.*'));
    const begins = kinds.map(
      (kind) => `startsWith(type, ${values.add('String', kind.slice(0, -1))})`,
    );
    parts.push(either([any('toString(type)', given), ...begins]));
  }
  if (filters.actor !== undefined) {
    const given = valuesOf(filters.actor);
    parts.push(either([any('actor_id', given), any('on_behalf_of', given)]));
  }
  if (filters.tier !== undefined) {
    const tiers = valuesOf(filters.tier).map(Number);
    parts.push(`has(${values.add('Array(Int16)', tiers)}, tier)`);
  }
  if (filters.session !== undefined) {
    parts.push(`session_id = ${values.add('String', filters.session)}`);
  }
  if (filters.action !== undefined) {
    parts.push(`action_id = ${values.add('String', filters.action)}`);
  }
  if (filters.from !== undefined) parts.push(`time >= ${values.instant(filters.from)}`);
  if (filters.to !== undefined) parts.push(`time < ${values.instant(filters.to)}`);
  if (filters.q !== undefined) {
    for (const term of termsOf(filters.q, filters.hashed)) parts.push(said(term, values));
  }
  if (edge !== undefined) {
    const sign = edge.side === 'older' ? '<' : '>';
    const key = `(${values.instant(edge.time)}, ${values.add('UInt64', edge.index)})`;
    // Said of the time alone too, which leads to the right parts.
    parts.push(`time ${sign}= ${values.instant(edge.time)}`, `(time, idx) ${sign} ${key}`);
  }
  return { sql: parts.join(' AND '), values: values.all };
}

const either = (parts: string[]): string => `(${parts.join(' OR ')})`;

function said({ not, words, prefix, hashed }: Term, values: Values): string {
  const whole = prefix ? words.slice(0, -1) : words;
  const parts: string[] = [];
  if (hashed.length > 0) {
    parts.push(`hasAnyTokens(words, ${values.add('Array(String)', [...words, ...hashed])})`);
  } else {
    if (whole.length > 0) {
      parts.push(`hasAllTokens(words, ${values.add('Array(String)', [...new Set(whole)])})`);
    }
    if (prefix || words.length > 1) {
      const text = ` ${words.join(' ')}${prefix ? '' : ' '}`;
      parts.push(`position(said, ${values.add('String', text)}) > 0`);
    }
  }
  return `${not ? 'NOT ' : ''}(${parts.join(' AND ')})`;
}
