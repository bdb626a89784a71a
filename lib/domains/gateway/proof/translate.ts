/**
 * An expression of Cedar's JSON form over an open request: its value, and when it errs. What
 * cannot be told exactly is Outside, and whoever asks must do without.
 */
import { type EntityUid, uidOf } from '@/lib/domains/access/server';
import type { Network } from './network';
import { binary, called, constant, like, unary } from './operators';
import { flag, flagOf, long, Outside, type Symbolic, textTerm, truth } from './symbolic';
import { and, int, ite, no, not, or, type Term, yes } from './term';

export interface Judged {
  value: Symbolic;
  /** When evaluating it errs. */
  error: Term;
}

/** What policies find beside the request. */
export interface Surroundings {
  context: Symbolic;
  network: Network;
  principal: EntityUid;
  action: EntityUid;
  resource: EntityUid;
  attribute: (uid: EntityUid, name: string) => Symbolic | undefined;
  isIn: (uid: EntityUid, other: EntityUid) => boolean;
}

const sure = (value: Symbolic): Judged => ({ value, error: no });
/** Its value does not matter: nobody gets to see it. */
const failed: Judged = { value: flag(no), error: yes };

type Operands = Readonly<Record<string, unknown>>;
/** Deeper ones would be at the mercy of the stack. */
const DEEPEST = 200;

export class Translator {
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** @throws Outside */
  judge(json: unknown, depth = 0): Judged {
    const [entry] = Object.entries((json ?? {}) as Operands);
    if (!entry) throw new Outside('an expression of no known form');
    if (depth > DEEPEST) throw new Outside('an expression that is nested very deeply');
    const [name, body] = entry as [string, Operands];
    const inner = (operand: unknown) => this.judge(operand, depth + 1);
    switch (name) {
      case 'Value':
        return literal(body);
      case 'Var':
        return sure(this.#variable(String(body)));
      case 'Set': {
        const parts = (body as unknown as unknown[]).map(inner);
        const elements = parts.map(({ value }) => value);
        return { value: { is: 'set', elements }, error: errorOf(parts) };
      }
      case '&&':
      case '||':
        return logical(inner(body['left']), () => inner(body['right']), name === '&&');
      case 'if-then-else':
        return conditional(inner(body['if']), (side) => inner(body[side]));
      case '.':
        return this.#attribute(inner(body['left']), String(body['attr']));
      case 'has':
        return this.#has(inner(body['left']), [body['attr']].flat().map(String));
      case 'like': {
        const { value, error } = inner(body['left']);
        return { value: flag(like(value, body['pattern'])), error };
      }
      case 'is':
        return this.#is(body, inner);
      case 'in': {
        const parts = [inner(body['left']), inner(body['right'])] as const;
        const value = truth(this.#isIn(parts[0].value, parts[1].value));
        return { value, error: errorOf(parts) };
      }
      default:
        return Array.isArray(body)
          ? this.#call(name, body, inner)
          : this.#operator(name, body, inner);
    }
  }

  #operator(name: string, body: Operands, inner: (operand: unknown) => Judged): Judged {
    const one = inner(body['arg'] ?? body['left']);
    if (!('right' in body)) {
      const { value, error = no } = unary(name, one.value);
      return { value, error: or(one.error, error) };
    }
    const other = inner(body['right']);
    const { value, error = no } = binary(name, one.value, other.value, this.#around.network);
    return { value, error: or(one.error, other.error, error) };
  }

  #call(name: string, body: readonly unknown[], inner: (operand: unknown) => Judged): Judged {
    if (name === 'ip' || name === 'decimal') {
      const given = (body[0] as { Value?: unknown } | undefined)?.Value;
      if (typeof given !== 'string') throw new Outside(`${name}() of what is no constant`);
      const known = constant(name, given);
      return known ? sure(known) : failed;
    }
    const [one, other] = body.map(inner);
    if (!one) throw new Outside(`${name}()`);
    const value = flag(called(name, one.value, other?.value, this.#around.network));
    return { value, error: or(one.error, other?.error ?? no) };
  }

  #variable(name: string): Symbolic {
    const { context, principal, action, resource } = this.#around;
    if (name === 'context') return context;
    const subjects: Record<string, EntityUid> = { principal, action, resource };
    const uid = subjects[name];
    if (!uid) throw new Outside(name);
    return { is: 'entity', uid };
  }

  #attribute({ value, error }: Judged, name: string): Judged {
    if (value.is === 'record') {
      const field = value.fields.get(name);
      if (!field || field.present === no) return failed;
      return { value: field.value(), error: or(error, not(field.present)) };
    }
    const known = value.is === 'entity' ? this.#around.attribute(value.uid, name) : undefined;
    return known ? { value: known, error } : failed;
  }

  /** Of a path, each step only where the one before is there. */
  #has({ value, error }: Judged, [name = '', ...rest]: readonly string[]): Judged {
    if (value.is !== 'record' && value.is !== 'entity') return failed;
    const field = value.is === 'record' ? value.fields.get(name) : this.#fieldOf(value.uid, name);
    const there = field?.present ?? no;
    if (rest.length === 0 || !field || there === no) return { value: flag(there), error };
    const further = this.#has(sure(field.value()), rest);
    return {
      value: flag(and(there, flagOf(further.value))),
      error: or(error, and(there, further.error)),
    };
  }

