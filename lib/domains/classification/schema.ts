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
