/**
 * What can be wrong with a planted request. Pure. Each kind is bad beyond dispute, by what the
 * card itself shows: the evidence stays that of the action it is a copy of, and speaks against
 * the one parameter that was changed.
 */

export const kinds = ['amount', 'subject'] as const;
export type Kind = (typeof kinds)[number];

/** An earlier held action, as a copy of it could be planted. */
export interface Source {
  id: string;
  type: string;
  parameters: Record<string, unknown>;
  summary: string;
  /** The contents of its evidence. */
  evidence: unknown[];
  amount: { parameter: string; value: number } | null;
  /** The most that the ladder lets an approver through; null without a ladder. */
  most: number | null;
  /** The largest amount of the agent's actions of this type of late. */
  largest: number;
}

/** A copy with one parameter changed. */
export interface Wrong {
  source: string;
  kind: Kind;
  parameter: string;
  planted: string | number;
  right: string | number;
  parameters: Record<string, unknown>;
}

/** A number from 0 up to and without `below`, which nobody can foresee. */
export type Random = (below: number) => number;

/** Beyond everything that is shown by this much at least. */
const BEYOND = 2;
const factors = [3, 4, 5, 6, 8, 10];

/** The same with an amount far beyond what its evidence and the agent's history speak of. */
export function wrongAmounts(source: Source, random: Random): Wrong[] {
  const { amount, parameters, most } = source;
  if (!amount || !(amount.value > 0)) return [];
  const shown = amountsIn(source.evidence);
  // Without an amount in the evidence that the right one is within, nothing speaks against it.
  if (!shown.some((one) => one >= amount.value)) return [];
  const known = [amount.value, source.largest, ...shown, ...amountsInWords(source.summary)];
  const least = Math.max(...known) * BEYOND;
  const decimals = decimalsOf(amount.value);
  const by = factors.map((factor) => Number((amount.value * factor).toFixed(decimals)));
  const room = most === null ? 0 : Math.floor(most) - Math.ceil(least);
  const between = room > 0 ? [Math.ceil(least) + random(room + 1)] : [];
  const fitting = [...shuffled(by, random), ...between].filter(
    (value) => value >= least && (most === null || value <= most),
  );
  return fitting.map((planted) => ({
    ...{ source: source.id, kind: 'amount', parameter: amount.parameter },
    ...{ planted, right: amount.value },
    parameters: { ...parameters, [amount.parameter]: planted },
  }));
}

/** The same about another record than the one that its evidence tells of. */
export function wrongSubjects(
  source: Source,
  others: readonly Pick<Source, 'id' | 'type' | 'parameters'>[],
  random: Random,
): Wrong[] {
  const leaves = new Set(leavesOf(source.evidence).map(([, value]) => String(value)));
  const told = JSON.stringify([source.summary, source.evidence]);
  return Object.entries(source.parameters).flatMap(([parameter, right]): Wrong[] => {
    if (typeof right !== 'string' || !names(parameter) || !leaves.has(right)) return [];
    const values = others.flatMap(({ id, type, parameters }) => {
      const value = parameters[parameter];
      const another = id !== source.id && type === source.type && typeof value === 'string';
      return another && value !== right && value !== '' && !told.includes(value) ? [value] : [];
    });
    const planted = shuffled([...new Set(values)], random)[0];
    if (planted === undefined) return [];
    const changed = { ...source.parameters, [parameter]: planted };
    return [{ source: source.id, kind: 'subject', parameter, planted, right, parameters: changed }];
  });
}

/** Whether a parameter of this name says which record it is about. */
function names(parameter: string): boolean {
  return /(^|[_-])(id|ref|reference|number|no|email|account|iban)$/i.test(parameter)
    ? true
    : /[a-z](Id|Ref|Number|Email|Account)$/.test(parameter);
}

/** Numbers under such names are no amounts. */
const NO_AMOUNT =
  /(^|[_-])(id|ref|reference|number|no|code|zip|phone|year|count|quantity|version|at|date)$|[a-z](Id|Number|At|Date|Count)$/i;

/** Numbers in evidence that may be amounts. */
export function amountsIn(evidence: readonly unknown[]): number[] {
  return leavesOf(evidence).flatMap(([name, value]) => {
    if (NO_AMOUNT.test(name)) return [];
    if (typeof value === 'number') return [Math.abs(value)];
    return typeof value === 'string' ? amountsInWords(value) : [];
  });
}

/** Numbers in a sentence, but for those that are part of a name such as #4821 or C-20931. */
export function amountsInWords(words: string): number[] {
  return [...words.matchAll(/(?<![\w#.,-])\d[\d,]*(?:\.\d+)?(?![\w-])/g)].map(([found]) =>
    Number(found.replaceAll(',', '')),
  );
}

function leavesOf(value: unknown, name = ''): [string, unknown][] {
  if (Array.isArray(value)) return value.flatMap((one) => leavesOf(one, name));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, one]) => leavesOf(one, key));
  return [[name, value]];
}

function decimalsOf(value: number): number {
  return Math.min(4, String(value).split('.')[1]?.length ?? 0);
}

/** In an order that nobody can foresee (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const all = [...items];
  for (let at = all.length - 1; at > 0; at -= 1) {
    const other = random(at + 1);
    [all[at], all[other]] = [all[other] as T, all[at] as T];
  }
  return all;
}

/** How many to plant for so many held actions: each is drawn by itself. */
export function drawn(held: number, per100: number, random: Random): number {
  let count = 0;
  for (let at = 0; at < held; at += 1) if (random(100) < per100) count += 1;
  return count;
}
