/** A condition as a form holds it: what is typed stays text until it is sent. Pure. */
import {
  Attribute,
  type AttributeType,
  type Clause,
  type Condition,
  isOther,
  type Literal,
} from '../condition';
import { scaled } from '../scale';

type Kind = Clause['on'];
type Of<K extends Kind> = Extract<Clause, { on: K }>;
type Right = Of<'compare'>['right'];
type Parameters = Readonly<Record<string, AttributeType>>;

/** `was` is what stood there before: what nobody touched is sent as it came. */
export type ClauseDraft =
  | (Omit<Of<'compare'>, 'right'> & { right: string; was?: Right })
  | (Omit<Of<'one_of'>, 'values'> & { values: string; was?: Literal[] })
  | (Omit<Of<'network'>, 'ranges'> & { ranges: string })
  | Exclude<Clause, { on: 'compare' | 'one_of' | 'network' }>;
export type SimpleDraft = Exclude<ClauseDraft, { on: 'any' }>;

const listed = (values: readonly Literal[]) => values.map(String).join(', ');
const pieces = (text: string) =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);

export function draftOfClause(clause: Clause): ClauseDraft {
  switch (clause.on) {
    case 'compare': {
      const { right } = clause;
      return { ...clause, right: isOther(right) ? right.attribute : String(right), was: right };
    }
    case 'one_of':
      return { ...clause, values: listed(clause.values), was: clause.values };
    case 'network':
      return { ...clause, ranges: clause.ranges.join(', ') };
    default:
      return clause;
  }
}

/** A clause of a kind to begin with, which the form then completes. */
export function newClause(kind: Exclude<Kind, 'any'>, parameters: Parameters): SimpleDraft {
  // What is most often asked: that a parameter is what the session is bound to.
  const named = Object.keys(parameters).find((name) => parameters[name] === 'text');
  const left = named ? `parameters.${named}` : 'agent.environment';
  switch (kind) {
    case 'compare':
      return { on: kind, left, is: '==', right: named ? `session.${named}` : 'production' };
    case 'one_of':
      return { on: kind, left, values: '' };
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
      return { on: kind, ranges: '' };
    case 'classification':
      return { on: kind, atMost: 'Internal' };
  }
}

/** As what an attribute is compared; undefined for a session's, which follows from the value. */
export function typeOf(left: string, parameters: Parameters): AttributeType | undefined {
  const [of = '', name = ''] = left.split('.');
  if (of === 'agent' || of === 'user') return 'text';
  return of === 'parameters' && Object.hasOwn(parameters, name) ? parameters[name] : undefined;
}

interface Read<T> {
  value: T;
  /** Why it cannot be sent; the value is then only what was typed. */
  fault?: string;
}

/** One clause as it is sent. */
export function clauseOf(draft: ClauseDraft, parameters: Parameters): Read<Clause> {
  switch (draft.on) {
    case 'compare': {
      const { right: text, was, ...rest } = draft;
      const literal = was === undefined || isOther(was) ? undefined : was;
      const ordered = draft.is !== '==' && draft.is !== '!=';
      const type = typeOf(draft.left, parameters) ?? (ordered ? 'number' : kindOf(literal));
      const { value: right, fault } = rightOf(text, type, literal);
      const or = ', or an attribute such as session.limit';
      return { value: { ...rest, right }, ...(fault ? { fault: `${fault}${or}` } : {}) };
    }
    case 'one_of': {
      const { values: text, was, ...rest } = draft;
      const type = typeOf(draft.left, parameters) ?? kindOf(was?.[0]);
      const { value: values, ...fault } = listOf(text, type, was);
      return { value: { ...rest, values }, ...fault };
    }
    case 'network': {
      const ranges = pieces(draft.ranges);
      const fault = ranges.length > 0 ? {} : { fault: 'give a range such as 10.0.0.0/8' };
      return { value: { ...draft, ranges }, ...fault };
    }
    default:
      return { value: draft };
  }
}

/** All clauses as they are sent, and by field what cannot be. */
export function conditionOf(drafts: readonly ClauseDraft[], parameters: Parameters) {
  const errors: Record<string, string> = {};
  const condition: Condition = drafts.map((draft, index) => {
    const { value, fault } = clauseOf(draft, parameters);
    if (fault) errors[`condition.${index}`] = fault;
    return value;
  });
  return { condition, errors };
}

type Type = AttributeType | undefined;

function rightOf(text: string, type: Type, was: Literal | undefined): Read<Right> {
  // A text that looks like an attribute may have been saved as a text.
  const untouched = was !== undefined && String(was) === text && kindOf(was) === type;
  if (untouched) return { value: was };
  return Attribute.safeParse(text).success ? { value: { attribute: text } } : literalOf(text, type);
}

function listOf(text: string, type: Type, was: Literal[] | undefined): Read<Literal[]> {
  // Of what was saved a value may have a comma in it.
  const untouched = was !== undefined && listed(was) === text;
  if (untouched && was.every((one) => kindOf(one) === type)) return { value: was };
  const read = pieces(text).map((one) => ({ one, ...literalOf(one, type) }));
  const value = read.map((each) => each.value);
  const bad = read.find(({ fault }) => fault !== undefined);
  if (bad) return { value, fault: `“${bad.one}” ${bad.fault}` };
  return value.length > 0 ? { value } : { value, fault: 'give at least one value' };
}

/** Nothing says what a session's attribute is, so a value stays of the type that it had. */
function kindOf(was: Literal | undefined): Type {
  if (was === undefined) return undefined;
  return typeof was === 'string' ? 'text' : (typeof was as 'number' | 'boolean');
}

const NUMBER = /^[+-]?(\d+\.?|\d*\.(\d+))$/;

function literalOf(text: string, type: Type): Read<Literal> {
  const typed = text.trim();
  if (type === 'boolean') {
    if (typed === 'true' || typed === 'false') return { value: typed === 'true' };
    return { value: text, fault: 'must be true or false' };
  }
  if (type !== 'number') return { value: text };
  const match = NUMBER.exec(typed);
  if (!match) return { value: text, fault: 'must be a number such as 99.5' };
  if ((match[2] ?? '').replace(/0+$/, '').length > 4)
    return { value: text, fault: 'must be a number of at most four decimals' };
  const value = Number(typed);
  const small = scaled(value) !== undefined;
  return small ? { value } : { value: text, fault: 'must be a smaller number' };
}

/** The first message about a clause, wherever in it the fault is. */
export function clauseError(errors: Record<string, string>, index: number): string | undefined {
  const at = `condition.${index}`;
  return Object.entries(errors).find(([field]) => field === at || field.startsWith(`${at}.`))?.[1];
}

export function replaced(
  condition: readonly ClauseDraft[],
  index: number,
  clause: ClauseDraft,
): ClauseDraft[] {
  return condition.map((one, at) => (at === index ? clause : one));
}
