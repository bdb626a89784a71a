/**
 * Conditions as Cedar. Each clause first asks whether what it reads is there, so that nothing
 * errs: what is absent satisfies no clause.
 */
import { rank } from '@/lib/domains/classification';
import {
  type Attribute,
  type Condition,
  isOther,
  type SimpleClause,
  type Time,
  weekdays,
} from '../condition';
import { scaledThreshold } from '../scale';
import { pattern, quote } from './literal';

/** Attributes that a request can have at all. */
export type Known = { has: (attribute: Attribute) => boolean };

/** The expression that holds when all clauses do; empty when it always holds. */
export function conditionText(condition: Condition, types: Known): string {
  return condition
    .map((clause) =>
      clause.on === 'any'
        ? `(${clause.clauses.map((one) => clauseText(one, types)).join(' || ')})`
        : clauseText(clause, types),
    )
    .join(' && ');
}

/** Time zones whose clock the condition asks for. */
export function zonesOf(condition: Condition): string[] {
  return condition
    .flatMap((clause) => (clause.on === 'any' ? clause.clauses : [clause]))
    .flatMap((clause) => (clause.on === 'time' ? [clause.zone] : []));
}

function clauseText(clause: SimpleClause, types: Known): string {
  switch (clause.on) {
    case 'compare': {
      const { left, is, right } = clause;
      const value = isOther(right) ? access(right.attribute) : literal(right);
      const needed = isOther(right) ? [left, right.attribute] : [left];
      return all([...guards(needed), `${access(left)} ${is} ${value}`]);
    }
    case 'one_of':
      return all([
        ...guards([clause.left]),
        `[${clause.values.map(literal).join(', ')}].contains(${access(clause.left)})`,
      ]);
    case 'like':
      return all([
        ...guards([clause.left]),
        `${access(clause.left)} like ${pattern(clause.pattern)}`,
      ]);
    case 'has':
      return all(types.has(clause.left) ? [...guards([clause.left]), 'true'] : ['false']);
    case 'time':
      return timeText(clause);
    case 'network': {
      const inside = clause.ranges.map((range) => `context.address.isInRange(ip(${quote(range)}))`);
      return all([
        'context has address',
        inside.length > 1 ? `(${inside.join(' || ')})` : inside.join(),
      ]);
    }
    case 'classification':
      return all([`resource.classification <= ${rank(clause.atMost)}`]);
  }
}

/** A window that ends past midnight is open late on its days and early on the days after. */
function timeText({ days, from, to, zone }: Time): string {
  const at = `context.time[${quote(zone)}]`;
  const on = (shift: number) =>
    `[${days.map((day) => ((weekdays.indexOf(day) + shift) % 7) + 1).join(', ')}].contains(${at}.day)`;
  const [start, end] = [minutes(from), minutes(to)];
  if (start < end) return all([on(0), `${at}.minute >= ${start}`, `${at}.minute < ${end}`]);
  return `(${all([on(0), `${at}.minute >= ${start}`])} || ${all([on(1), `${at}.minute < ${end}`])})`;
}

function minutes(time: string): number {
  const [hours = 0, rest = 0] = time.split(':').map(Number);
  return hours * 60 + rest;
}

function all(parts: readonly string[]): string {
  return `(${parts.join(' && ')})`;
}

function access(attribute: Attribute): string {
  const [of, name = ''] = attribute.split('.');
  if (of === 'agent') return `principal.${name}`;
  return of === 'user' ? 'context.user.id' : `context.${of}[${quote(name)}]`;
}

function guards(attributes: readonly Attribute[]): string[] {
  return attributes.flatMap((attribute) => {
    const [of, name = ''] = attribute.split('.');
    if (of === 'agent') return [];
    return [of === 'user' ? 'context has user' : `context.${of} has ${quote(name)}`];
  });
}

function literal(value: string | number | boolean): string {
  if (typeof value === 'string') return quote(value);
  return String(typeof value === 'number' ? scaledThreshold(value) : value);
}
