import type { AttributeType, Clause, Condition } from '../condition';

type Kind = Clause['on'];
type Simple = Exclude<Clause, { on: 'any' }>;

/** A clause of a kind to begin with, which the form then completes. */
export function newClause(
  kind: Exclude<Kind, 'any'>,
  parameters: Record<string, AttributeType>,
): Simple {
  // What is most often asked: that a parameter is what the session is bound to.
  const named = Object.keys(parameters).find((name) => parameters[name] === 'text');
  const left = named ? `parameters.${named}` : 'agent.environment';
  switch (kind) {
    case 'compare':
      return named
        ? { on: kind, left, is: '==', right: { attribute: `session.${named}` } }
        : { on: kind, left, is: '==', right: 'production' };
    case 'one_of':
      return { on: kind, left, values: [''] };
    case 'like':
      return { on: kind, left, pattern: '' };
    case 'has':
      return { on: kind, left };
    case 'time':
      return {
        on: kind,
        days: ['mon', 'tue', 'wed', 'thu', 'fri'],
        from: '08:00',
        to: '18:00',
        zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      };
    case 'network':
      return { on: kind, ranges: [''] };
    case 'classification':
      return { on: kind, atMost: 'Internal' };
  }
}

/** What was typed for a value, as the value it means: a number or true and false where it is one. */
export function valueOf(text: string, type: 'text' | 'number' | 'boolean' | undefined) {
  if (type === 'number')
    return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
  if (type === 'boolean') return text === 'true';
  return text;
}

/** The first message about a clause, wherever in it the fault is. */
export function clauseError(errors: Record<string, string>, index: number): string | undefined {
  const at = `condition.${index}`;
  return Object.entries(errors).find(([field]) => field === at || field.startsWith(`${at}.`))?.[1];
}

export function replaced(condition: Condition, index: number, clause: Clause): Condition {
  return condition.map((one, at) => (at === index ? clause : one));
}
