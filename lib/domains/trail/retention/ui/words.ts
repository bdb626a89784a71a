import { formatNumber, plural } from '@/components/format';
import type { RetentionClass } from '../classes';

export const classWords: Record<RetentionClass, { title: string; hint: string }> = {
  decisions: {
    title: 'Decisions and actions',
    hint: 'What was decided, approved, carried out and reviewed, and the actions themselves',
  },
  sessions: { title: 'Sessions and model calls', hint: 'Prompts, responses, what agents read' },
  administration: {
    title: 'Administration',
    hint: 'Agents, roles, secrets, members, settings and all else',
  },
  reads: {
    title: 'Reads and refusals',
    hint: 'Exports, payloads read, requests refused, verifications',
  },
};

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Decimal units, as disks are sold. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : formatNumber(Math.round(value))} ${units[unit] ?? ''}`;
}

/** `7 years`, `1 year 6 months`. */
export function monthsWords(months: number): string {
  const years = Math.floor(months / 12);
  const rest = months % 12;
  const parts = [
    ...(years > 0 ? [plural(years, 'year')] : []),
    ...(rest > 0 || years === 0 ? [plural(rest, 'month')] : []),
  ];
  return parts.join(' ');
}

const filterWords: Record<string, string> = {
  q: 'words',
  type: 'type',
  agent: 'agent',
  action_type: 'action type',
  actor: 'actor',
  outcome: 'outcome',
  tier: 'tier',
  classification: 'classification',
  session: 'session',
  action: 'action',
  from: 'from',
  to: 'until',
};

/** What a hold covers, a part for each filter. */
export function filterParts(
  filters: Record<string, string>,
  nameOf: (id: string) => string | undefined,
): { name: string; value: string }[] {
  return Object.entries(filters).map(([name, value]) => ({
    name: filterWords[name] ?? name,
    value: value
      .split(',')
      .map((each) => nameOf(each) ?? each)
      .join(' or '),
  }));
}
