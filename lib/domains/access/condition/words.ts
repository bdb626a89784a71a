import {
  type Attribute,
  type Clause,
  type Condition,
  isOther,
  type Literal,
  weekdays,
} from './schema';

const comparisons = {
  '==': 'is',
  '!=': 'is not',
  '<': 'is less than',
  '<=': 'is at most',
  '>': 'is more than',
  '>=': 'is at least',
} as const;

const days = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
} as const;

/** A clause as it is read aloud: "customer_id is the session's customer_id". */
export function clauseWords(clause: Clause): string {
  switch (clause.on) {
    case 'compare':
      return `${attributeWords(clause.left)} ${comparisons[clause.is]} ${
        isOther(clause.right) ? attributeWords(clause.right.attribute) : literalWords(clause.right)
      }`;
    case 'one_of':
      return `${attributeWords(clause.left)} is one of ${clause.values.map(literalWords).join(', ')}`;
    case 'like':
      return `${attributeWords(clause.left)} is like ${literalWords(clause.pattern)}`;
    case 'has':
      return `${attributeWords(clause.left)} is given`;
    case 'time':
      return `it is ${dayWords(clause.days)}, ${clause.from} to ${clause.to} in ${clause.zone}`;
    case 'network':
      return `the request comes from ${clause.ranges.join(' or ')}`;
    case 'classification':
      return `it touches no data above ${clause.atMost}`;
    case 'any':
      return clause.clauses.map(clauseWords).join(', or ');
  }
}

/** All of it in one sentence part; empty when it always holds. */
export function conditionWords(condition: Condition): string {
  return condition.map(clauseWords).join('; and ');
}

function attributeWords(attribute: Attribute): string {
  const [of = '', name = ''] = attribute.split('.');
  if (of === 'session') return `the session's ${name}`;
  if (of === 'agent') return `the agent's ${name}`;
  return of === 'user' ? 'the user acted for' : name;
}

function literalWords(value: Literal): string {
  return typeof value === 'string' ? `“${value}”` : String(value);
}

function dayWords(chosen: readonly (typeof weekdays)[number][]): string {
  const at = weekdays.map((day) => chosen.includes(day));
  if (at.every(Boolean)) return 'any day';
  const first = at.indexOf(true);
  const last = at.lastIndexOf(true);
  const unbroken = at.slice(first, last + 1).every(Boolean);
  const names = weekdays.filter((_, index) => at[index]).map((day) => days[day]);
  return unbroken && names.length > 2 ? `${names[0]} to ${names.at(-1)}` : names.join(' or ');
}