  #fieldOf(uid: EntityUid, name: string) {
    const known = this.#around.attribute(uid, name);
    return known && { present: yes, value: () => known };
  }

  #is(body: Operands, inner: (operand: unknown) => Judged): Judged {
    const { value, error } = inner(body['left']);
    if (value.is !== 'entity') throw new Outside('is');
    const is = value.uid.type === body['entity_type'];
    if (!is || body['in'] === undefined) return { value: truth(is), error };
    const within = inner(body['in']);
    return { value: truth(this.#isIn(value, within.value)), error: or(error, within.error) };
  }

  #isIn(left: Symbolic, right: Symbolic): boolean {
    const others = right.is === 'set' ? right.elements : [right];
    return others.some((other) => {
      if (left.is !== 'entity' || other.is !== 'entity')
        throw new Outside('in of what is no entity');
      return this.#around.isIn(left.uid, other.uid);
    });
  }
}

function errorOf(parts: readonly Judged[]): Term {
  return or(...parts.map(({ error }) => error));
}

/** The right side is judged only where the left one does not decide. */
function logical(first: Judged, right: () => Judged, isAnd: boolean): Judged {
  const one = flagOf(first.value);
  const reached = isAnd ? one : not(one);
  if (reached === no) return first;
  const second = right();
  const other = flagOf(second.value);
  return {
    value: flag(isAnd ? and(one, other) : or(one, other)),
    error: or(first.error, and(reached, second.error)),
  };
}

function conditional(asked: Judged, side: (name: 'then' | 'else') => Judged): Judged {
  const condition = flagOf(asked.value);
  if (condition === yes || condition === no) {
    const { value, error } = side(condition === yes ? 'then' : 'else');
    return { value, error: or(asked.error, error) };
  }
  const [then, otherwise] = [side('then'), side('else')];
  const [one, other] = [then.value, otherwise.value];
  if (!('term' in one) || !('term' in other) || one.is !== other.is) {
    throw new Outside('if then else of what is no single value');
  }
  return {
    value: { is: one.is, term: ite(condition, one.term, other.term) },
    error: or(asked.error, ite(condition, then.error, otherwise.error)),
  };
}

function literal(json: unknown): Judged {
  if (typeof json === 'boolean') return sure(truth(json));
  if (typeof json === 'number') {
    if (!Number.isSafeInteger(json)) throw new Outside('an integer beyond 2^53');
    return sure(long(int(json)));
  }
  if (typeof json === 'string') return sure({ is: 'string', term: textTerm(json) });
  if (Array.isArray(json)) {
    const parts = json.map(literal);
    const elements = parts.map(({ value }) => value);
    return { value: { is: 'set', elements }, error: errorOf(parts) };
  }
  if (typeof json === 'object' && json !== null && '__entity' in json) {
    return sure({ is: 'entity', uid: uidOf(json as { __entity: { type: string; id: string } }) });
  }
  throw new Outside('a constant of no simple type');
}
