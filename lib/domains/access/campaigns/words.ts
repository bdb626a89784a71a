import { formatExact, humanize, plural } from '@/components/format';
import type { Ladder, Limits, Tier } from '../schema';
import type { Grants } from './schema';

/** What has words of its own below. */
const shown = new Set(['tier', 'ladder', 'limits']);
const tiers: Record<Tier, string> = { 1: 'autonomous', 2: 'supervised', 3: 'gated' };

/** What a permission grants, in words that stay readable beside any later state of it. */
export function grantWords(grants: Grants): string[] {
  const { tier, ladder, limits } = grants;
  return [
    ...(ladder ? [ladderWords(ladder)] : []),
    ...(tier ? [`Tier ${tier}, ${tiers[tier]}`] : []),
    ...limitWords(limits),
    ...furtherWords(grants),
  ];
}

/** Beside tier and limits: whatever else a permission says. */
export function furtherWords(grants: Grants): string[] {
  return Object.entries(grants)
    .filter(([name, value]) => !shown.has(name) && !isNothing(value))
    .map(([name, value]) => `${humanize(name)}: ${JSON.stringify(value)}`);
}

export function roleWords(permissions: number): string[] {
  return [`In the role, with ${plural(permissions, 'permission')}`];
}

function ladderWords({ parameter, autonomous, supervised, gated }: Ladder): string {
  const name = humanize(parameter);
  const [a, b, c] = [autonomous, supervised, gated].map(formatExact);
  return `${name} up to ${a} autonomous, up to ${b} supervised, up to ${c} gated, above denied`;
}

function limitWords({ perMinute, perHour, perDay, amountPerDay }: Limits): string[] {
  return [
    perMinute ? `${formatExact(perMinute)} a minute` : '',
    perHour ? `${formatExact(perHour)} an hour` : '',
    perDay ? `${formatExact(perDay)} a day` : '',
    amountPerDay
      ? `${humanize(amountPerDay.parameter).toLowerCase()} ${formatExact(amountPerDay.max)} a day`
      : '',
  ].filter(Boolean);
}

function isNothing(value: unknown): boolean {
  return value == null || (typeof value === 'object' && Object.keys(value).length === 0);
}
