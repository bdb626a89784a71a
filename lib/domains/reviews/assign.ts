/** Who reviews what: spread over those who may, by how much each has to do. Pure. */

export interface ToAssign {
  sample: string;
  /** Of the action's agent: never reviews it. */
  sponsor: string | null;
  /** Others who must not. */
  excluded: readonly string[];
  /** How many different people review it. */
  wanted: number;
  /** Who has it already. */
  taken: readonly string[];
}

export interface Assignment {
  sample: string;
  /** Null when nobody who may is left: whoever may then takes it. */
  member: string | null;
}

/**
 * Gives each sample, as often as it lacks a review, to whoever has the least to review and may;
 * ties go by id. `load` says what each approver has open already.
 */
export function assign(
  samples: readonly ToAssign[],
  load: ReadonlyMap<string, number>,
): Assignment[] {
  const open = new Map([...load].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return samples.flatMap(({ sample, sponsor, excluded, wanted, taken }) => {
    const out = new Set([...taken, ...excluded, ...(sponsor === null ? [] : [sponsor])]);
    return Array.from({ length: Math.max(0, wanted - taken.length) }, () => {
      let member: string | null = null;
      for (const [id, count] of open) {
        if (!out.has(id) && (member === null || count < (open.get(member) ?? 0))) member = id;
      }
      if (member !== null) {
        out.add(member);
        open.set(member, (open.get(member) ?? 0) + 1);
      }
      return { sample, member };
    });
  });
}
