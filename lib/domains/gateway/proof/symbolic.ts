/** Cedar's values where parts of them are open. */
import type { EntityUid } from '@/lib/domains/access/server';
import type { Range } from './network';
import { bool, type Term, text } from './term';

/** Says what of a policy cannot be told in a formula. */
export class Outside extends Error {
  override name = 'Outside';
}

export type Symbolic =
  | { is: 'boolean' | 'long' | 'string' | 'decimal'; term: Term }
  /** Where the request comes from. */
  | { is: 'address' }
  | { is: 'range'; range: Range }
  | { is: 'entity'; uid: EntityUid }
  | { is: 'set'; elements: readonly Symbolic[] }
  | { is: 'record'; fields: ReadonlyMap<string, Field> };

export interface Field {
  present: Term;
  /** Throws Outside where it cannot be told. */
  value: () => Symbolic;
}

export const flag = (term: Term): Symbolic => ({ is: 'boolean', term });
export const long = (term: Term): Symbolic => ({ is: 'long', term });
export const truth = (value: boolean): Symbolic => flag(bool(value));

/** @throws Outside */
export function flagOf(value: Symbolic): Term {
  if (value.is === 'boolean') return value.term;
  throw new Outside(`a ${value.is} where true or false belongs`);
}

/** @throws Outside */
export function textTerm(value: string): Term {
  const term = text(value);
  if (term === undefined) throw new Outside('a character beyond those that can be told');
  return term;
}
