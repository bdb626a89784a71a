import { z } from 'zod';

/** Ascending: a clearance covers its own level and all below. */
export const classifications = ['Public', 'Internal', 'Confidential', 'Restricted'] as const;

export const Classification = z.enum(classifications);
export type Classification = z.output<typeof Classification>;

/** 0 for Public to 3 for Restricted. */
export function rank(classification: Classification): number {
  return classifications.indexOf(classification);
}

/** Whether an agent with this clearance may touch data of this classification. */
export function covers(clearance: Classification, data: Classification): boolean {
  return rank(clearance) >= rank(data);
}

/** What an agent is answered of a field; each is stricter than the one before. */
export const handlings = ['none', 'mask', 'tokenise', 'redact', 'never_leave'] as const;

export const Handling = z.enum(handlings);
export type Handling = z.output<typeof Handling>;

/** The stricter of two. */
export function stricter(one: Handling, other: Handling): Handling {
  return handlings.indexOf(one) >= handlings.indexOf(other) ? one : other;
}

/**
 * What an action type counts as: the highest of its own classification and those of the
 * fields it is linked to; `because` is the first field that raised it, if one did.
 */
export function effectiveOf<L extends { classification: Classification }>(
  own: Classification,
  linked: readonly L[],
): { classification: Classification; because: L | null } {
  let classification = own;
  let because: L | null = null;
  for (const field of linked) {
    if (rank(field.classification) <= rank(classification)) continue;
    classification = field.classification;
    because = field;
  }
  return { classification, because };
}
