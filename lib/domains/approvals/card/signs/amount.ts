/** What is unusual about an amount: beside earlier ones, and beside the steps above it. Pure. */
import type { Ladder } from '@/lib/domains/access/server';
import type { Fits } from '@/lib/domains/gateway';
import type { Sign } from './schema';
import { quoted, round, timesWords } from './words';

/**
 * Fewer earlier amounts than these say nothing by their largest alone: of six like ones the last
 * is the largest in one of six cases.
 */
export const MIN_AMOUNTS = 5;
/** So many times the largest is unusual even where there are few, and a warning where there are not. */
export const MANY_TIMES = 2;
/** A twentieth of twenty is one: below it a 95th percentile is nothing but the largest. */
export const MIN_FOR_PERCENTILE = 20;
/** So far above it an amount is not just among the largest twentieth. */
export const FAR_ABOVE = 2;
/** Within 2 % under a step, as one who knows it would choose. */
export const JUST_UNDER = 0.02;

export interface EarlierAmounts {
  count: number;
  maximum: number | null;
  percentile95: number | null;
}

export interface AmountFacts {
  value: number;
  say: (value: number) => string;
  days: number;
  agent: EarlierAmounts;
  /** Whom it concerns, with how many there were for them. */
  customer: { id: string; count: number } | null;
}

export function amountSigns({ value, say, days, agent, customer }: AmountFacts): Sign[] {
  const signs: Sign[] = [];
  const { count, maximum, percentile95 } = agent;
  const against = `${count} earlier amounts of this agent and action type in ${days} days`;
  if (maximum !== null && value > maximum) {
    // A ratio to nothing, or to a negative amount, is none.
    const ratio = maximum > 0 ? value / maximum : 1;
    if (count >= MIN_AMOUNTS || ratio >= MANY_TIMES) {
      const more = ratio > 1 ? `${timesWords(ratio)} the largest` : 'above the largest';
      signs.push({
        ...{ code: 'amount_above_all', against, actions: [] },
        severity: count >= MIN_AMOUNTS && ratio >= MANY_TIMES ? 'warning' : 'notice',
        sentence: `${say(value)} is ${more} of this agent's ${count} earlier (${say(maximum)}).`,
      });
    }
  } else if (
    percentile95 !== null &&
    percentile95 > 0 &&
    count >= MIN_FOR_PERCENTILE &&
    value >= percentile95 * FAR_ABOVE
  ) {
    signs.push({
      ...{ code: 'amount_far_above', severity: 'notice', against, actions: [] },
      sentence: `${say(value)} is ${timesWords(value / percentile95)} what 95 % of this agent's ${count} earlier stay under (${say(round(percentile95))}).`,
    });
  }
  if (customer && customer.count === 0 && count >= MIN_AMOUNTS) {
    signs.push({
      ...{ code: 'customer_first', severity: 'notice', against, actions: [] },
      sentence: `The first for customer ${quoted(customer.id)} among this agent's ${count} earlier.`,
    });
  }
  return signs;
}

/** A value from which, or above which, something else would be decided of an amount. */
export interface Step {
  value: number;
  /** Whether the value itself is still on the lower side. */
  inclusive: boolean;
  /** What is different above: "a person is asked". */
  above: string;
}

export interface StepSources {
  /** The parameter that has the amount. */
  parameter: string;
  ladder: Ladder | null;
  rules: readonly { rule: string; parameter: string; max?: number | undefined }[];
  /** Of what permitted it. */
  daily: readonly { parameter: string; max: number }[];
  routes: readonly { name: string; fits: Fits }[];
  type: string;
  agent: string;
}

/** Every step that stands above an amount, the lowest first. */
export function stepsOf(of: StepSources): Step[] {
  const steps: Step[] = [];
  const upTo = (value: number, above: string) => steps.push({ value, inclusive: true, above });
  if (of.ladder?.parameter === of.parameter) {
    upTo(of.ladder.autonomous, 'it is supervised');
    upTo(of.ladder.supervised, 'a person is asked');
    upTo(of.ladder.gated, 'it is denied');
  }
  for (const { rule, parameter, max } of of.rules) {
    if (rule === 'range' && parameter === of.parameter && max !== undefined) {
      upTo(max, 'it is denied');
    }
  }
  for (const { parameter, max } of of.daily) {
    if (parameter === of.parameter) upTo(max, "the day's limit denies it");
  }
  for (const { name, fits } of of.routes) {
    if (fits.action_types && !fits.action_types.includes(of.type)) continue;
    if (fits.agents && !fits.agents.includes(of.agent)) continue;
    for (const [value, above] of [
      [fits.amount_from, `the route “${name}” begins`],
      [fits.amount_below, `the route “${name}” ends`],
    ] as const) {
      if (value !== undefined) steps.push({ value, inclusive: false, above });
    }
  }
  return steps.filter(({ value }) => value > 0).toSorted((a, b) => a.value - b.value);
}

export const isUnder = (value: number, step: Step): boolean =>
  value < step.value || (step.inclusive && value === step.value);

export function underThreshold(
  value: number,
  steps: readonly Step[],
  say: (value: number) => string,
): Sign[] {
  const step = steps.find((each) => isUnder(value, each));
  if (!step || value < step.value * (1 - JUST_UNDER)) return [];
  const place = value === step.value ? 'exactly' : `${say(round(step.value - value))} under`;
  return [
    {
      ...{ code: 'under_threshold', severity: 'notice', actions: [] },
      sentence: `${say(value)} is ${place} the ${say(step.value)} ${step.inclusive ? 'above' : 'from'} which ${step.above}.`,
      against: 'the ladder, the rules and limits of its amount, and the routes, as they are now',
    },
  ];
}
