/**
 * Which actions of a day are reviewed: a function of the day's population, the setting that held
 * when it closed, and the seed, so that anyone who has these can recompute it. Pure.
 */
import { createHmac } from 'node:crypto';
import type { Sampling } from './setting';
import { sampleSize } from './size';

/** The name of this algorithm, and of every text that is hashed for it. */
export const ALGORITHM = 'countersign/review-sample/v1';

/** An action of the population, as the trail tells it. */
export interface Candidate {
  action: string;
  agent: string;
  actionType: string;
  /** Of its amount, as in amountBand of the gateway; `none` without an amount. */
  band: string;
  /** When it was decided, epoch milliseconds. */
  at: number;
}

export interface Stratum {
  agent: string;
  action_type: string;
  band: string;
  /** Actions of the population in it. */
  size: number;
  /** How many of them had to be drawn. */
  minimum: number;
  /** How many were. */
  drawn: number;
}

export interface Choice {
  strata: Stratum[];
  /** How many the setting asks for, before the minimums. */
  size: number;
  /** Ids of the chosen, by their HMAC, lowest first. */
  actions: string[];
  /** The first so many of them are reviewed twice. */
  twice: number;
}

/**
 * HMAC-SHA-256 with the 32 bytes of the root as its key, over the UTF-8 text
 * `countersign/review-sample/v1\n{workspace}\n{day}\n`.
 */
export function seedOf(root: Uint8Array, workspace: string, day: string): Buffer {
  return createHmac('sha256', root).update(`${ALGORITHM}\n${workspace}\n${day}\n`).digest();
}

/** HMAC-SHA-256 with the seed as its key over the action's id in UTF-8; as hex it sorts as its bytes do. */
export function valueOf(seed: Uint8Array, action: string): string {
  return createHmac('sha256', seed).update(action).digest('hex');
}

/**
 * From each stratum those with the lowest values, as many as the minimum says or there are; then
 * those with the lowest values of the rest, until there are as many as the setting asks for.
 */
export function choose(
  population: readonly Candidate[],
  seed: Uint8Array,
  setting: Sampling,
): Choice {
  const drawn = population
    .map((candidate) => ({
      action: candidate.action,
      key: stratumKey(candidate, setting),
      value: valueOf(seed, candidate.action),
    }))
    .toSorted((a, b) => (a.value < b.value ? -1 : 1));
  const strata = new Map<string, Stratum>();
  for (const candidate of population) {
    const key = stratumKey(candidate, setting);
    const stratum = strata.get(key) ?? stratumOf(candidate, setting);
    stratum.size += 1;
    stratum.minimum = Math.min(setting.minimum, stratum.size);
    strata.set(key, stratum);
  }
  const size = sampleSize(population.length, setting);
  const chosen = new Set<string>();
  const take = ({ action, key }: { action: string; key: string }) => {
    const stratum = strata.get(key);
    if (stratum) stratum.drawn += 1;
    chosen.add(action);
  };
  for (const one of drawn) {
    const stratum = strata.get(one.key);
    if (stratum && stratum.drawn < stratum.minimum) take(one);
  }
  for (const one of drawn) {
    if (chosen.size >= size) break;
    if (!chosen.has(one.action)) take(one);
  }
  const actions = drawn.filter(({ action }) => chosen.has(action)).map(({ action }) => action);
  return {
    strata: [...strata.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one),
    size,
    actions,
    twice: Math.ceil(actions.length * setting.twice - 1e-9),
  };
}

/** The place in `strata` of each of the population. */
export function placesOf(
  population: readonly Candidate[],
  { strata }: Choice,
  setting: Sampling,
): Map<string, number> {
  const places = new Map(strata.map((one, at) => [keyOf(one), at]));
  return new Map(
    population.flatMap((candidate) => {
      const at = places.get(stratumKey(candidate, setting));
      return at === undefined ? [] : [[candidate.action, at]];
    }),
  );
}

/** Agent, action type and band, which hold no newline: one text that names and orders strata. */
function stratumKey(candidate: Candidate, setting: Sampling): string {
  return keyOf(stratumOf(candidate, setting));
}

function keyOf({ action_type, agent, band }: Stratum): string {
  return `${agent}\n${action_type}\n${band}`;
}

function stratumOf({ agent, actionType, band }: Candidate, { bands }: Sampling): Stratum {
  const counts = { size: 0, minimum: 0, drawn: 0 };
  return { agent, action_type: actionType, band: bands === 'none' ? 'none' : band, ...counts };
}
