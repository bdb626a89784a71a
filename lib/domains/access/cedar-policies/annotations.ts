/** What a policy by hand says of itself beside its scope and conditions. Pure. */
import type { PolicyJson } from '@/lib/infra/cedar';
import { Limits, type Tier } from '../schema';

export interface Annotated {
  /** Of what it permits; 3 unless it says otherwise. */
  tier: Tier;
  /** What it permits at most, of each agent. */
  limits: Limits;
  /** Annotations that mean nothing as they are: the policy must not decide. */
  malformed: { name: string; message: string }[];
  /** Names that are none of these; refused where a text is written. */
  unknown: string[];
}

const rates = {
  rate_per_minute: 'perMinute',
  rate_per_hour: 'perHour',
  rate_per_day: 'perDay',
} as const;
const AMOUNT = 'amount_per_day';
const amount = /^([A-Za-z_][A-Za-z0-9_]{0,62}) (\d{1,13}(?:\.\d{1,4})?)$/;
/** Words for people; they decide nothing. */
const words = ['id', 'description'];

function isRate(name: string): name is keyof typeof rates {
  return Object.hasOwn(rates, name);
}

/** Annotations as Cedar's JSON has them: null for one without a value. */
export function readAnnotations({ effect, annotations = {} }: PolicyJson): Annotated {
  const read: Annotated = { tier: 3, limits: {}, malformed: [], unknown: [] };
  const wrong = (name: string, must: string) => {
    const value: unknown = annotations[name];
    const written = typeof value === 'string' ? `@${name}("${value}")` : `@${name}`;
    read.malformed.push({ name, message: `${written} ${must}` });
  };
  for (const [name, value] of Object.entries(annotations) as [string, unknown][]) {
    const text = typeof value === 'string' ? value : '';
    if (name === 'tier') {
      const tier = Number(text);
      if (tier === 1 || tier === 2 || tier === 3) read.tier = tier;
      else wrong(name, 'must be "1", "2" or "3"');
    } else if (isRate(name) || name === AMOUNT) {
      if (effect !== 'permit') {
        wrong(name, 'limits what a permit allows; a forbid has no limits');
        continue;
      }
      const limits = isRate(name) ? rateOf(name, text) : amountOf(text);
      const checked = limits && Limits.safeParse(limits);
      if (checked?.success) read.limits = { ...read.limits, ...checked.data };
      else if (isRate(name)) wrong(name, 'must be a whole number from "1" to "1000000"');
      else wrong(name, 'must be a parameter and a number, such as "amount 500"');
    } else if (!words.includes(name)) read.unknown.push(name);
  }
  return read;
}

function rateOf(name: keyof typeof rates, text: string): Limits | undefined {
  return /^\d{1,7}$/.test(text) ? { [rates[name]]: Number(text) } : undefined;
}

function amountOf(text: string): Limits | undefined {
  const [, parameter, max] = amount.exec(text) ?? [];
  return parameter === undefined ? undefined : { amountPerDay: { parameter, max: Number(max) } };
}

export const unknownWords =
  'is no annotation of Countersign: use @tier, @rate_per_minute, @rate_per_hour, @rate_per_day or @amount_per_day, and @id or @description for words';
